"""The producer's side of redis-list and redis-stream: what is sent when, what receipts say, and what is left."""

import pytest
from redis.exceptions import ResponseError
from waiting import eventually

from brokers.broker_transport import FLUSH_AT, FLUSH_BYTES
from brokers.messages import pack_one
from brokers.redis import transport as redis_transport
from brokers.redis.connection.silence import MAYBE
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.tasks import NO_ERRORS, Batch, LateReceipt, Outcomes, Receipt
from crossover.contract.traits import RunRequest

REFERENCE = "task_functions:echo"
EVERY = [(name, level) for name in ("redis-list", "redis-stream") for level in ("fast", "default", "safe")]
LIST = [("redis-list", "default")]
NAMES = ["redis-list", "redis-stream"]
LONG_AGO = -(10**9)


def work(inbox, tasks):
    """Do so many tasks, and send the outcomes."""
    done = 0
    while done < tasks:
        for batch in inbox.receive():
            inbox._sent_at += LONG_AGO  # so that they are sent at once
            inbox.reply(Outcomes(batch.first, batch.size, batch.payloads, NO_ERRORS, 1, 5, inbox._took_at))
            inbox.acknowledge(batch)
            done += batch.size


def waiting(client, transport):
    """Return how many messages wait in the server."""
    key = transport.task_queue()
    return client.xlen(key) if client.type(key) == b"stream" else client.llen(key)


def keys_of(client, transport):
    return client.keys(f"crossover:{transport.run}:*")


@pytest.mark.parametrize(("name", "level"), EVERY)
def test_what_is_submitted_comes_back_with_a_receipt_and_nothing_is_left(carrier, open_inbox, client, name, level):
    transport = carrier(name, level)
    inbox, other = open_inbox(transport), open_inbox(transport)
    for task in range(3):
        assert transport.submit_task(task, task * 10).receipt is Receipt.UNKNOWN
    assert transport.submit(Batch(3, 2, ["a", "b"])).receipt is Receipt.UNKNOWN
    assert not transport.collect(9, 0)
    assert [*transport.receipts()] == [LateReceipt(0, 5, Receipt.ACCEPTED)]
    assert [*transport.receipts()] == []
    work(inbox, 5)
    found = sorted(transport.collect(9, 0.2))
    assert [(one.first, one.values) for one in found] == [(0, [0]), (1, [10]), (2, [20]), (3, ["a", "b"])]
    transport.submit_task(5, 0)
    transport.collect(9, 0)
    assert len(other.receive()) == 1  # a worker that has not done what it took
    transport.submit_task(6, 0)
    transport.collect(9, 0)
    assert keys_of(client, transport)
    assert transport.processes() == {"workers": []}
    assert "redis_version" not in transport.brokers()["redis"]
    transport.stop()
    assert not keys_of(client, transport)
    transport.stop()
    with pytest.raises(BrokenError, match="the run has been stopped"):
        transport.collect(1, 0)


@pytest.mark.parametrize("name", NAMES)
def test_no_more_outcomes_are_collected_than_were_asked_for(carrier, open_inbox, name):
    transport = carrier(name, "default")
    for task in range(7):
        transport.submit_task(task, task)
    transport.collect(1, 0)
    work(open_inbox(transport), 7)
    assert [one.first for one in transport.collect(2, 0)] == [0, 1]
    assert [one.first for one in transport.collect(3, 0.2)] == [2, 3, 4]
    assert [one.first for one in transport.collect(1, 0.2)] == [5]
    assert [one.first for one in transport.collect(1, 0)] == [6]
    assert not transport.collect(3, 0.1)
    assert not transport.collect(3, 0.09)  # Redis looks only ten times a second which waits are over
    assert redis_transport.SHORTEST_WAIT == 0.1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("one_by_one", [True, False])
def test_so_many_messages_are_sent_without_waiting_for_more(carrier, client, name, one_by_one):
    transport = carrier(name, "fast")

    def submit(task):
        if one_by_one:
            transport.submit_task(task, task)
        else:
            transport.submit(Batch(task, 1, [task]))

    for task in range(FLUSH_AT - 1):
        submit(task)
    assert len(transport._unsent) == FLUSH_AT - 1
    for task in range(FLUSH_AT - 1, FLUSH_AT + 2):
        submit(task)
    assert len(transport._unsent) == 2
    assert eventually(lambda: waiting(client, transport) == FLUSH_AT == 256)
    transport.collect(1, 0)
    assert waiting(client, transport) == FLUSH_AT + 2


@pytest.mark.parametrize("one_by_one", [True, False])
def test_so_many_bytes_are_sent_without_waiting_for_more(carrier, client, one_by_one):
    transport = carrier("redis-list", "fast")

    def submit(task, payload):
        if one_by_one:
            transport.submit_task(task, payload)
        else:
            transport.submit(Batch(task, 1, [payload]))

    around = len(pack_one(0, bytes(FLUSH_BYTES), REFERENCE, 2 * FLUSH_BYTES)) - FLUSH_BYTES
    submit(0, bytes(2**20 - around))
    assert transport._unsent_bytes == FLUSH_BYTES == 2**20
    assert len(transport._unsent) == 1
    submit(1, b"")
    assert (transport._unsent, transport._unsent_bytes) == ([], 0)
    assert eventually(lambda: waiting(client, transport) == 2)
    submit(2, b"")  # what is small waits again
    assert len(transport._unsent) == 1
    transport.collect(1, 0)
    assert [*transport.receipts()] == [LateReceipt(0, 3, Receipt.ACCEPTED)]


def test_receipts_are_read_where_much_is_sent_without_collecting(carrier):
    transport = carrier("redis-stream", "default")
    for task in range(3 * FLUSH_AT):
        transport.submit_task(task, task)
    assert [*transport.receipts()] == [LateReceipt(0, 256, Receipt.ACCEPTED), LateReceipt(256, 256, Receipt.ACCEPTED)]
    transport.collect(1, 0)
    assert [*transport.receipts()] == [LateReceipt(512, 256, Receipt.ACCEPTED)]


@pytest.mark.parametrize("name", NAMES)
def test_what_redis_refuses_is_refused_and_the_next_is_accepted(carrier, client, name):
    transport = carrier(name, "default")
    client.config_set("maxmemory", "1")
    transport.submit_task(0, "payload")
    transport.submit_task(1, "payload")
    try:
        transport.collect(1, 0)
    finally:
        client.config_set("maxmemory", "0")
    found = transport.receipts()
    assert [(one.first, one.size, one.receipt) for one in found] == [(task, 1, Receipt.REFUSED) for task in (0, 1)]
    assert all(one.reason.startswith("Redis refused it: ") for one in found)
    transport.submit(Batch(2, 3, [1, 2, 3]))
    transport.collect(1, 0)
    assert [*transport.receipts()] == [LateReceipt(2, 3, Receipt.ACCEPTED)]


def test_receipts_name_those_that_were_accepted_between_refused_ones(carrier):
    transport = carrier("redis-stream", "default")
    refused = ResponseError("no")
    transport._awaiting = [([(0, 1), (1, 2), (3, 1), (4, 1)], 4), ([(5, 2), (9, 1)], 2)]
    transport._record_receipts([b"", b"", refused, b"", b"", b""])
    no = "Redis refused it: no"
    assert [*transport.receipts()] == [
        LateReceipt(0, 3, Receipt.ACCEPTED),
        LateReceipt(3, 1, Receipt.REFUSED, no),
        LateReceipt(4, 3, Receipt.ACCEPTED),
        LateReceipt(9, 1, Receipt.ACCEPTED),
    ]


def test_a_payload_that_cannot_travel_is_refused_at_once_and_the_rest_is_sent(carrier):
    transport = carrier("redis-list", "default")
    submission = transport.submit_task(0, object())
    assert list(submission.refused) == [0]
    submission = transport.submit(Batch(1, 2, [7, object()]))
    assert (submission.receipt, list(submission.refused)) == (Receipt.UNKNOWN, [1])
    transport.collect(1, 0)
    assert [*transport.receipts()] == [LateReceipt(1, 1, Receipt.ACCEPTED)]


@pytest.mark.parametrize("name", NAMES)
def test_after_a_lost_connection_what_became_of_the_messages_is_unknown(carrier, client, name):
    transport = carrier(name, "default")
    transport.submit_task(0, 0)
    transport.flush()
    disconnect(client, transport)
    transport.submit_task(1, 1)
    with pytest.raises(BrokenError, match=r"Redis at 127\.0\.0\.1:"):
        transport.collect(1, 0)
    assert transport.receipts() == []
    transport.submit_task(2, 2)
    transport.collect(1, 0)  # over a new connection
    assert [*transport.receipts()] == [LateReceipt(2, 1, Receipt.ACCEPTED)]
    disconnect(client, transport)
    transport.stop()
    assert not keys_of(client, transport)


def disconnect(client, transport):
    (ours,) = [one for one in client.client_list() if one["name"] == f"crossover:{transport.run}:producer"]
    client.client_kill_filter(_id=ours["id"])


@pytest.mark.parametrize("name", NAMES)
def test_a_run_that_is_taken_over_has_its_tasks_and_its_outcomes(carrier, open_inbox, name):
    first = carrier(f"{name}?prefetch=1", "safe")
    for task in range(2):
        first.submit_task(task, task)
    first.collect(1, 0)
    work(open_inbox(first), 1)
    second = carrier(name, "safe", first.run)
    assert second.run == first.run
    inbox = open_inbox(second)
    inbox.name += "-another"
    work(inbox, 1)
    assert sorted(one.first for one in second.collect(9, 0)) == [0, 1]


def test_a_key_of_another_kind_where_the_stream_should_be_ends_the_start(carrier, client):
    client.rpush("crossover:taken-already:tasks", "x")
    with pytest.raises(BrokenError, match="wrongtype"):
        carrier("redis-stream", "safe", "taken-already")


@pytest.mark.parametrize("name", NAMES)
def test_where_tasks_wait_and_no_worker_takes_them_that_is_said(carrier, name):
    transport = carrier(name, "default")
    assert transport.likely_cause(1).startswith("no task waits in Redis any more: they were deleted, unless")
    for task in range(2):
        transport.submit_task(task, task)
    transport.collect(1, 0)
    assert transport.likely_cause(2) == f"Redis holds 2 messages that no worker takes: {MAYBE}"


def test_which_redis_can_be_used_is_asked_once_and_only_where_it_is_to_be_used(carrier):
    kind = type(carrier("redis-list", "default"))
    request = RunRequest(kind.traits.options_type(), safety=Safety.SAFE)
    nobody = RunRequest(kind.traits.options_type(), "127.0.0.1:9", usable_here=True)
    assert kind.why_not(request) is None
    assert "no redis at" in kind.why_not(nobody).lower()
    assert kind.warnings(nobody) == ()


def test_how_long_a_lost_message_takes_to_come_again_is_known(carrier):
    assert [carrier("redis-list", level).redelivery for level in ("default", "safe")] == [0, 3]
    assert [carrier("redis-stream?reclaim=7", level).redelivery for level in ("default", "safe")] == [0, 10]
