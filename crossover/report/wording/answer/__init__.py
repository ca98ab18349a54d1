"""What a person reads first and last: what went wrong, the one table, the verdict."""
