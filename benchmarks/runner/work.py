"""What is called with each line, and a filter that calls it: the way of GNU parallel."""

from __future__ import annotations

import json
import sys
import time


def noop(item: object) -> object:
    """Return it."""
    return item


def millisecond(item: object) -> object:
    """Return it after a millisecond, as something that waits."""
    time.sleep(0.001)
    return item


if __name__ == "__main__":
    call = {"noop": noop, "millisecond": millisecond}[sys.argv[1]]
    for text in sys.stdin:
        sys.stdout.write(json.dumps(call(json.loads(text))) + "\n")
