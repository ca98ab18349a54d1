"""Journals: what each worker has begun and done, read while it works and afterwards into the ledger of a run."""
