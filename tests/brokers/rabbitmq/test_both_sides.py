"""Producer and worker of rabbitmq in one process: what is acknowledged, kept, delivered again, refused and removed."""

import pytest
from rabbitmq_sides import collect, count, exists, finish, now, send, settle, take
from waiting import eventually

from brokers.broker_transport import FLUSH_AT, FLUSH_EVERY
from brokers.messages import FORMAT, encode
from brokers.rabbitmq.dead_letters import QUEUE, SETTINGS, dead_letter
from brokers.rabbitmq.queues import UNUSED_FOR, Queues, why_silent
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.tasks import LateReceipt, Receipt

REFERENCE = "task_functions:echo"
LEVELS = ["fast", "default", "safe"]
FOREIGN = encode((FORMAT, "os:system", 0, 1, ["true"]))


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_submitted_comes_back_with_a_receipt_and_nothing_is_left(carrier, shared, user, level):
    transport, inbox = carrier(level, "prefetch=3")
    send(transport, *range(5))
    receipts = []
    assert eventually(lambda: transport.collect(0, 0) or receipts.extend(transport.receipts()) or len(receipts) == 5)
    assert sorted(receipts) == [LateReceipt(task, 1, Receipt.ACCEPTED) for task in range(5)]
    assert [*transport.receipts()] == []
    first = take(inbox, 3)
    if level != "fast":
        assert [batch.first for batch in first] == [0, 1, 2]
        inbox._channel.process_events()
        assert not inbox._arrived  # it gets no more until some are acknowledged
        assert count(user, transport.task_queue()) == (2, 1)
    finish(inbox, *first, ended=now())
    rest = take(inbox, 5 - len(first)) if len(first) < 5 else []
    finish(inbox, *rest, ended=now())
    settle(inbox)
    found = collect(transport, 5)
    assert [(one.first, one.values) for one in found] == [(task, [task]) for task in range(5)]
    inbox._channel.close()
    assert count(user, transport.task_queue()) == (0, 0)  # nothing of it comes back
    names = transport.names()
    assert (transport.task_queue(), len(names)) == (names[0], 3 if level == "safe" else 2)
    transport.stop()
    assert not any(exists(shared, name) for name in names)
    assert transport.receipts() == ()
    with pytest.raises(BrokenError, match="the run has been stopped"):
        transport.collect(1, 0)


@pytest.mark.parametrize(("level", "comes_back"), [("fast", 0), ("default", 2), ("safe", 2)])
def test_what_was_taken_and_not_done_comes_back_when_the_worker_has_gone(carrier, user, level, comes_back):
    transport, inbox = carrier(level)
    send(transport, 0, 1)
    finish(inbox, take(inbox, 2)[0])  # done, and not sent
    assert count(user, transport.names()[1])[0] == 0
    inbox._channel.close()
    assert eventually(lambda: count(user, transport.task_queue()) == (comes_back, 0))
    assert transport.collect(9, 0) == []


@pytest.mark.parametrize("level", LEVELS)
def test_outcomes_are_sent_after_a_millisecond_or_when_there_are_many(carrier, level):
    transport, inbox = carrier(level, "prefetch=1000")
    send(transport, *range(FLUSH_AT + 2))
    batches = take(inbox, FLUSH_AT + 2)
    finish(inbox, batches.pop(0), ended=inbox._sent_at + FLUSH_EVERY)
    assert len(inbox._done) == 1
    finish(inbox, batches.pop(0), ended=inbox._sent_at + FLUSH_EVERY + 1)
    assert not inbox._done
    sent_at = inbox._sent_at
    for batch in batches[:-1]:
        finish(inbox, batch)
    assert (len(inbox._done), inbox._sent_at) == (FLUSH_AT - 1, sent_at)
    finish(inbox, batches[-1])
    assert not inbox._done
    assert inbox._sent_at > sent_at
    publisher = transport._publisher
    assert eventually(lambda: publisher._channel.process_events() and len(publisher._arrived) == FLUSH_AT + 2)
    assert [len(transport.collect(limit, 0)) for limit in (7, FLUSH_AT, 1)] == [7, FLUSH_AT - 5, 0]


def test_without_confirms_everything_up_to_the_last_outcome_is_acknowledged_when_it_is_sent(carrier):
    transport, inbox = carrier("default")
    send(transport, 0, 1, 2)
    batches = take(inbox, 3)
    finish(inbox, batches[0], batches[1])
    assert inbox._acknowledged == 0
    inbox._publish()
    assert inbox._acknowledged == 2
    inbox._publish()
    finish(inbox, batches[2], ended=now())
    assert inbox._acknowledged == 3
    assert len(collect(transport, 3)) == 3


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_not_for_this_worker_is_kept_aside_and_the_producer_is_told(carrier, shared, user, level):
    transport, inbox = carrier(level)
    user.call(user.pika.queue_delete, QUEUE)
    send(transport, 0)
    user.publish(transport.task_queue(), FOREIGN, inbox._queues.properties)
    user.process_events()
    assert eventually(lambda: inbox._channel.process_events() and len(inbox._arrived) == 2)
    send(transport, 1)
    batches = take(inbox, 2)
    assert [batch.first for batch in batches] == [0, 1]
    finish(inbox, *batches, ended=now())
    settle(inbox)
    found = collect(transport, 3)
    refused = [one.errors[0] for one in found if one.errors]
    assert refused == ["a message was refused: it requests 'os:system'; this worker runs 'task_functions:echo' only"]
    assert count(user, QUEUE)[0] == 1
    inbox._channel.close()
    assert count(user, transport.task_queue())[0] == 0
    user.call(user.pika.queue_delete, QUEUE)


def test_why_a_message_cannot_be_kept_aside_is_said(carrier, user):
    _, inbox = carrier("default")
    user.call(user.pika.queue_delete, QUEUE)
    user.call(user.pika.queue_declare, QUEUE, durable=True, arguments={"x-max-length": 1})
    said = inbox._dead_letter("it is odd", b"odd")
    assert said.startswith("RabbitMQ at 127.0.0.1:")
    assert "PRECONDITION_FAILED" in said
    user.call(user.pika.queue_delete, QUEUE)
    assert inbox._dead_letter("it is odd", b"odd") is None
    assert (SETTINGS["x-max-length"], SETTINGS["x-expires"]) == (1_000, 24 * 60 * 60 * 1_000)
    user.call(user.pika.queue_delete, QUEUE)


def test_a_dead_letter_that_is_refused_is_said(shared, user):
    user.call(user.pika.queue_delete, QUEUE)
    full = {**SETTINGS, "x-overflow": "reject-publish", "x-max-length": 1}
    assert "RabbitMQ at 127.0.0.1:9" in dead_letter("amqp://127.0.0.1:9/", "test", "why", "q", b"m")
    user.call(user.pika.queue_declare, QUEUE, durable=True, arguments=full)
    assert "PRECONDITION_FAILED" in dead_letter(shared, "test", "why", "q", b"m")
    user.call(user.pika.queue_delete, QUEUE)
    assert dead_letter(shared, "test", "why", "q", b"m") is None
    got = []
    user.pika.basic_get(QUEUE, lambda *answer: got.append(answer), auto_ack=True)
    user.expect(lambda: got, 20)
    ((_, _, properties, body),) = got
    assert (body, properties.headers, properties.delivery_mode) == (b"m", {"reason": "why", "queue": "q"}, 2)
    user.call(user.pika.queue_delete, QUEUE)


def test_queues_are_as_safe_as_the_level():
    for level, kind, mode, number in (
        ("fast", "classic", 1, 2),
        ("default", "classic", 2, 2),
        ("safe", "quorum", 2, 3),
    ):
        queues = Queues("run", Safety(level))
        assert queues.settings == {"x-queue-type": kind, "x-expires": UNUSED_FOR}
        assert (queues.properties.delivery_mode, len({*queues.names})) == (mode, number)
        assert all(name.startswith("crossover.run.") for name in queues.names)
    assert UNUSED_FOR == 10 * 60 * 1_000


def test_why_nothing_comes_is_said_as_far_as_it_shows(carrier, shared):
    transport, inbox = carrier("default", "prefetch=1")
    assert transport.likely_cause(1).startswith("no task waits in RabbitMQ any more: they were purged, have expired")
    send(transport, 0, 1, 2)
    take(inbox, 1)
    assert transport.likely_cause(3) == "RabbitMQ holds 2 messages, and 1 consumers take none of them"
    assert "NOT_FOUND - no queue 'none'" in why_silent(shared, "none")
    assert why_silent("amqp://127.0.0.1:9/", "x").endswith("Connection refused")
