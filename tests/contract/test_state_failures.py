"""A worker or a server of a shared state fails in the middle: the run ends, and says what is known."""

import os
import signal
from functools import partialmethod

import pytest
from carrying import make, run_of

from brokers.memcached.client import connect
from crossover.contract.errors import StartError
from crossover.contract.state_registry import STATES, load_state
from crossover.execution.counters import counter_run
from crossover.execution.counters.counter_run import run_counter
from crossover.execution.counters.counter_workers import CounterWorkers
from crossover.results.records import End

PROCESSES = [name for name in STATES if not load_state(name).traits.threads]


@pytest.fixture
def when_busy(monkeypatch):
    """Do something with the workers as soon as one has made an update."""

    def arrange(action):
        done = []

        def listen(self, ready):
            if not done and any(self._acknowledged):
                done.append(action(self))
            heard(self, ready)

        heard = CounterWorkers.receive
        monkeypatch.setattr(CounterWorkers, "receive", listen)
        monkeypatch.setattr(counter_run, "REPORTS_WITHIN_AFTER_DEATH", 0.5)

    return arrange


@pytest.mark.long
@pytest.mark.parametrize("name", PROCESSES)
def test_a_worker_that_is_killed_is_named_and_what_it_had_done_counts(name, when_busy):
    killed = []
    state = make(name)
    when_busy(lambda crowd: killed.append(kill(crowd._processes[0].pid)))
    observed, run = run_of(state, seconds=60)
    assert str(observed.ending) == f"{End.DIED}: worker {killed[0]} was ended by SIGKILL"
    assert run["updates"] > 0
    if state.traits.safe:
        assert run["lost_updates"] == 0
        assert run["unacknowledged"] <= 2  # each may have been killed between an update and its acknowledgement


@pytest.mark.parametrize(("name", "role"), [("manager-dict-lock", "manager"), ("rabbitmq-owner", "owner")])
def test_when_the_process_that_holds_the_counter_dies_the_run_ends_without_a_count(name, role, when_busy):
    state = make(name)
    when_busy(lambda _: kill(state.processes()[role][0]))
    observed, run = run_of(state, seconds=60)
    assert str(observed.ending).startswith(f"{End.DIED}: {role} ")
    assert observed.final is run["lost_updates"] is None
    assert run["updates"] > 0


VANISHING = ["redis-watch", "memcached-incr", "memcached-cas"]  # through the others it may be written anew


@pytest.mark.parametrize("name", VANISHING)
def test_a_number_that_vanishes_ends_the_run_in_words(name, when_busy):
    state = make(name)
    when_busy(lambda _: forget(state))
    observed, _ = run_of(state, seconds=20)
    assert str(observed.ending).startswith(f"{End.COUNTER_LOST}: the key is gone")
    assert observed.final is None


@pytest.mark.long
def test_incr_recreates_a_deleted_key_and_earlier_updates_count_as_lost(when_busy):
    state = make("redis-incr")
    when_busy(lambda _: forget(state))
    _, run = run_of(state, seconds=1)
    assert run["lost_updates"] > 0


@pytest.mark.parametrize("name", ["value-lock", "redis-lock"])
def test_an_update_whose_lock_is_never_free_is_given_up_and_counted(name, monkeypatch):
    monkeypatch.setattr("crossover.contract.counters.GIVEN_UP_AFTER", 0.1)
    monkeypatch.setattr("brokers.redis.counters.GIVEN_UP_AFTER", 0.1)
    state = make(name)
    monkeypatch.setattr(type(state), "start", partialmethod(start_and_take_the_lock, type(state).start))
    _, run = run_of(state, updates=4)
    assert run["updates"] == run["final"] == 0
    assert run["errors"] == 4
    assert run["reasons"] == {"the lock was not acquired within 0.1 s": 4}


def start_and_take_the_lock(state, start):
    start(state)
    if state.traits.server:
        state._client.set(f"{state._prefix}lock", "somebody else")
    else:
        state._value.get_lock().acquire()


def test_a_worker_that_cannot_start_is_said_and_leaves_nothing(monkeypatch):
    state = make("value")
    monkeypatch.setattr("local_ipc.states.values.ValueCounter.open", lambda _: 1 / 0)
    with pytest.raises(StartError, match="a worker cannot start: ZeroDivisionError: division by zero"):
        run_counter(state, 2, 0.1, None)


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    return pid


def forget(state):
    if state.traits.server == "redis":
        state._client.delete(f"{state._prefix}counter")
    else:
        client = connect(state.at.url)
        client.delete(state._key)
        client.close()
