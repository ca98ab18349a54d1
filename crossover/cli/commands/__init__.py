"""One file per command: it parses, calls an experiment or reads results, and writes what came of it."""
