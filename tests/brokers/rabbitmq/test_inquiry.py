"""RabbitMQ is asked before the first run: what it does not let the user do, or would lose, is named then."""

import pytest
from skips import controllable

from brokers.rabbitmq.client import connect
from brokers.rabbitmq.server import _evaluate
from brokers.servers.registry import server_kind
from crossover.contract.errors import UnusableError
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


@pytest.mark.parametrize("level", Safety)
def test_a_server_that_keeps_everything_is_neither_refused_nor_doubted(server, level):
    facts, request = ask(server, level)
    assert facts.why_not("rabbitmq", request) is None
    assert not facts.warnings("rabbitmq", request)
    assert not _queues(server)


def test_a_policy_that_drops_messages_is_refused_at_safe_and_a_warning_elsewhere(server):
    _evaluate(server._environment, LIMIT)
    try:
        facts, request = ask(server, "safe")
        assert "keeps 100 of 1,001 messages in a quorum queue" in facts.why_not("rabbitmq", request)
        request = request._replace(safety=Safety.DEFAULT)
        assert facts.why_not("rabbitmq", request) is None
        (warning,) = facts.warnings("rabbitmq", request)
        assert "max-length" in warning
    finally:
        _evaluate(server._environment, NO_LIMIT)


@pytest.mark.parametrize(
    ("configure", "write", "missing"),
    [("^other", ".*", "access to queue 'crossover"), (".*", "^crossover", "access to exchange 'amq.default'")],
)
def test_a_missing_permission_is_named(server, configure, write, missing):
    _evaluate(server._environment, ALLOW.format(configure, write))
    try:
        with pytest.raises(UnusableError, match=f"ACCESS_REFUSED - {missing}"):
            ask(server, "default")
    finally:
        _evaluate(server._environment, ALLOW.format(".*", ".*"))


def _queues(server):
    connect(server.url, "test").close()
    return "crossover." in _evaluate(server._environment, "[element(4, element(2, Q)) || Q <- rabbit_amqqueue:list()].")
