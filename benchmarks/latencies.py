"""How long it takes to analyse the latencies of 10,000,000 messages, and how much memory beside their time stamps.

    python benchmarks/latencies.py [--messages N] [--plain]

Targets: 5 s and 1 GiB, for latency, send delay, hops and the achieved rate of a run in open loop; with numpy, unless
--plain is given. Not a comparison: there is nothing to run beside it.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from array import array
from multiprocessing import get_context

from crossover.analysis.latency import samples, timing
from crossover.recording.history import SUBMIT_SAMPLE, History

SECONDS, BYTES = 5.0, 2**30
AT_ONCE = 100_000  # messages that are written at once
MICROSECOND = 1_000  # nanoseconds


def write(messages: int) -> History:
    """Write what a run at 100,000 messages per second leaves."""
    history = History(messages, 1)
    history.attempted, history.began, history.interval = messages, MICROSECOND, 10.0 * MICROSECOND
    draw = random.Random(0)  # noqa: S311 - delays, not secrets
    for first in range(0, messages, AT_ONCE):
        last = min(first + AT_ONCE, messages)
        now = [history.began + int(message * history.interval) for message in range(first, last)]
        for stamps in (history.sent, history.started, history.finished, history.collected):
            now = [moment + int(draw.expovariate(1 / 50_000)) for moment in now]
            stamps[first:last] = array("q", now)
    history.submit[:] = array("f", [MICROSECOND]) * -(-messages // SUBMIT_SAMPLE)
    return history


def analyse(messages: int, plain: bool) -> None:  # noqa: FBT001 - a process gets its arguments by position
    """Measure in a process of its own: its peak memory is then that of the analysis; leave with 1 where it misses."""
    if plain:
        samples.MANY = sys.maxsize
    history = write(messages)
    before = peak()
    began = time.monotonic()
    latency = timing.latency(history)
    took = {"latency": time.monotonic() - began}
    for what in (timing.send_delay, timing.hops, timing.achieved_rate):
        before_it = time.monotonic()
        assert what(history) is not None
        took[what.__name__] = time.monotonic() - before_it
    seconds, grown = time.monotonic() - began, peak() - before
    assert latency is not None
    parts = ", ".join(f"{what} {spent:.1f} s" for what, spent in took.items())
    how = "numpy" if "numpy" in sys.modules else "plain Python"
    print(f"{messages:,} messages, {how}: {seconds:.1f} s ({parts})")
    print(f"{grown / 2**20:,.0f} MiB beside their time stamps; p99 {latency.p99:.3f} ms")
    sys.exit(0 if seconds <= SECONDS and grown <= BYTES else 1)


def peak() -> int:
    """Return this process's peak memory in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    """Measure; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--plain", action="store_true", help="without numpy, for comparison")
    asked = parser.parse_args()
    child = get_context("spawn").Process(target=analyse, args=(asked.messages, asked.plain))
    child.start()
    child.join()
    return 1 if child.exitcode else 0


if __name__ == "__main__":
    sys.exit(main())
