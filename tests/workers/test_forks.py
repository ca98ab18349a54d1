"""A function that forks, and returns in its child, is called by one process only."""

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from crossover.execution.calibration.sampling import sample_tasks
from crossover.execution.calibration.two_threads import SECONDS, time_two_threads
from crossover.execution.template.forked_call import call
from crossover.jobs.lines import JSON, do_lines
from crossover.jobs.mapping import call_each
from crossover.jobs.outcomes import call_message, perform
from workloads.base import Workload

CALLS = 4  # two to the power of this would call it otherwise


def fork(path):
    """Fork; both processes note that they were here, and the first one waits for its child."""
    child = os.fork()
    with Path(path).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    if child:
        os.waitpid(child, 0)
    return child


def fork_unheard(path):
    """Fork; the child raises an error that nobody can read."""
    if not fork(path):
        sys.stderr.close()
        raise ValueError


class Forks(Workload):
    def __init__(self, path):
        self.path = path

    def run(self, payload):
        fork(payload)

    def payloads(self, tasks):
        return [self.path] * tasks

    def check(self, payload, value):
        return value is None


def sampled(path):
    sample_tasks(Forks(path), CALLS, 60.0)


def in_two_threads(path):
    time_two_threads(Forks(path), CALLS, SECONDS / CALLS)


def of_lines(path):
    do_lines(fork, JSON, 1, "\n".join([f'"{path}"'] * CALLS).encode())


def together(path):
    call_each(fork, ((path,),) * CALLS)


def one_by_one(path):
    for _ in range(CALLS):
        perform(call_message(fork, (path,), {}))


def unheard(path):
    for _ in range(CALLS):
        perform(call_message(fork_unheard, (path,), {}))


@pytest.mark.parametrize("way", [sampled, in_two_threads, of_lines, together, one_by_one, unheard])
def test_a_child_that_it_forks_does_not_go_on(way, tmp_path):
    path = tmp_path / "were here"
    call(f"{__name__}:{way.__name__}", str(path), within=60.0, modules=(__name__,))
    (_, calls), *children = Counter(path.read_text().split()).most_common()
    assert calls >= CALLS
    assert [times for _, times in children] == [1] * calls
