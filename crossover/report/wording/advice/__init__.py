"""What `advise` recommends: sentences, what was tried, and the code that does it."""
