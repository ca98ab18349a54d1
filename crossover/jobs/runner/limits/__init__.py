"""What a job may not exceed: lines per second, seconds per line, failures."""
