"""The worker processes of a run: how they ended is known in words, and none is left."""

import errno
import multiprocessing
import os
import signal
import threading
from multiprocessing import resource_tracker

import psutil
import pytest
from processes import is_running
from waiting import PATIENCE, eventually

from crossover.contract.errors import BrokenError, StartError
from crossover.contract.inbox import Inbox
from crossover.workers.fleet import HELD_BACK, Fleet, context_for, interrupts_held_back
from crossover.workers.processes.start_timeout import allowing


class Ending(Inbox):
    """Ends its worker in some way, once all of them are ready: raises an error, or calls a function."""

    def __init__(self, how, ready):
        self._how, self._ready = how, ready

    def receive(self):
        self._ready.wait(PATIENCE)
        if isinstance(self._how, Exception):
            raise self._how
        return self._how() or ()

    def reply(self, outcomes):
        """Never comes to that."""


FORK = multiprocessing.get_context("fork")


def be_killed():
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_ever():
    threading.Event().wait(600)


@pytest.fixture
def fleet():
    made = Fleet(FORK, "task_functions:echo")
    yield made
    if not made._readiness.reports.closed:
        made.stop()


def ended(fleet, *how):
    """Start workers that end in some ways, and return how each did."""
    ready = FORK.Event()
    for one in how:
        fleet.add(Ending(one, ready))
    fleet.wait_until_ready()
    ready.set()
    assert eventually(lambda: len(fleet.exits()) == len(how))
    assert set(fleet.exits()) == set(fleet.pids)
    return [fleet.exits()[pid] for pid in fleet.pids]


def test_each_is_named_with_how_it_ended(fleet):
    assert ended(fleet, be_killed, lambda: os._exit(5)) == ["was ended by SIGKILL", "exited with status 5"]
    assert sorted(fleet.stop()) == ["1 worker exited with status 5", "1 worker was ended by SIGKILL"]


def test_one_that_ended_since_there_is_no_more_to_do_is_no_cause_of_anything(fleet):
    assert ended(fleet, list) == ["exited with status 0"]
    assert fleet.stop() == []


def test_those_that_ended_in_the_same_way_are_counted(fleet):
    ended(fleet, be_killed, be_killed)
    assert fleet.stop() == ["2 workers was ended by SIGKILL"]


def test_one_that_its_server_serves_no_more_says_why(fleet):
    why = "the server has closed the connection"
    assert ended(fleet, BrokenError(why)) == [f"could not go on without the server: {why}"]
    assert fleet.stop() == [f"1 worker could not go on without the server: {why}"]


def test_one_whose_connection_a_function_has_closed_says_so(fleet, capfd):
    (said,) = ended(fleet, OSError(errno.EBADF, "Bad file descriptor"))
    assert said.startswith("lost the connection to the producer: a function must not close")
    assert f"crossover: worker {fleet.pids[0]} cannot reach its producer any more: OSError" in capfd.readouterr().err


def test_one_that_cannot_reach_its_producer_for_another_reason_ends_too(fleet, capfd):
    assert ended(fleet, OSError(errno.EPIPE, "Broken pipe")) == ["exited with status 1"]
    assert "cannot reach its producer any more: BrokenPipeError" not in capfd.readouterr().out


def test_when_it_stops_none_is_left_busy_or_not(fleet):
    for _ in range(2):
        fleet.add(Ending(wait_for_ever, FORK.Event()))
    fleet.wait_until_ready()
    assert fleet.exits() == {}
    pids = fleet.pids
    assert len(pids) == 2
    assert fleet.stop() == []
    assert fleet._readiness.reports.closed
    assert not any(map(is_running, pids))
    assert not any(map(psutil.pid_exists, pids))  # each was waited for


class Unready(Ending):
    """Ends its worker before it is ready."""

    def open(self):
        os._exit(1)


def test_one_that_ends_before_it_is_ready_is_noticed_though_the_others_are(fleet):
    ready = FORK.Event()
    fleet.add(Ending(list, ready))
    fleet.add(Unready(list, ready))
    with allowing(30.0), pytest.raises(StartError, match="a worker ended before it was ready"):
        fleet.wait_until_ready()


def blocked():
    return signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_while_processes_start_an_interruption_is_held_back_and_comes_afterwards():
    came, before = [], blocked()
    old = signal.signal(signal.SIGTERM, lambda *_: came.append("it"))
    try:
        with interrupts_held_back():
            assert blocked() >= HELD_BACK
            signal.raise_signal(signal.SIGTERM)
            assert not came
        assert came == ["it"]
        assert blocked() == before
    finally:
        signal.signal(signal.SIGTERM, old)


def test_another_thread_holds_nothing_back():
    found = []

    def start():
        with interrupts_held_back():
            found.append(blocked())

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert not HELD_BACK & found[0]


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_processes_start_as_the_user_wants(start):
    assert context_for(start).get_start_method() == start
    assert start == "fork" or resource_tracker._resource_tracker._pid  # while nothing has started that it warns of


def test_where_the_user_has_no_wish_they_start_as_the_platform_does():
    before = multiprocessing.get_start_method(allow_none=True)
    assert context_for(None).get_start_method() == multiprocessing.get_all_start_methods()[0]
    assert multiprocessing.get_start_method(allow_none=True) == before  # it is not fixed by that
