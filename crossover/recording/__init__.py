"""What is written down while a run goes on: history, ledger, journals, and where they are stored."""
