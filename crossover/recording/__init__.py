"""What is recorded during a run: the producer's history, the workers' journals (`journals`), and the ledger of both."""
