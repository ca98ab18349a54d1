"""What a task uses is its own, whatever it starts: a program, or threads."""

import pytest
from sample_records import run_of

from crossover.contract.registry import parse
from crossover.execution.load.load import Load
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.experiments.scale import _why_no_memory
from crossover.results.records import Cost
from crossover.workers.limits import memory
from workloads.noop import Noop

PROGRAM = """
    import subprocess, sys

    def run(item):
        burn = "import time\\nwhile time.process_time() < 0.05: pass"
        subprocess.run([sys.executable, "-S", "-c", burn], check=True)
        return item
"""
TASKS = 4


@pytest.mark.long
def test_the_cpu_time_of_programs_that_tasks_run_is_that_of_the_workers(in_process, mine, result):
    words = (*mine(PROGRAM), "-w", "1", "-n", TASKS, "-r", "1", "--json", "out.json")
    assert in_process("compare", "queue", "serial", *words).returncode == 0
    for run, role in zip(result()["runs"], ("workers", "producer"), strict=True):
        assert run["cost"]["cpu_seconds"][role] >= 0.04 * TASKS  # the kernel counts in hundredths
    assert result()["bookkeeping"].items() > {"batch": 1}.items()  # and what of it is ours stands beside it
    assert 0 < result()["bookkeeping"]["producer_us"] < 1e6 * 0.04


MODEL, FREE = 600 * 2**20, 2**30


class Measured:
    """Eight workers that share a model were measured."""

    def __init__(self, **cost):
        self.result = type("Result", (), {"runs": [run_of("pool", workers=1, cost=Cost({}, 0.1, 0.0, **cost))]})


@pytest.mark.parametrize(
    ("cost", "refused"),
    [
        ({"peak_rss_bytes": {"workers": MODEL}, "private_bytes": 2**24}, False),  # it shares the model
        ({"peak_rss_bytes": {"workers": MODEL}, "private_bytes": MODEL}, True),
        ({"peak_rss_bytes": {"workers": MODEL}}, True),  # of an older version, or where the kernel does not tell
    ],
)
def test_more_workers_are_refused_only_for_memory_that_each_has_to_itself(monkeypatch, cost, refused):
    monkeypatch.setattr(memory, "free_memory", lambda: FREE)
    spec = RunSpec("pool", parse("pool"), Noop(), Load(100, 8, 1, 8))
    assert bool(_why_no_memory(Measured(**cost), spec)) is refused
