"""What is true of every server: its address, private servers, what is left on it, what doctor says of it."""
