"""What holds for every shared state."""

import multiprocessing
import os
import signal
from functools import partial, partialmethod
from pathlib import Path

import pytest
from broker_leftovers import keys, queues
from skips import need

from brokers.memcached.client import connect
from crossover.analysis.shared_counters import judge_updates
from crossover.contract.errors import StartError
from crossover.contract.state_registry import STATES, load_state, parse_state
from crossover.execution.counters import counter_run
from crossover.execution.counters.counter_run import measure_counter
from crossover.execution.counters.counter_workers import CounterWorkers
from crossover.results.records import End

QUICKER = {"redis-lock": "redis-lock?sleep=0.001"}  # as it is found, one worker may keep it for a whole run
SAFE = [name for name in STATES if load_state(name).safe]
LOSES = [
    "thread-global",
    "value",
    "shared-memory",
    "manager-dict",
    "manager-list",
    "redis-get-set",
    "memcached-get-set",
]
PROCESSES = [name for name in STATES if not load_state(name).threads]
SERVERS = [name for name in STATES if load_state(name).server]
ATTEMPTS = 20


def make(url):
    address = parse_state(QUICKER.get(url, url))
    need(address.unusable())
    return address.create()


def run_of(state, workers=2, seconds=0.2, updates=None):
    observed = measure_counter(state, workers, seconds, updates)
    return observed, judge_updates(observed.reports, observed.final, shared=state.shared)


def overlapping(url):
    """Return the judgement of a run whose workers really overlapped: others prove nothing."""
    for _ in range(ATTEMPTS):
        observed, run = run_of(make(url))
        assert observed.ending.end is End.FINISHED, observed.ending
        if run["overlapped"]:
            return run
    return pytest.fail(f"in {ATTEMPTS} runs the workers never overlapped")


def left(state):
    """Return what a state that has been stopped has left in its server."""
    if state.server == "redis":
        return {name for name in keys(state.at.url) if state.run in name}
    if state.server == "rabbitmq":
        return queues(state.at.url, state.names())
    client = connect(state.at.url)
    found = client.get(state._key)
    client.close()
    return {found} - {None}


@pytest.fixture
def when_busy(monkeypatch):
    """Do something with the workers as soon as one has made an update."""

    def arrange(deed):
        done = []

        def listen(self, ready):
            if not done and any(self._acknowledged):
                done.append(deed(self))
            heard(self, ready)

        heard = CounterWorkers.receive
        monkeypatch.setattr(CounterWorkers, "receive", listen)
        monkeypatch.setattr(counter_run, "REPORTS_WITHIN_AFTER_DEATH", 0.5)

    return arrange


@pytest.mark.parametrize("name", SAFE)
def test_what_promises_to_be_safe_loses_nothing_though_its_workers_overlap(name):
    run = overlapping(name)
    assert run["updates"] == run["final"] > 0
    assert run["lost_updates"] == run["unacknowledged"] == run["errors"] == 0


@pytest.mark.parametrize("name", LOSES)
def test_read_then_write_without_a_lock_loses_updates(name):
    lost = 0
    for _ in range(ATTEMPTS):
        run = overlapping(name)
        lost += run["lost_updates"]
        assert run["final"] + run["lost_updates"] == run["updates"]
        if lost:
            return
    pytest.fail(f"nothing was lost in {ATTEMPTS} runs that overlapped")


def test_every_state_without_a_promise_is_known_to_lose():
    assert {name for name in STATES if name not in SAFE} == {*LOSES, "process-global"}


def test_a_global_of_processes_is_not_shared():
    run = overlapping("process-global")
    assert run["final"] == 0
    assert run["lost_updates"] == run["updates"] > 0
    assert run["turns"] == 0


@pytest.mark.parametrize("name", STATES)
def test_as_many_updates_are_made_as_were_asked_for_and_a_single_worker_loses_none(name):
    state = make(name)
    _, run = run_of(state, workers=3, updates=101)
    assert run["updates"] == 101
    _, run = run_of(make(name), workers=1, updates=50)
    assert run["updates"] == 50
    assert run["final"] == (50 if state.shared else 0)
    assert not run["overlapped"]


def test_more_updates_than_there_is_time_for_end_with_it(monkeypatch):
    monkeypatch.setattr(counter_run, "TIME_LIMIT", 0.2)
    observed, run = run_of(make("value-lock"), updates=10**12)
    assert str(observed.ending) == f"{End.TIME_UP}: 0.2 s"
    assert 0 < run["updates"] == run["final"] < 10**12


@pytest.mark.parametrize("name", STATES)
def test_each_run_begins_at_nought(name):
    for _ in range(2):
        observed, run = run_of(make(name), workers=1, updates=7)
        assert observed.final in {7, 0}
        assert run["updates"] == 7


@pytest.mark.parametrize("name", SERVERS)
def test_nothing_is_left_in_the_server(name):
    state = make(name)
    run_of(state, updates=20)
    state.stop()
    assert not left(state)


@pytest.mark.parametrize("name", ["shared-memory", "shared-memory-lock"])
def test_shared_memory_is_given_back(name):
    state = make(name)
    state.start()
    path = Path("/dev/shm", state._memory.name)
    assert path.exists()
    state.stop()
    state.stop()
    assert not path.exists()


@pytest.mark.parametrize("name", STATES)
def test_stopping_before_starting_is_safe(name):
    make(name).stop()


@pytest.mark.parametrize("name", SERVERS)
def test_two_counters_in_one_server_do_not_meet(name):
    with make(name) as one, make(name) as other:
        one.start()
        other.start()
        counters = [one.counter(), one.counter(), other.counter()]
        for counter in counters:
            counter.open()
            counter.add()
            counter.close()
        assert (one.read(), other.read()) == (2, 1)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_worker_that_is_killed_is_named_and_what_it_had_done_counts(name, when_busy):
    killed = []
    state = make(name)
    when_busy(lambda crowd: killed.append(kill(crowd._processes[0].pid)))
    observed, run = run_of(state, seconds=60)
    assert str(observed.ending) == f"{End.DIED}: worker {killed[0]}"
    assert run["updates"] > 0
    if state.safe:
        assert run["lost_updates"] == 0
        assert run["unacknowledged"] <= 2  # each may have been killed between an update and its acknowledgement


@pytest.mark.parametrize(("name", "role"), [("manager-dict-lock", "manager"), ("rabbitmq-owner", "owner")])
def test_when_the_keeper_of_the_number_dies_the_run_ends_and_nobody_says_what_it_was(name, role, when_busy):
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


def test_incr_makes_a_key_that_is_gone_anew_and_what_it_had_counts_as_lost(when_busy):
    state = make("redis-incr")
    when_busy(lambda _: forget(state))
    _, run = run_of(state, seconds=1)
    assert run["lost_updates"] > 0


@pytest.mark.parametrize("start", ["spawn", "forkserver"])
@pytest.mark.parametrize("name", ["value-lock", "shared-memory-lock", "manager-dict-lock", "redis-incr"])
def test_workers_may_start_in_another_way(name, start, monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_context", partial(another_way, start, multiprocessing.get_context))
    _, run = run_of(make(name), updates=100)
    assert run["updates"] == run["final"] == 100


def another_way(start, get_context, method=None):
    return get_context(method or start)


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
    if state.server:
        state._client.set(f"{state._prefix}lock", "somebody else")
    else:
        state._value.get_lock().acquire()


def test_a_worker_that_cannot_start_is_said_and_leaves_nothing(monkeypatch):
    state = make("value")
    monkeypatch.setattr("local_ipc.states.values.ValueCounter.open", lambda _: 1 / 0)
    with pytest.raises(StartError, match="a worker cannot start: ZeroDivisionError: division by zero"):
        measure_counter(state, 2, 0.1, None)


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    return pid


def forget(state):
    if state.server == "redis":
        state._client.delete(f"{state._prefix}counter")
    else:
        client = connect(state.at.url)
        client.delete(state._key)
        client.close()
