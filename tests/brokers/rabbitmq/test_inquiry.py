"""RabbitMQ is asked before the first run: what it does not let the user do, or would lose, is named then."""

from functools import partial

import pytest
from skips import controllable

from brokers.broker_transport import new_run
from brokers.rabbitmq import inquiry
from brokers.rabbitmq.connection.client import connect
from brokers.rabbitmq.queues import Queues
from brokers.rabbitmq.server import evaluate
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError, UnusableError
from crossover.contract.safety import Safety
from crossover.contract.traits import RunRequest

ALLOW = """
rabbit_auth_backend_internal:set_permissions(<<"crossover">>, <<"/">>, <<"{}">>, <<"{}">>, <<".*">>, <<"me">>).
"""
LIMIT = 'rabbit_policy:set(<<"/">>, <<"short">>, <<".*">>, [{<<"max-length">>, 100}], 0, <<"queues">>, <<"me">>).'
NO_LIMIT = 'rabbit_policy:delete(<<"/">>, <<"short">>, <<"me">>).'


@pytest.fixture
def server():
    return controllable("rabbitmq")


def ask(server, level):
    return server_kind("rabbitmq").ask(server.url), RunRequest(safety=Safety(level), usable_here=True)


def test_a_server_that_keeps_everything_is_neither_refused_nor_doubted_and_no_queue_is_left(server, monkeypatch):
    runs = []
    monkeypatch.setattr(inquiry, "new_run", lambda: runs.append(new_run()) or runs[-1])
    facts = server_kind("rabbitmq").ask(server.url)
    for level in Safety:
        request = RunRequest(safety=level, usable_here=True)
        assert facts.why_not("rabbitmq", request) is None
        assert not facts.warnings("rabbitmq", request)
    assert runs
    assert not [run for run in runs if _exists(server, Queues(run, Safety.DEFAULT).tasks)]


@pytest.mark.long
def test_a_policy_that_drops_messages_is_refused_at_safe_and_a_warning_elsewhere(server):
    evaluate(server._environment, LIMIT)
    try:
        facts, request = ask(server, "safe")
        assert "keeps 100 of 1,001 messages in a quorum queue" in facts.why_not("rabbitmq", request)
        request = request._replace(safety=Safety.DEFAULT)
        assert facts.why_not("rabbitmq", request) is None
        (warning,) = facts.warnings("rabbitmq", request)
        assert "max-length" in warning
    finally:
        evaluate(server._environment, NO_LIMIT)


@pytest.mark.long
@pytest.mark.parametrize(
    ("configure", "write", "missing"),
    [("^other", ".*", "access to queue 'crossover"), (".*", "^crossover", "access to exchange 'amq.default'")],
)
def test_a_missing_permission_is_named(server, configure, write, missing):
    evaluate(server._environment, ALLOW.format(configure, write))
    try:
        with pytest.raises(UnusableError, match=f"ACCESS_REFUSED - {missing}"):
            ask(server, "default")
    finally:
        evaluate(server._environment, ALLOW.format(".*", ".*"))


def _exists(server, queue):
    """Ask without rabbitmqctl: others have left their queues here, and each start of it takes a second."""
    channel = connect(server.url, "test")
    try:
        channel.call(partial(channel.pika.queue_declare, passive=True), queue)
    except BrokenError as error:
        assert "NOT_FOUND" in str(error)  # noqa: PT017 - any other error would not say that it is gone
        return False
    finally:
        channel.close()
    return True
