"""Modules that replace functions of Python when they are imported, as test libraries and monkey patches do."""

import json

import pytest

MODULE = """
import builtins, os, time

builtins.print = builtins.open = None
time.time = time.monotonic = time.perf_counter = lambda: 0.0
time.monotonic_ns = lambda: 0
time.sleep = None
os.getpid = lambda: 4_194_303  # no process has this id


def run(item):
    return item * 2
"""


@pytest.mark.long
def test_a_module_that_replaces_functions_of_python_does_not_replace_ours(crossover, tmp_path):
    (tmp_path / "replacing.py").write_text(MODULE)
    (tmp_path / "items.jsonl").write_text("1\n2\n3\n4\n")
    transports = ["serial", "threads", "queue", "executor"]
    done = crossover("compare", *transports, "-W", "replacing:run", "-i", "items.jsonl", "-r", "1", "-q", "--json", "-")
    runs = json.loads(done.stdout)["runs"]
    assert (done.returncode, done.stderr) == (0, "")
    assert len(runs) == len(transports)
    assert len({run["value_digest"] for run in runs}) == 1
    assert all(run["throughput"] > 0 for run in runs)
