"""The handshake at the start of workers: each reports that it is ready, or why not; no start waits for ever."""

import multiprocessing
import time

import pytest

from crossover.contract.errors import StartError
from crossover.workers.processes.lifetime import Readiness
from crossover.workers.processes.start_timeout import allowing


@pytest.fixture
def readiness():
    made = Readiness(multiprocessing.get_context("fork"))
    yield made
    made.close()


def test_when_all_have_reported_the_start_is_done(readiness):
    for pid in (11, 12, 13):
        readiness.reports.send((pid, None))
    readiness.wait(3)
    assert readiness.pids == [11, 12, 13]
    assert readiness.problems == {}
    readiness.wait(0)


def test_one_that_cannot_be_ready_is_named_with_its_reason_though_it_has_ended(readiness):
    readiness.reports.send((11, None))
    readiness.reports.send((12, "ImportError: no module"))
    readiness.reports.send((13, "another"))
    with pytest.raises(StartError, match="a worker cannot start: ImportError: no module"):
        readiness.wait(3, lambda: True)
    assert readiness.pids == [11, 12]
    assert readiness.problems == {12: "ImportError: no module"}
    readiness.read_all()
    assert readiness.problems == {12: "ImportError: no module", 13: "another"}


def test_one_that_has_ended_before_it_was_ready_is_not_waited_for(readiness):
    readiness.reports.send((11, None))
    began = time.monotonic()
    with pytest.raises(StartError, match="a worker ended before it was ready"):
        readiness.wait(2, lambda: True)
    assert time.monotonic() - began < 20


def test_one_that_seemed_to_have_ended_a_moment_ago_is_waited_for(readiness):
    """It was ready in the meantime, or its report was read between the two looks."""
    looks = [True, False]

    def dead():
        if not looks:
            readiness.reports.send((11, None))
        return bool(looks) and looks.pop(0)

    readiness.wait(1, dead)
    assert readiness.pids == [11]


def test_the_last_report_may_come_while_the_death_of_a_ready_one_is_noticed(readiness):
    readiness.reports.send((11, None))
    readiness.reports.send((12, None))
    readiness.wait(2, lambda: True)


@pytest.mark.parametrize(("ready", "late"), [(0, "2 of 2"), (1, "1 of 2")])
def test_a_start_ends_with_its_time_and_says_how_many_were_late(readiness, ready, late):
    for pid in range(ready):
        readiness.reports.send((pid, None))
    with allowing(0.01), pytest.raises(StartError, match=f"{late} workers were not ready within 0.01 s"):
        readiness.wait(2)


def test_what_has_arrived_is_read_without_waiting_for_more(readiness):
    assert readiness.read_reports(0) is None
    readiness.reports.send((11, None))
    readiness.reports.send((12, "no"))
    began = time.monotonic()
    assert readiness.read_reports(50) == "no"
    readiness.reports.send((13, None))
    assert readiness.read_reports(50) is None  # it waits for the first one only
    assert time.monotonic() - began < 40
    assert readiness.pids == [11, 12, 13]


def test_when_it_is_closed_nothing_is_left_open(readiness):
    readiness.close()
    assert readiness.reports.closed
    with pytest.raises(OSError, match="handle is closed"):
        readiness.read_reports(0)
