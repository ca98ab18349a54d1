"""What a job leaves: its output, which is its own journal, its dead letters, and what it was."""
