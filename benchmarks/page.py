"""How long a page takes that shows 2,000 runs, and how large it is.

    python benchmarks/page.py [--runs N]

Targets: 3 s with reading the result file and importing everything, and 2 MB. Not a comparison: there is nothing to run
beside it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from crossover.analysis.conclusions import conclude
from crossover.report.formats.files import as_json
from crossover.results.comparison import Result
from crossover.results.records import CLOSED, Cost, Delivered, Hops, Host, LoadShape, Percentiles, Plan, Run

TRANSPORTS = 20
SECONDS, BYTES = 3.0, 2_000_000
MAKE = """
import sys, msgspec
from pathlib import Path
from crossover.results.comparison import Result
from crossover.report.page.page import page
result = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Result)
Path(sys.argv[2]).write_text(page({"": result}, {}), encoding="utf-8")
"""


def literal(runs: int) -> Result:
    """Return a result of so many runs."""
    names = [f"transport-{number}" for number in range(TRANSPORTS)]
    facts = dict.fromkeys(Delivered.__struct_fields__, 0) | {"attempted": 1000, "accepted": 1000, "completed": 1000}
    made = [
        Run(
            transport=name,
            url=name,
            workload="noop",
            safety="default",
            workers=2,
            batch=1,
            payload_bytes=None,
            load=LoadShape(CLOSED, window=32),
            fault="none",
            round=turn + 1,
            tasks=1000,
            seconds=1.0,
            throughput=1000.0 * (number + 1) + turn,
            latency_ms=Percentiles(1.0, 2.0, 3.0 + turn, 4.0 + turn, 9.0, 1.5),
            hops_us=Hops(1.0, 20.0 + turn, 3.0, 40.0),
            cost=Cost({"producer": 0.1, "workers": 0.2}, 0.3, 0.0, {"producer": 2**25, "workers": 2**26}),
            delivery=Delivered(**facts),  # type: ignore[arg-type]  # each count by its name
            hung=False,
            value_digest="0123456789abcdef",
            ending="finished",
        )
        for turn in range(runs // TRANSPORTS)
        for number, name in enumerate(names)
    ]
    plan = Plan(["compare"], names, "noop", None, "default", 1000, 2, 1, 32, None, runs // TRANSPORTS, 0)
    host = Host("a cpu", 2, 2**30, "Linux", "CPython", gil=True, start_method="fork", packages={})
    return conclude(Result(tool="crossover", started_at="2025-01-01T00:00:00+00:00", host=host, plan=plan, runs=made))


def main() -> int:
    """Measure; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name) / "result.json", Path(name) / "report.html"
        source.write_text(as_json(literal(runs)), encoding="utf-8")
        before, began = os.times(), time.monotonic()
        subprocess.run([sys.executable, "-c", MAKE, source, target], check=True)
        took, after = time.monotonic() - began, os.times()
        size = target.stat().st_size
        read = len(msgspec.json.decode(source.read_bytes(), type=Result).runs)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"{read:,} runs: a page of {size / 1e6:.2f} MB in {took:.2f} s ({cpu:.2f} s of CPU)")
    return 0 if took <= SECONDS and size <= BYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
