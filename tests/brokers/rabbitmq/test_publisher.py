"""The producer of rabbitmq: when it waits, what is refused, and what it removes; and the owner of a counter."""

import pytest
from pika import BasicProperties
from waiting import PATIENCE

from brokers.rabbitmq.counter_owner import ADD, READ, OwnerCounter
from brokers.rabbitmq.publisher import MOST_UNCONFIRMED, MOST_UNSENT, RabbitmqPublisher
from crossover.contract.errors import BrokenError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.state_registry import load_state
from crossover.contract.tasks import LateReceipt, Receipt

REFERENCE = "task_functions:echo"
ONE = {"x-max-length": 1, "x-overflow": "reject-publish"}  # a queue that takes one message
PLAIN = BasicProperties()


def test_the_producer_waits_while_too_much_is_unconfirmed_and_gives_up_when_nothing_happens(shared, names, monkeypatch):
    monkeypatch.setattr("brokers.rabbitmq.publisher.ANSWER_WITHIN", 0.2)
    publisher = RabbitmqPublisher(shared, names(), REFERENCE)
    channel = publisher._channel
    channel.unconfirmed |= dict.fromkeys(range(MOST_UNCONFIRMED - 1), (0, 1))
    publisher.wait_for_room()
    channel.unconfirmed[-1] = (0, 1)
    with pytest.raises(BrokenError, match="nothing was taken or confirmed within 0 s"):
        publisher.wait_for_room()
    assert not channel.unresponsive
    channel.blocked = "it accepts no messages"
    with pytest.raises(BrokenError, match="it accepts no messages"):
        publisher.wait_for_room()
    assert channel.unresponsive
    assert (MOST_UNCONFIRMED, MOST_UNSENT) == (1_000, 16 * 2**20)
    channel.unconfirmed.clear()
    assert publisher.close()  # over a new connection


def test_the_queues_of_a_lost_connection_are_removed_over_a_new_one(shared, names, user):
    publisher = RabbitmqPublisher(shared, names(), REFERENCE)
    publisher.open()
    publisher._channel.close()
    assert publisher.close()
    with pytest.raises(BrokenError, match="NOT_FOUND"):
        user.call(user.pika.queue_declare, publisher._queues.tasks, passive=True)
    unresponsive = RabbitmqPublisher(shared, names(), REFERENCE)
    unresponsive._channel.unresponsive = True
    assert not unresponsive.close()
    gone = RabbitmqPublisher(shared, names(), REFERENCE)
    gone._channel.close()
    gone._url = "amqp://127.0.0.1:9/"
    assert not gone.close()


def test_a_returned_message_of_others_is_no_task(shared, names):
    publisher = RabbitmqPublisher(shared, names(), REFERENCE)
    publisher._on_returned(None, None, None, b"\xff")
    publisher._on_confirmed((3, 2), stored=True)
    publisher._on_confirmed((5, 1), stored=False)
    assert publisher.receipts == [
        LateReceipt(3, 2, Receipt.ACCEPTED),
        LateReceipt(5, 1, Receipt.REFUSED, "RabbitMQ refused it"),
    ]
    assert publisher.close()


def test_the_level_decides_how_long_a_lost_message_takes_to_come_again():
    found = [parse("rabbitmq").create(Safety(level)).redelivery for level in ("fast", "default", "safe")]
    assert found == [0, 3, 3]


def test_an_owner_adds_and_tells_and_is_gone_with_its_queue(shared, user):
    state = load_state("rabbitmq-owner")(None, shared.removeprefix("amqp://"))
    with pytest.raises(BrokenError, match="the owner is dead"):
        state.read()
    state.start()
    try:
        assert state.read() == 0
        counter = state.counter()
        counter.open()
        assert [counter.add(), counter.add()] == [1, 2]
        assert state.read() == 2
        assert state._client.request(READ) == 2
        assert counter._client.request(ADD) == 3
        (owner,) = state.processes()["owner"]
        assert isinstance(counter, OwnerCounter)
        counter.close()
        state._owner.terminate()
        state._owner.join(PATIENCE)
        with pytest.raises(BrokenError, match="the owner is dead, and the counter with it"):
            state.read()
        assert owner > 0
    finally:
        (queue,) = state.names()
        state.stop()
    assert state.processes() == {"owner": []}
    with pytest.raises(BrokenError, match="NOT_FOUND"):
        user.call(user.pika.queue_declare, queue, passive=True)
