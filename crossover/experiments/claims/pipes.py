"""Claims about pipes."""

from __future__ import annotations

import sys

from crossover.experiments.claims.claim import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
