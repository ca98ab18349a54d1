"""A worker to which RabbitMQ delivers nothing notices it, though the connection is alive."""

import time
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest
from amqp_proxy import DECLARE_OK, AmqpProxy
from skips import need, serve
from waiting import eventually

from brokers.rabbitmq.server import evaluate
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.jobs.remote.transports import open_intake, open_queue

pytestmark = pytest.mark.long

LOSE_CONSUMERS = """
{{ok, Queue}} = rabbit_amqqueue:lookup({{resource, <<"/">>, queue, <<"{}">>}}),
Cancel = fun(Consumer) -> rabbit_fifo:make_checkout({{element(2, Consumer), element(1, Consumer)}}, cancel, #{{}}) end,
[ra:process_command(amqqueue:get_pid(Queue), Cancel(Consumer)) || Consumer <- rabbit_amqqueue:consumers(Queue)].
"""
ONLY_CONTROL, ALL = 1, 1_000  # answers that pass: the first one is that for the worker's own queue
BOTH_QUEUES = 2  # answers to the declaration of that one, and of the queue of calls


def told_by(intake):
    """Return the error of a worker that gets no calls."""
    told = []

    def is_told():
        try:
            assert intake.take(1, 1.0) == []
        except BrokenError as error:
            told.append(str(error))
        return told

    assert eventually(is_told)
    return told[0]


def test_a_consumer_that_was_never_confirmed_is_told_and_made_again():
    need(server_kind("rabbitmq").install_hint())
    url, name = private_server("rabbitmq", Safety.SAFE).url, f"silent-{time.time_ns()}"
    port = urlsplit(url).port
    with closing(AmqpProxy(port, ONLY_CONTROL)) as proxy:
        intake = open_intake("rabbitmq", url.replace(f":{port}/", f":{proxy.port}/"), name)
        with closing(intake), closing(open_queue("rabbitmq", url, name, Safety.SAFE)) as queue:
            assert f"it has not begun to deliver from crossover.jobs.{name} within 8 s" in told_by(intake)
            proxy.let_pass = ALL
            queue.send(b"call", "run-1")
            taken = []
            assert eventually(lambda: (queue.receive(0.1), taken.extend(intake.take(1, 1.0)), taken)[-1])
            assert [delivery.call for delivery in taken] == [b"call"]
            intake.reply(taken[0], b"done")
            assert eventually(lambda: queue.receive(0.5))


def test_a_server_that_does_not_say_what_it_has_is_given_up():
    need(server_kind("rabbitmq").install_hint())
    url, name = private_server("rabbitmq", Safety.SAFE).url, f"mute-{time.time_ns()}"
    port = urlsplit(url).port
    with ExitStack() as stack:
        proxy = stack.enter_context(closing(AmqpProxy(port, BOTH_QUEUES, DECLARE_OK)))
        there = url.replace(f":{port}/", f":{proxy.port}/")
        intake = stack.enter_context(closing(open_intake("rabbitmq", there, name)))
        assert f"it has not said what there is in crossover.jobs.{name} within 8 s" in told_by(intake)


def test_a_consumer_that_the_queue_has_lost_is_made_again():
    server, name = serve("rabbitmq"), "lost"
    with ExitStack() as stack:
        stack.callback(server.stop)
        intake = stack.enter_context(closing(open_intake("rabbitmq", server.url, name)))
        queue = stack.enter_context(closing(open_queue("rabbitmq", server.url, name, Safety.SAFE)))
        taken = []

        def is_taken():
            taken.extend(intake.take(1, 0.2))
            return taken

        queue.send(b"call", "run-1")
        assert eventually(is_taken)
        intake.reply(taken.pop(), b"done")
        assert eventually(lambda: queue.receive(0.5))
        lose = " ".join(LOSE_CONSUMERS.format(f"crossover.jobs.{name}").split())
        assert evaluate(server._environment, lose).count("{ok, ok, ") == 1
        queue.send(b"other call", "run-2")
        assert eventually(is_taken)
        assert taken[0].call == b"other call"
