"""Two results: which cases they share, and what is slower or faster."""
