"""What is recorded during a run: the producer's history, the workers' journals, and the ledger of both."""
