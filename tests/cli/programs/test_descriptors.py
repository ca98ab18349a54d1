"""A function that leaks descriptors harms its own run only."""

import shlex
import subprocess
import sys

import pytest
from waiting import PATIENCE

LEAKS = """
    kept = []

    def run(item):
        kept.append(open("/dev/null"))
        return item
"""


@pytest.fixture
def limited(environment, tmp_path, mine):
    """Compare with few descriptors, as `ulimit -n` gives."""

    def run(descriptors, tasks, *words):
        words = ["compare", *words, *mine(LEAKS), "-n", str(tasks), "-r", "1", "-w", "1", "--json", "out.json"]
        command = shlex.join([sys.executable, "-m", "crossover.cli.main", *words])
        return subprocess.run(
            ["bash", "-c", f"ulimit -n {descriptors}; exec {command}"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.mark.long
def test_each_run_begins_with_no_descriptor_of_another(limited, result):
    ended = limited(256, 60, "serial", "threads", "queue")
    assert ended.returncode == 0, ended
    assert [run["delivery"]["completed"] for run in result()["runs"]] == [60, 60, 60]


@pytest.mark.long
def test_a_run_that_is_out_of_descriptors_says_so_and_the_next_is_measured(limited, result):
    ended = limited(256, 400, "serial", "threads")
    assert ended.returncode == 1, ended
    said = " ".join(ended.stdout.split())
    assert "Too many open files" in said
    assert "all 256 descriptors that this process may have are open" in said
    assert [run["transport"] for run in result()["runs"]] == ["serial", "threads"]
    assert "Traceback" not in ended.stderr


CLOSES = """
    import os

    def run(item):
        os.closerange(3, 256)
        return item
"""


@pytest.mark.long
def test_a_worker_whose_descriptors_are_closed_is_named_with_the_cause(compare, result):
    ended = compare(CLOSES, "queue")
    assert ended.returncode == 1, ended
    (run,) = result()["runs"]
    assert "a function must not close descriptors that it has not opened" in " ".join(run["warnings"])
