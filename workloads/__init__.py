"""What runs: pure functions, and the check that a result is right. Standard library only."""
