"""What holds for every shared state."""

import multiprocessing
from functools import partial
from pathlib import Path

import pytest
from broker_leftovers import keys, queues
from carrying import make, run_of

from brokers.memcached.client import connect
from crossover.contract.state_registry import STATES, load_state
from crossover.execution.counters import counter_run
from crossover.results.records import End

SAFE = [name for name in STATES if load_state(name).traits.safe]


LOSES = [
    "thread-global",
    "value",
    "shared-memory",
    "manager-dict",
    "manager-list",
    "redis-get-set",
    "memcached-get-set",
]


SERVERS = [name for name in STATES if load_state(name).traits.server]


ATTEMPTS = 20


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
    if state.traits.server == "redis":
        return {name for name in keys(state.at.url) if state.run in name}
    if state.traits.server == "rabbitmq":
        return queues(state.at.url, state.names())
    client = connect(state.at.url)
    found = client.get(state._key)
    client.close()
    return {found} - {None}


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
def test_the_requested_number_of_updates_is_made_and_one_worker_loses_none(name):
    state = make(name)
    _, run = run_of(state, workers=3, updates=101)
    assert run["updates"] == 101
    _, run = run_of(make(name), workers=1, updates=50)
    assert run["updates"] == 50
    assert run["final"] == (50 if state.traits.shared else 0)
    assert not run["overlapped"]


def test_more_updates_than_there_is_time_for_end_with_it(monkeypatch):
    monkeypatch.setattr(counter_run, "TIME_LIMIT", 0.2)
    observed, run = run_of(make("value-lock"), updates=10**12)
    assert str(observed.ending) == f"{End.TIME_UP}: 0.2 s"
    assert 0 < run["updates"] == run["final"] < 10**12


@pytest.mark.parametrize("name", STATES)
def test_each_run_begins_at_zero(name):
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


@pytest.mark.parametrize("start", ["spawn", "forkserver"])
@pytest.mark.parametrize("name", ["value-lock", "shared-memory-lock", "manager-dict-lock", "redis-incr"])
def test_workers_may_start_in_another_way(name, start, monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_context", partial(another_way, start, multiprocessing.get_context))
    _, run = run_of(make(name), updates=100)
    assert run["updates"] == run["final"] == 100


def another_way(start, get_context, method=None):
    return get_context(method or start)
