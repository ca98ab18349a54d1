"""The live view of a running command: always on standard error."""
