"""A connection to RabbitMQ: how it is made, how long it waits, when a silent server is given up, what is confirmed."""

import time
from socket import create_server

import pytest
from pika import BasicProperties, spec
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker, ProbableAuthenticationError
from waiting import PATIENCE

from brokers.rabbitmq.connection import client
from brokers.rabbitmq.connection.channel import RabbitmqChannel
from brokers.rabbitmq.connection.client import (
    LARGEST_MESSAGE,
    SETTINGS,
    connect,
    largest_message,
    remove_names,
    version_of,
)
from brokers.rabbitmq.connection.connection import error_text, root_cause
from brokers.rabbitmq.connection.pika_connection import GIVEN_UP_AFTER, SILENT_FOR, LivenessCheck
from crossover.contract.errors import BrokenError

REFERENCE = "task_functions:echo"
ONE = {"x-max-length": 1, "x-overflow": "reject-publish"}  # a queue that takes one message
PLAIN = BasicProperties()


@pytest.fixture
def queue(user, names):
    """Declare a queue that is removed."""

    def declare(**arguments):
        name = names().tasks
        user.call(user.pika.queue_declare, name, durable=True, arguments=arguments)
        return name

    return declare


def test_a_silent_server_is_pinged_once_and_given_up_when_it_does_not_answer():
    check = LivenessCheck(4.0)
    assert not check.update(10.0, 0, 0)
    assert not check.update(10.0 + SILENT_FOR - 0.1, 0, 0)
    assert not check.failed(99.0)  # it was not pinged
    assert check.update(12.0, 0, 0)
    assert check.silent_seconds == 2
    assert not check.update(12.5, 0, 0)
    assert not check.failed(16.0)
    assert check.failed(16.1)
    assert not check.update(17.0, 1, 0)  # it has sent a byte
    assert not check.failed(99.0)
    assert check.silent_seconds == 0
    assert check.update(19.0, 1, 10)
    assert not check.update(19.5, 1, 9)  # it has taken a byte
    assert not check.failed(99.0)
    assert not check.update(21.0, 1, 20)  # to have more to send is no sign of life
    assert check.update(21.5, 1, 20)
    assert (SILENT_FOR, GIVEN_UP_AFTER) == (2.0, 4.0)


def test_what_listens_and_does_not_answer_is_given_up():
    with create_server(("127.0.0.1", 0)) as mute:
        url = f"amqp://127.0.0.1:{mute.getsockname()[1]}/"
        with pytest.raises(BrokenError, match=r"RabbitMQ at 127\.0\.0\.1:\d+: no answer within 0 s") as found:
            connect(url, "test", within=0.1)
    assert found.value.__cause__ is None


def test_a_server_that_stops_answering_is_given_up_and_left_without_good_bye(shared):
    channel = connect(shared, "test", patience=0.5)
    assert not channel.unresponsive
    liveness = channel._liveness
    liveness.update(time.monotonic() - 10, channel._connection.bytes_received, 0)
    liveness._pinged_at = time.monotonic() - 0.6
    liveness._heard_at = time.monotonic() - 3.4
    liveness._received = channel._connection.bytes_received
    with pytest.raises(BrokenError, match="no answer within 3 s"):
        channel.process_events()
    assert channel.unresponsive
    began = time.monotonic()
    channel.close()
    channel.close()
    assert time.monotonic() - began < 0.9
    assert channel._connection.is_closed


def test_a_server_that_answers_a_ping_is_not_given_up(shared):
    channel = connect(shared, "test", patience=20.0)
    liveness = channel._liveness
    before = channel._connection.bytes_received
    liveness._heard_at, liveness._received = time.monotonic() - SILENT_FOR - 1, before
    channel.process_events()
    assert liveness._pinged_at is not None
    assert channel.wait(lambda: channel._connection.bytes_received > before, PATIENCE)
    channel.process_events()
    assert liveness._pinged_at is None
    channel.close()


def test_a_condition_is_waited_for_as_long_as_was_said(user):
    began = time.monotonic()
    assert user.wait(lambda: True, PATIENCE)
    assert not user.wait(lambda: False, 0)
    assert time.monotonic() - began < 8
    began = time.monotonic()
    assert not user.wait(lambda: False, 0.2)
    assert not user.wait(lambda: False, 0.1)  # after a longer wait
    assert time.monotonic() - began >= 0.3
    asked = []
    assert user.wait(lambda: asked.append(1) or len(asked) == 2, 0)


def test_settings_are_ours_and_the_name_is_shown(shared):
    channel = connect(shared, "my name")
    parameters = channel._connection.params
    assert (parameters.heartbeat, parameters.socket_timeout, parameters.stack_timeout) == (0, 5, 5)
    assert (parameters.connection_attempts, parameters.blocked_connection_timeout) == (1, None)
    assert parameters.client_properties == {"connection_name": "my name"}
    assert (SETTINGS["silent_for"], SETTINGS["given_up_after"]) == (2, 4)
    assert channel.properties["product"] == "RabbitMQ"
    assert version_of(channel) >= (3, 10)
    assert largest_message(channel) in LARGEST_MESSAGE.values()
    for version, limit in (("3.13.7", 2**27), ("4.0", 2**24), ("5.1", 2**24), ("2.9", 2**27), ("", 2**27)):
        channel.properties = {"version": version}
        assert largest_message(channel) == limit
    assert version_of(channel) == (0,)
    channel.close()
    assert [client.virtual_host(f"amqp://h{path}") for path in ("", "/", "//", "/%2F", "/a%2Fb")] == [*"////", "a/b"]


def test_messages_are_confirmed_refused_and_returned(user, queue):
    full, free = queue(**ONE), queue()
    heard, returned = [], []
    user.publish(free, b"x", PLAIN, "before")
    assert user.unconfirmed == {}
    user.confirm(lambda label, stored: heard.append((label, stored)))
    user.pika.add_on_return_callback(lambda *answer: returned.append(answer[1].routing_key))
    for label in ("a", "b"):
        user.publish(full, b"x", PLAIN, label)
    assert list(user.unconfirmed.values()) == ["a", "b"]
    user.publish(free, b"x", PLAIN, "c")
    user.publish("crossover.no-such-queue", b"x", PLAIN, "d")
    user.expect(lambda: len(heard) == 4, 20)
    assert sorted(heard) == [("a", True), ("b", False), ("c", True), ("d", True)]
    assert returned == ["crossover.no-such-queue"]
    assert user.unconfirmed == {}


class Frame:
    def __init__(self, method):
        self.method = method


def test_one_answer_may_confirm_all_messages_up_to_one(user):
    heard = []
    user.confirm(lambda label, stored: heard.append((label, stored)))
    user.unconfirmed |= {1: "a", 2: "b", 3: "c", 4: "d"}
    user._on_confirm(Frame(spec.Basic.Ack(2, multiple=True)))
    user._on_confirm(Frame(spec.Basic.Nack(4)))
    assert heard == [("a", True), ("b", True), ("d", False)]
    assert user.unconfirmed == {3: "c"}
    user.unconfirmed.clear()


def test_a_consumer_gets_no_more_than_its_prefetch(shared, user, queue):
    name, got = queue(), []
    channel = connect(shared, "test", prefetch=2)
    for _ in range(4):
        user.publish(name, b"x", PLAIN)
    user.process_events()
    channel.call(channel.pika.basic_consume, name, lambda _, method, *__: got.append(method.delivery_tag))
    channel.expect(lambda: len(got) == 2, 20)
    channel.ping()
    assert not channel.wait(lambda: len(got) > 2, 0.1)
    channel.pika.basic_ack(2, multiple=True)
    channel.expect(lambda: len(got) == 4, 20)
    user.call(user.pika.queue_delete, name)
    with pytest.raises(BrokenError, match="its queue was deleted"):
        channel.wait(lambda: False, PATIENCE)
    channel.close()


def test_what_the_server_refuses_is_said_in_one_line_with_the_reason(user):
    with pytest.raises(
        BrokenError, match=r"^RabbitMQ at 127\.0\.0\.1:\d+: NOT_FOUND - no queue 'none' in vhost '[^']*'$"
    ):
        user.call(user.pika.queue_declare, "none", passive=True)
    with pytest.raises(BrokenError, match="NOT_FOUND"), user.translate_errors():
        user.pika.queue_declare("none", passive=True)


def test_of_nested_errors_the_innermost_is_shown():
    inner = ProbableAuthenticationError("(403) refused.")
    assert root_cause(AMQPConnectionError(AMQPConnectionError(inner))) is inner
    assert error_text(AMQPConnectionError(OSError(111, "Connection refused"))) == "Connection refused"
    assert error_text(AMQPConnectionError()) == "AMQPConnectionError"
    assert error_text(ValueError("one.\ntwo")) == "one"
    assert error_text(ChannelClosedByBroker(404, "NOT_FOUND.")) == "NOT_FOUND"


def test_names_are_removed_be_they_there_or_not(shared, user, queue):
    name = queue()
    user.call(user.pika.exchange_declare, "crossover.test.exchange", durable=True)
    remove_names(shared, [name, "crossover.none"], ["crossover.test.exchange", "crossover.none"], "test")
    for declare, gone in ((user.pika.queue_declare, name), (user.pika.exchange_declare, "crossover.test.exchange")):
        other = connect(shared, "test")
        with pytest.raises(BrokenError, match="NOT_FOUND"):
            other.call(getattr(other.pika, declare.__name__), gone, passive=True)
        other.close()


def test_a_connection_is_blocked_and_says_why(shared):
    channel = connect(shared, "test")
    assert channel.blocked == ""

    class Method:
        reason = "low on memory"

    channel._on_blocked(None, Frame(Method))
    assert channel.blocked == "it accepts no messages: low on memory"
    with pytest.raises(BrokenError, match="it accepts no messages: low on memory"):
        channel.expect(lambda: False, 0)
    channel._on_unblocked()
    assert channel.blocked == ""
    assert isinstance(channel, RabbitmqChannel)
    channel.close()
