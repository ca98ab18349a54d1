"""Whether a number of workers fits into memory, and into what the system allows; else it is said before they start."""

import pytest

from crossover.contract.registry import parse
from crossover.execution.worker_capacity import why_not
from crossover.workers.limits import memory, processes

MIB, GIB = 2**20, 2**30


@pytest.fixture
def machine(monkeypatch):
    """A machine with 1 GiB free, and a number of processes that may be added."""

    def made(free=GIB, others=2**62):
        monkeypatch.setattr(memory, "free_memory", lambda: free)
        monkeypatch.setattr(processes, "most_processes", lambda: others)

    made()
    return made


@pytest.mark.parametrize(
    ("url", "fit"),
    [
        ("queue", 256),  # forked workers have 4 MiB each to themselves
        ("pipe?start=fork", 256),
        ("queue?start=spawn", 42),  # those that import everything themselves 24 MiB
        ("celery+redis", 42),  # ... and Celery's
        ("threads", 8192),
    ],
)
def test_as_many_fit_as_have_room_for_what_each_needs_at_least(machine, url, fit):
    assert why_not(parse(url), fit) is None
    assert why_not(parse(url), fit + 1).startswith(f"{fit + 1:,} workers need up to 1.0 GiB (")


def test_what_is_missing_is_said_in_figures_with_the_way_to_try_it_all_the_same(machine):
    assert why_not(parse("queue"), 1_024) == (
        "1,024 workers need up to 4.0 GiB (4 MiB each); 1.0 are free; --force tries it"
    )


def test_what_was_measured_of_a_worker_counts_more_than_what_one_needs_at_least(machine):
    assert why_not(parse("queue"), 10, bytes_each=100 * MIB) is None
    assert "(200 MiB each)" in why_not(parse("queue"), 10, bytes_each=200 * MIB)


def test_the_system_may_allow_fewer_processes(machine):
    machine(others=100)
    assert why_not(parse("queue"), 99) is None
    assert why_not(parse("queue"), 100) == (
        "100 workers are more than the 100 processes and threads that this machine allows; --force tries it"
    )


@pytest.mark.parametrize("url", ["serial", "celery+redis?workers=external"])
def test_workers_that_we_do_not_start_need_no_room(machine, url):
    machine(free=0, others=0)
    assert why_not(parse(url), 10**6) is None
