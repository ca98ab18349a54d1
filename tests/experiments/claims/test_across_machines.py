"""What is said about synchronisation across machines: the verdicts here, and those where a server does the opposite."""

import multiprocessing
from functools import partial

import pytest

from crossover.experiments.claim_process import check
from crossover.experiments.claims import across_machines
from crossover.experiments.claims.claim import all_claims
from crossover.experiments.claims.servers import in_memcached, in_rabbitmq, in_redis
from crossover.experiments.claims.servers.holders import killed_holders
from crossover.experiments.claims.servers.in_server import new_name
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict

EVERYWHERE = ["multiprocessing", "Redis", "memcached", "RabbitMQ"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("lock-across-machines", ClaimVerdict.TRUE, "multiprocessing: 0, Redis: 0, memcached: 0, RabbitMQ: 0."),
        ("semaphore-across-machines", ClaimVerdict.TRUE, "multiprocessing: 2, Redis: 2, memcached: 2, RabbitMQ: 2."),
        ("event-across-machines", ClaimVerdict.BUT, "multiprocessing: 1, Redis: 1, memcached: 1, RabbitMQ: 0."),
        ("dead-holder", ClaimVerdict.MISLEADING, "2 of these late writes were taken, and 0 by data that looks"),
    ],
)
def test_what_is_found(urls, name, verdict, words):
    run = check(all_claims()[name], 90, urls)
    assert (run.verdict, run.reason) == (verdict, "")
    assert words in Messages("en").seen(run)
    assert list(run.facts.get("latency", EVERYWHERE)) == EVERYWHERE
    assert all(0 < took < run.seconds for took in run.facts.get("freed", run.facts.get("latency")).values())


def let_all_in(lock, *, timeout):
    return True


def let_nobody_in(lock, *, timeout):
    return False


def let_out(lock):
    pass


@pytest.mark.long
@pytest.mark.parametrize(
    ("there", "label"), [(in_redis, "Redis"), (in_memcached, "memcached"), (in_rabbitmq, "RabbitMQ")]
)
def test_a_lock_that_does_not_lock(urls, forked, monkeypatch, there, label):
    monkeypatch.setattr(there.Lock, "acquire", let_all_in)
    monkeypatch.setattr(there.Lock, "release", let_out)
    found = across_machines.lock_across_machines()
    assert found.verdict is ClaimVerdict.FALSE
    assert [where for where, lost in found.facts["lost"].items() if lost] == [label]


def test_a_lock_that_is_never_free_tells_nothing(urls, forked, monkeypatch):
    monkeypatch.setattr(in_memcached.Lock, "acquire", let_nobody_in)
    found = across_machines.lock_across_machines()
    assert (found.verdict, found.reason) == (ClaimVerdict.COULD_NOT_TELL, "a process did not end well: memcached")


@pytest.mark.long
@pytest.mark.parametrize("there", [in_redis, in_memcached, in_rabbitmq])
@pytest.mark.parametrize(("more", "verdict"), [(1, ClaimVerdict.FALSE), (-1, ClaimVerdict.COULD_NOT_TELL)])
def test_a_semaphore_with_another_number_of_places(urls, forked, monkeypatch, there, more, verdict):
    class Other(there.Semaphore):
        def __init__(self, name, places):
            super().__init__(name, places + more)

    monkeypatch.setattr(there, "Semaphore", Other)
    found = across_machines.semaphore_across_machines()
    assert found.verdict is verdict
    assert sorted(found.facts["largest"].values()) == sorted([2, 2, 2, 2 + more])


def test_the_largest_number_inside_is_counted_from_when_each_came_and_left():
    assert across_machines.largest_number([(1, 2), (2, 3)]) == 1
    assert across_machines.largest_number([(1, 4), (2, 3), (5, 6)]) == 2
    assert across_machines.largest_number([(1, 4), (2, 5), (3, 6)]) == 3
    assert across_machines.largest_number([]) == 0


def test_an_event_that_is_kept_for_those_who_come_late_is_like_the_local_one(urls, forked, monkeypatch):
    monkeypatch.setattr(in_rabbitmq, "Event", in_redis.Event)
    found = across_machines.event_across_machines()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["late"] == dict.fromkeys(EVERYWHERE, 1)


@pytest.mark.parametrize("woken", [True, False])
def test_an_event_that_nobody_waits_for_or_that_wakes_nobody(urls, forked, monkeypatch, woken):
    def wait(event, timeout):
        return woken

    monkeypatch.setattr(in_memcached.Event, "wait", wait)
    found = across_machines.event_across_machines()
    assert found.verdict is ClaimVerdict.FALSE
    assert list(found.facts["latency"]) == ["multiprocessing", "Redis", "RabbitMQ"]


@pytest.fixture
def all_have_leases(urls, forked, monkeypatch):
    """Let every lock and semaphore end by itself, those of multiprocessing, too."""
    made = []

    def make(kind, *arguments):
        made.append(kind(new_name(), *arguments))
        return made[-1]

    monkeypatch.setattr(multiprocessing, "Lock", partial(make, in_redis.Lock))
    monkeypatch.setattr(multiprocessing, "Semaphore", partial(make, in_memcached.Semaphore))
    monkeypatch.setattr(in_redis, "Semaphore", in_memcached.Semaphore)
    yield
    for one in made:
        one.remove()


@pytest.mark.long
def test_locks_that_end_by_themselves_are_free_again_but_the_stopped_write_late(all_have_leases):
    found = across_machines.dead_holder()
    assert found.verdict is ClaimVerdict.BUT
    assert found.facts["never_freed"] == []
    assert found.facts["not_taken_from_stopped"] == ["RabbitMQ"]
    assert (found.facts["late_writes"], found.facts["late_taken"], found.facts["late_taken_with_token"]) == (3, 3, 0)


def test_data_that_refuses_late_writes_needs_nothing_else(all_have_leases, monkeypatch):
    write = in_redis.Store.write
    monkeypatch.setattr(in_redis.Store, "write", lambda store, token: (write(store, token)[1],) * 2)
    found = across_machines.dead_holder()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["late_taken"] == 0


@pytest.mark.long
def test_locks_that_last_longer_than_we_wait_are_not_free(urls, forked, monkeypatch):
    monkeypatch.setattr(in_rabbitmq, "Lock", in_redis.Lock)
    for there in (in_memcached, in_rabbitmq):
        monkeypatch.setattr(there, "Semaphore", in_redis.Semaphore)
    monkeypatch.setattr(across_machines, "killed_holders", lambda locks, _: killed_holders(locks, 100))
    found = across_machines.dead_holder()
    assert found.verdict is ClaimVerdict.FALSE
    assert len(found.facts["never_freed"]) == 8
