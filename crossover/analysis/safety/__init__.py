"""Safety: the verdict on a ledger, and what each cell is expected to show."""
