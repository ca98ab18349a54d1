"""A worker of rabbitmq that is slow, loses its connection, or gets what another one has died with."""

import time

import pytest
from rabbitmq_sides import collect, count, finish, now, send, settle, take
from waiting import eventually

from brokers.messages import FORMAT, encode, pack
from brokers.poison import GIVEN_UP_REASON, MOST_DELIVERIES
from brokers.rabbitmq.dead_letters import QUEUE
from brokers.rabbitmq.inbox import LOOK_AFTER, MOST_RECONNECTIONS, SLOW
from crossover.contract.errors import BrokenError
from crossover.contract.tasks import NO_ERRORS, Batch, Outcomes

REFERENCE = "task_functions:echo"
LEVELS = ["fast", "default", "safe"]
FOREIGN = encode((FORMAT, "os:system", 0, 1, ["true"]))


def test_after_a_slow_task_messages_are_taken_one_by_one(carrier):
    transport, inbox = carrier("default")
    send(transport, 0, 1, 2, 3, 4)
    assert eventually(lambda: inbox._channel.process_events() and len(inbox._arrived) == 5)
    batches = [*inbox.receive()]
    assert len(batches) == 5
    send(transport, 5, 6, 7, 8, 9)
    assert eventually(lambda: inbox._channel.process_events() and len(inbox._arrived) == 5)
    finish(inbox, batches[0], began=0, ended=SLOW + 1)
    assert [batch.first for batch in inbox.receive()] == [5]
    finish(inbox, batches[1], began=5, ended=SLOW + 5)
    assert [batch.first for batch in inbox.receive()] == [6, 7, 8, 9]
    assert SLOW == 10**9


def test_a_worker_looks_whether_it_is_still_connected_before_it_sends_the_outcome_of_a_long_task(carrier, user):
    transport, inbox = carrier("default")
    send(transport, 0)
    (batch,) = take(inbox, 1)
    before = inbox._channel
    inbox._channel._on_closed(None, ConnectionError("gone"))
    inbox.reply(Outcomes(0, 1, [0], NO_ERRORS, 1, 0, inbox._sent_at + LOOK_AFTER))
    assert inbox._channel is before
    inbox._taken.append(1)
    inbox.reply(Outcomes(0, 1, [0], NO_ERRORS, 1, 0, inbox._sent_at + LOOK_AFTER + 1))
    assert inbox._channel is not before
    assert batch.first == 0


def test_a_worker_connects_again_ten_times_without_an_outcome_and_then_gives_up(carrier):
    transport, inbox = carrier("default")
    lost = BrokenError("lost")
    inbox._reconnections = MOST_RECONNECTIONS - 1
    inbox._reconnect(lost)
    send(transport, 0)
    batches = take(inbox, 1)
    with pytest.raises(BrokenError, match="lost"):
        inbox._reconnect(lost)
    finish(inbox, *batches)
    assert inbox._reconnections == 0
    inbox._channel.unresponsive = True
    with pytest.raises(BrokenError, match="lost"):
        inbox._reconnect(lost)
    inbox._channel.unresponsive = False
    inbox._refusal = "it refused an outcome"
    with pytest.raises(BrokenError, match="it refused an outcome"):
        inbox._reconnect(lost)


def test_a_worker_gives_up_where_nothing_listens_any_more(carrier):
    _, inbox = carrier("default")
    inbox._url, inbox._reconnections = "amqp://127.0.0.1:9/", MOST_RECONNECTIONS - 1
    with pytest.raises(BrokenError, match=r"RabbitMQ at 127\.0\.0\.1:9: Connection refused"):
        inbox._reconnect(BrokenError("lost"))
    assert inbox._reconnections == MOST_RECONNECTIONS + 1


def redeliver(transport, inbox, carrier_of, tasks):
    """Have a worker die with messages, and return one that gets them."""
    take(inbox, tasks)
    inbox._channel.close()
    again = carrier_of(transport)
    again.open()
    return again


@pytest.fixture
def another():
    """Make another worker's side of a transport."""
    opened = []

    def make(transport):
        opened.append(transport.inbox(transport.at.url, transport.run, REFERENCE))
        return opened[-1]

    yield make
    for inbox in opened:
        inbox._channel.close()


def test_what_comes_again_is_moved_aside_and_run_alone_once_everything_else_is_confirmed(carrier, another, user):
    transport, dead = carrier("safe")
    send(transport, 0, 1)
    inbox = redeliver(transport, dead, another, 2)
    send(transport, 2)
    done = []
    while len(done) < 3:
        batches = inbox.receive()
        assert len(batches) == 1
        if batches[0].first < 2:
            assert not inbox._channel.unconfirmed  # what was done or moved is safe before
        done += [batch.first for batch in batches]
        finish(inbox, *batches, ended=now())
    settle(inbox)
    assert sorted(done) == [0, 1, 2]
    assert [one.first for one in collect(transport, 3)] == [0, 1, 2]
    inbox._channel.close()
    assert [count(user, name)[0] for name in transport.names()] == [0, 0, 0]


def test_a_message_of_which_three_workers_have_died_is_given_up(carrier, another, user):
    transport, inbox = carrier("safe")
    user.call(user.pika.queue_delete, QUEUE)
    (message,) = pack(Batch(0, 2, ["x", "y"]), REFERENCE, 10_000).messages
    user.publish(inbox._queues.candidates, message[2], inbox._queues.properties)
    user.process_events()
    for _ in range(MOST_DELIVERIES - 1):
        (batch,) = inbox.receive()
        assert batch.size == 2
        inbox._channel.close()
        inbox = another(transport)
        inbox.open()
    user.publish(inbox._queues.candidates, FOREIGN, inbox._queues.properties)
    assert eventually(lambda: count(user, inbox._queues.candidates)[0] == 2)
    send(transport, 5)
    (batch,) = take(inbox, 1)
    assert batch.first == 5
    assert inbox.take_candidate() == 1
    finish(inbox, batch, ended=now())
    while len(inbox._channel.unconfirmed) or inbox._done or inbox._arrived:
        inbox._read()
        settle(inbox)
        inbox._look_at = 0.0
        inbox.take_candidate()
    found = collect(transport, 3)
    given_up = [one for one in found if one.size == 2]
    assert [dict(one.errors) for one in given_up] == [{0: GIVEN_UP_REASON, 1: GIVEN_UP_REASON}]
    assert any("os:system" in one.errors.get(0, "") for one in found)
    assert count(user, QUEUE)[0] == 2
    inbox._channel.close()
    assert count(user, inbox._queues.candidates)[0] == 0
    user.call(user.pika.queue_delete, QUEUE)


def test_candidates_are_looked_for_once_a_second_while_there_are_none(carrier, user):
    _, inbox = carrier("safe")
    assert inbox.take_candidate() == 1
    assert 0.5 < inbox._look_at - time.monotonic() <= 1
    user.publish(inbox._queues.candidates, b"x", inbox._queues.properties)
    user.process_events()
    inbox.take_candidate()
    assert not inbox._arrived
    assert eventually(lambda: count(user, inbox._queues.candidates)[0] == 1)
    inbox._look_at = time.monotonic()
    inbox.take_candidate()
    inbox._look_at = 0.0
    inbox.take_candidate()  # it has one already
    assert len(inbox._arrived) == 1
