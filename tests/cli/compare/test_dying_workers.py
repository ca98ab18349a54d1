"""A worker that dies in the middle: the command says so, counts what is lost, and ends."""

import re

import pytest

PROCESSES = ["queue", "pipe", "manager", "pool", "executor", "shared-memory"]
KILLS_ITSELF = """
    import os, signal

    def run(item):
        if item == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return item
"""
WARM_UP = 1000  # tasks at most, where a batch is one task


@pytest.fixture
def compare(in_process, mine, result):
    def run(items):
        words = mine(KILLS_ITSELF, items)
        ended = in_process("compare", *PROCESSES, *words, "-r", "1", "-w", "2", "--json", "out.json")
        runs = result()["runs"]
        assert [run["transport"] for run in runs] == PROCESSES
        return ended, runs

    return run


@pytest.mark.long
def test_what_dies_with_a_worker_is_counted_as_lost(compare):
    ended, runs = compare([*range(2 * WARM_UP), "die", *range(WARM_UP)])
    assert ended.returncode == 1
    for run in runs:
        assert run["delivery"]["lost"] >= 1, run["transport"]
        assert run["delivery"]["completed"] >= WARM_UP
        assert re.search(r"worker \d+", run["ending"]), run["ending"]
        assert run["ending"] in " ".join(ended.stdout.split())
        assert not run["hung"]


@pytest.mark.long
def test_a_worker_that_dies_before_the_clock_starts_is_named_and_its_loss_is_counted(compare):
    ended, runs = compare(["die", 1, 2, 3])
    assert ended.returncode == 1
    assert "No task was lost" not in ended.stdout
    for run in runs:
        assert re.search(r"worker \d+", run["ending"]), run["ending"]
        assert run["delivery"]["lost"] >= 1, run["transport"]


@pytest.mark.long
def test_the_other_transports_are_still_measured(in_process, mine, result):
    words = mine(KILLS_ITSELF, [*range(2 * WARM_UP), "die"])
    ended = in_process("compare", "queue", "pipe", *words, "-r", "2", "--json", "out.json")
    assert ended.returncode == 1
    assert [run["transport"] for run in result()["runs"]] == ["queue", "pipe"] * 2
    assert all(re.search(r"worker \d+", run["ending"]) for run in result()["runs"])
    assert not result()["probes"]  # what broke is asked nothing more
