"""Judges: pure functions over records. No clock, no input, no output."""
