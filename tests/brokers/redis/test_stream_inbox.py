"""What a worker of redis-stream leaves in the server: what is acknowledged, deleted, kept and claimed, and when."""

import time

import pytest

from brokers.messages import pack, read_outcomes
from brokers.poison import MOST_DELIVERIES
from brokers.redis import streams
from brokers.redis.connection.client import connect
from brokers.redis.keys import Keys
from brokers.redis.streams import FIELD, GROUP, StreamInbox
from crossover.contract.safety import Safety
from crossover.contract.tasks import NO_ERRORS, Batch, Outcomes

REFERENCE = "task_functions:echo"
LEVELS = [Safety.FAST, Safety.DEFAULT, Safety.SAFE]
RECLAIM = 2  # seconds


@pytest.fixture
def keys(request):
    return Keys(request.node.name)


@pytest.fixture
def client(server, keys):
    with connect(server.url, "test") as client:
        client.xgroup_create(keys.tasks, GROUP, id="0", mkstream=True)
        yield client
        client.delete(keys.tasks, keys.outcomes)


@pytest.fixture
def worker(server, keys, client):
    """Start workers of a level."""
    opened = []

    def open_one(level, name="", reclaim=RECLAIM):
        inbox = StreamInbox(server.url, keys, REFERENCE, 128, level, reclaim)
        inbox.open()
        inbox.name += name
        opened.append(inbox)
        return inbox

    yield open_one
    for inbox in opened:
        inbox.client.close()


@pytest.fixture
def send(client, keys):
    def add(*tasks):
        for task in tasks:
            (message,) = pack(Batch(task, 1, [task]), REFERENCE, 10_000).messages
            client.xadd(keys.tasks, {FIELD: message[-1]})

    return add


def take(inbox, tasks):
    """Receive until there are so many tasks, and return them."""
    found = []
    while len(found) < tasks:
        found += inbox.receive()
    return found


def work(inbox, *batches):
    for batch in batches:
        now = time.monotonic_ns()
        inbox.reply(Outcomes(batch.first, 1, batch.payloads, NO_ERRORS, 1, now, now))
        inbox.acknowledge(batch)


def flush(inbox, send):
    """Send what is done, and take a message that has come meanwhile."""
    send(99)
    return take(inbox, 1)


def pending(client, keys):
    return [(left["consumer"].decode(), left["times_delivered"]) for left in _pending(client, keys)]


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_done_is_acknowledged_and_deleted_and_its_outcomes_are_there(worker, send, client, keys, level):
    inbox = worker(level)
    send(*range(5))
    work(inbox, *take(inbox, 5))
    flush(inbox, send)
    assert client.xlen(keys.tasks) == 1  # what has just been taken
    assert len(pending(client, keys)) == (level is not Safety.FAST)
    assert sorted(read_outcomes(client.lpop(keys.outcomes)).first for _ in range(5)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("level", [Safety.DEFAULT, Safety.SAFE])
def test_what_is_taken_and_not_done_stays_in_the_server(worker, send, client, keys, level):
    inbox = worker(level)
    send(*range(3))
    first, *_ = take(inbox, 3)
    work(inbox, first)
    flush(inbox, send)
    assert client.xlen(keys.tasks) == 3
    assert pending(client, keys) == [(inbox.name, 1)] * 3


def test_at_the_fast_level_the_server_keeps_no_account(worker, send, client, keys):
    send(1, 2)
    take(worker(Safety.FAST), 2)
    assert pending(client, keys) == []


def test_what_a_dead_worker_left_is_taken_after_so_many_seconds_and_not_milliseconds(worker, send, client, keys):
    dead, heir = worker(Safety.SAFE, "-999999999-1"), worker(Safety.SAFE)
    send(7)
    take(dead, 1)
    dead.client.close()
    assert heir.take_candidate() is None  # a few milliseconds later
    client.xclaim(keys.tasks, GROUP, dead.name, 0, _entries(client, keys), idle=RECLAIM * 1_000 + 1, justid=True)
    candidate = heir.take_candidate()
    assert not candidate.given_up
    assert pending(client, keys) == [(heir.name, 2)]


def test_of_several_messages_that_a_dead_worker_left_the_oldest_is_taken_and_each_attempt_is_counted(
    worker, send, client, keys
):
    dead, heir = worker(Safety.SAFE, "-999999999-1"), worker(Safety.SAFE)
    send(7, 8)
    take(dead, 2)
    dead.client.close()
    for times in range(2, 2 + MOST_DELIVERIES):
        late = {"idle": RECLAIM * 1_000 + 1, "retrycount": times - 1, "justid": True}
        client.xclaim(keys.tasks, GROUP, dead.name, 0, _entries(client, keys), **late)
        first, second = _entries(client, keys)
        candidate = heir.take_candidate()
        assert (candidate.tag, candidate.deaths) == (first, times - 1)
        assert sorted(pending(client, keys)) == sorted([(heir.name, times), (dead.name, times - 1)])
        assert second != first


def test_where_nothing_is_claimed_at_a_level_nothing_is_taken_over(worker, send, client, keys):
    dead, heir = worker(Safety.DEFAULT, "-999999999-1"), worker(Safety.DEFAULT)
    send(7)
    take(dead, 1)
    client.xclaim(keys.tasks, GROUP, dead.name, 0, _entries(client, keys), idle=RECLAIM * 1_000_000, justid=True)
    assert heir.take_candidate() is None


def test_who_is_slow_has_not_died_of_a_message_and_who_is_dead_has(worker, send, client, keys):
    slow, dead, heir = worker(Safety.SAFE), worker(Safety.SAFE, "-999999999-1"), worker(Safety.SAFE)
    dead.client.client_setname("another")
    for inbox, deaths in ((slow, 0), (dead, 1)):
        send(7)
        take(inbox, 1)
        entries = [left["message_id"] for left in client.xpending_range(keys.tasks, GROUP, "-", "+", 9, inbox.name)]
        client.xclaim(keys.tasks, GROUP, inbox.name, 0, entries, idle=RECLAIM * 1_000 + 1, justid=True)
        assert heir.take_candidate().deaths == deaths


def test_a_message_of_which_three_workers_have_died_is_given_up(worker, send, client, keys):
    dead, heir = worker(Safety.SAFE, "-999999999-1"), worker(Safety.SAFE)
    send(7)
    take(dead, 1)
    dead.client.close()
    late = {"idle": RECLAIM * 1_000 + 1, "retrycount": MOST_DELIVERIES, "justid": True}
    client.xclaim(keys.tasks, GROUP, dead.name, 0, _entries(client, keys), **late)
    assert heir.take_candidate().given_up


def test_what_a_worker_still_holds_is_kept_from_the_others_while_it_does_the_rest(
    worker, send, client, keys, monkeypatch
):
    inbox = worker(Safety.SAFE)
    send(*range(4))
    batches = take(inbox, 4)
    client.xclaim(keys.tasks, GROUP, inbox.name, 0, _entries(client, keys), idle=60_000, justid=True)
    work(inbox, batches[0])
    flush(inbox, send)
    assert max(left["time_since_delivered"] for left in _pending(client, keys)) < 30_000
    assert {times for _, times in pending(client, keys)} == {1}  # to be kept is no delivery
    client.xclaim(keys.tasks, GROUP, inbox.name, 0, _entries(client, keys), idle=60_000, justid=True)
    work(inbox, batches[1])
    flush(inbox, send)  # at once: a second later is soon enough
    assert max(left["time_since_delivered"] for left in _pending(client, keys)) >= 60_000
    inbox._claimed_at -= RECLAIM / 2
    work(inbox, batches[2])
    flush(inbox, send)
    assert max(left["time_since_delivered"] for left in _pending(client, keys)) < 30_000


@pytest.mark.parametrize("level", LEVELS)
def test_after_a_lost_reply_what_was_taken_is_found_again_unless_nothing_is_acknowledged(worker, send, level):
    inbox = worker(level)
    send(1, 2)
    take(inbox, 2)
    lost = inbox.held.pop()  # its reply
    found = inbox.recover()
    assert found is None if level is Safety.FAST else [entry for entry, _ in found] == [lost]


def test_a_stream_is_read_a_second_at_a_time_and_no_more_than_the_prefetch_is_taken(worker, send):
    inbox = worker(Safety.DEFAULT)
    send(*range(5))
    assert len(inbox._round_trip(take=True)) == 1  # how long a task takes is not known yet
    assert streams._messages([(b"1-1", None), (b"1-2", {FIELD: b"x"})]) == [(b"1-2", b"x")]  # one was deleted


def test_an_entry_that_another_client_has_added_has_the_message_that_is_in_it_or_none():
    assert streams._message([FIELD, b"x"]) == b"x"
    assert streams._message([b"a", b"1", FIELD, b"x", b"b", b"2"]) == b"x"
    assert streams._message([b"a", b"1"]) == streams._message([b"a", FIELD]) == b""


def test_what_a_worker_has_not_done_within_a_minute_is_taken_from_it():
    assert streams.StreamOptions().reclaim == 60
    assert streams.RedisStreamTransport.traits.resumable


def _pending(client, keys):
    return client.xpending_range(keys.tasks, GROUP, "-", "+", 99)


def _entries(client, keys):
    return [left["message_id"] for left in _pending(client, keys)]
