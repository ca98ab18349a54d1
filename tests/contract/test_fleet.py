"""Workers become ready one after the other, and what one does meanwhile is its own affair."""

import os
from contextlib import closing

import pytest
from waiting import eventually

from crossover.contract.errors import StartError
from crossover.contract.inbox import Inbox
from crossover.workers.fleet import Fleet, context_for


class Deadly(Inbox):
    """Ends its worker at the first task."""

    def receive(self):
        os._exit(1)

    def reply(self, outcomes):
        """Never comes to that."""


class Unready(Deadly):
    """Ends its worker before it is ready."""

    def open(self):
        os._exit(1)


class After(Deadly):
    """Is ready once something can be read."""

    def __init__(self, line):
        self._line = line

    def open(self):
        self._line.recv()


@pytest.fixture
def fleet():
    made = Fleet(context_for(None), "task_functions:echo")
    yield made
    made.stop()


def test_a_worker_that_dies_of_a_task_was_ready_though_others_are_not(fleet):
    context = context_for(None)
    hears, says = context.Pipe(duplex=False)
    with closing(hears), closing(says):
        fleet.add(Deadly())
        fleet.add(After(hears))
        assert eventually(lambda: fleet._processes[0].exitcode is not None)
        says.send("now")
        fleet.wait_until_ready()


def test_a_worker_that_dies_before_it_is_ready_is_reported(fleet):
    fleet.add(Unready())
    with pytest.raises(StartError, match="a worker ended before it was ready"):
        fleet.wait_until_ready()
