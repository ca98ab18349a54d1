"""Redis closes the connection of a worker in the middle of a task: the worker connects again, and nothing is lost."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from task_functions import FunctionWorkload
from waiting import eventually

from brokers.broker_transport import new_run
from brokers.messages import pack, read_outcomes
from brokers.redis.connection.client import LARGEST_MESSAGE, connect
from brokers.redis.keys import Keys
from brokers.redis.lists import SafeListInbox
from brokers.redis.streams import FIELD, GROUP, StreamInbox
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import NO_ERRORS, Batch, Outcomes

REFERENCE = "task_functions:echo"


@pytest.fixture
def client(server):
    connected = connect(server.url, "test")
    yield connected
    connected.config_set("timeout", "0")
    connected.close()


@pytest.fixture
def keys():
    return Keys(new_run())


@pytest.fixture(params=["list", "stream", "stream at default"])
def inbox(server, client, keys, request):
    """A worker's side, opened, to which two tasks have been sent."""
    if request.param == "list":
        made = SafeListInbox(server.url, keys, REFERENCE, 8)
    else:
        client.xgroup_create(keys.tasks, GROUP, id="0", mkstream=True)
        level = Safety.DEFAULT if request.param.endswith("default") else Safety.SAFE
        made = StreamInbox(server.url, keys, REFERENCE, 8, level, 60)
    made.open()
    send(client, made, 0)
    send(client, made, 1)
    yield made
    made.client.close()


def send(client, inbox, task):
    message = pack(Batch(task, 1, ["payload"]), REFERENCE, LARGEST_MESSAGE).messages[0][2]
    if isinstance(inbox, SafeListInbox):
        client.rpush(inbox.keys.tasks, message)
    else:
        client.xadd(inbox.keys.tasks, {FIELD: message})


def disconnect(client, inbox):
    """Close the worker's connection, as the server would after its timeout."""
    for one in client.client_list():
        if one["name"] == inbox.name:
            client.client_kill_filter(_id=one["id"])


def finish(inbox, batch, finished=0):
    """Say that a batch is done; it is sent at once where it was finished a long time after the last one."""
    inbox.reply(Outcomes(batch.first, 1, ["value"], NO_ERRORS, 1, 0, finished))
    inbox.acknowledge(batch)


def outcomes(client, keys):
    return [read_outcomes(message).first for message in client.lrange(keys.outcomes, 0, -1)]


def left(client, inbox):
    """Return how many messages the server believes are being worked on."""
    if isinstance(inbox, SafeListInbox):
        return client.llen(inbox.keys.taken(inbox.name))
    return client.xpending(inbox.keys.tasks, GROUP)["pending"]


def test_an_outcome_is_sent_over_a_new_connection(client, keys, inbox):
    (batch,) = inbox.receive()
    disconnect(client, inbox)
    finish(inbox, batch, time.monotonic_ns() + 10**9)
    assert outcomes(client, keys) == [0]
    (batch,) = inbox.receive()
    disconnect(client, inbox)
    finish(inbox, batch)
    send(client, inbox, 2)
    assert [one.first for one in inbox.receive()] == [2]
    assert outcomes(client, keys) == [0, 1]
    assert left(client, inbox) == 1


def test_a_connection_that_is_closed_while_the_worker_waits_is_made_again(client, keys, inbox):
    for _ in range(2):
        (batch,) = inbox.receive()
        finish(inbox, batch)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(inbox.receive)
        assert eventually(lambda: outcomes(client, keys) == [0, 1])
        for _ in range(3):
            disconnect(client, inbox)
            assert eventually(lambda: any(one["name"] == inbox.name for one in client.client_list()))
        send(client, inbox, 2)
        assert [batch.first for batch in waiting.result()] == [2]
    assert outcomes(client, keys) == [0, 1]


def test_a_connection_may_be_lost_again_while_it_is_recovered(client, inbox, monkeypatch):
    recover, lost = inbox.recover, iter([True, True, False])

    def recover_over_a_bad_network():
        if next(lost):
            raise redis.ConnectionError("closed")
        return recover()

    def exchange():
        raise redis.ConnectionError("closed")

    monkeypatch.setattr(inbox, "recover", recover_over_a_bad_network)
    assert inbox._recovering(exchange) == []
    assert inbox._recoveries == 3


def test_what_the_server_has_stored_is_not_sent_again(client, keys, inbox):
    (batch,) = inbox.receive()
    finish(inbox, batch)
    sent = inbox._outcomes[0]
    client.rpush(keys.outcomes, sent)  # as if the reply to the transaction had been lost
    if isinstance(inbox, SafeListInbox):
        client.delete(keys.taken(inbox.name))
    else:
        client.xack(keys.tasks, GROUP, inbox._done[0])
    inbox.recover()
    assert [one.first for one in inbox.receive()] == [1]
    assert outcomes(client, keys) == [0]


def test_what_was_taken_without_being_known_here_is_run(client, keys, inbox):
    if isinstance(inbox, SafeListInbox):
        client.lmove(keys.tasks, keys.taken(inbox.name), "LEFT", "RIGHT")
    else:
        client.xreadgroup(GROUP, inbox.name, {keys.tasks: ">"}, count=1)
    found = [task for task, _ in enumerate(inbox.recover())]
    batches = [batch.first for _ in range(2 - len(found)) for batch in inbox.receive()]
    assert sorted([*found, *batches]) == [0, 1]


def test_a_busy_worker_without_a_connection_is_not_dead(client, keys, inbox):
    inbox.receive()
    disconnect(client, inbox)
    assert inbox.dead({inbox.name, f"{keys.prefix}worker-1-2"}) == {f"{keys.prefix}worker-1-2"}


@pytest.mark.parametrize("name", ["redis-list", "redis-stream"])
def test_a_task_may_take_longer_than_the_server_keeps_idle_connections(server, client, tmp_path, name):
    held = tmp_path / "held"
    held.touch()
    client.config_set("timeout", "1")
    address = server.url.removeprefix("redis://")
    with parse(f"{name}://{address}").create(Safety.SAFE) as transport:
        transport.start(FunctionWorkload("echo_when_released", []), 2)
        for task in range(4):
            transport.submit(Batch(task, 1, [(task, str(held))]))
        found = [*transport.collect(4, 0.2)]
        assert eventually(lambda: not connected_workers(client, transport.run))
        held.unlink()
        assert eventually(lambda: found.extend(transport.collect(4, 0.2)) or len(found) == 4)
    assert sorted(one.values[0] for one in found) == [0, 1, 2, 3]
    assert not client.keys(f"*{transport.run}*")


def connected_workers(client, run):
    return [one for one in client.client_list() if run in one["name"] and "worker" in one["name"]]
