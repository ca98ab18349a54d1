"""A producer is killed, and its workers with it: another process takes over what is left in the broker."""

import os
import subprocess
import sys
import time
from contextlib import closing

import pika
import processes
import pytest
import redis
from broker_leftovers import left
from skips import controllable, create, need
from task_functions import DONE_BEFORE_HOLD, HOLD, FunctionWorkload
from waiting import eventually

from brokers.celery.settings import Names
from brokers.redis.streams import GROUP
from brokers.servers import leftovers
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.errors import UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import as_outcomes

TASKS = 120
NOTED_WITHIN = 2.0  # seconds until RabbitMQ 3.10 would remember a new quorum queue, and what it has confirmed in it
PLAIN = ["redis-list", "redis-stream?reclaim=1", "rabbitmq"]
LEVELS = [Safety.DEFAULT, Safety.SAFE]  # of Celery, whose workers take seconds to start
TRANSPORTS = ["redis-list", "redis-stream?reclaim=1", "rabbitmq", "celery+redis?visibility=2", "celery+rabbitmq"]
PRODUCER = """
import sys
from task_functions import FunctionWorkload
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch, Receipt

url, level, journal, tasks = sys.stdin.readline().split()
transport = parse(url).create(Safety(level))
transport.start(FunctionWorkload("note_done", []), 2)
for number in range(int(tasks)):
    submission = transport.submit(Batch(number, 1, [[journal, number]]))
    accepted = 0 if submission.receipt is Receipt.UNKNOWN else number + 1
while accepted < int(tasks):
    transport.collect(1, 0.001)
    accepted += sum(late.size for late in transport.receipts() if late.receipt is Receipt.ACCEPTED)
print(transport.run, *transport.processes()["workers"], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def journal(tmp_path):
    """Where the workers write down what they have done."""
    path = tmp_path / "journal"
    path.touch()
    return path


@pytest.fixture
def crashed(journal):
    """Run in a process that is killed when the first tasks are done and the others held; return the run and its URL."""

    def crash(transport, level, server, strike=lambda: None):
        name, _, options = transport.partition("?")
        url = f"{name}://{server.partition('://')[2]}?{options}"
        journal.with_suffix(HOLD).touch()
        with subprocess.Popen(
            [sys.executable, "-c", PRODUCER],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as producer:
            print(url, level, journal, TASKS, file=producer.stdin, flush=True)
            run, *workers = producer.stdout.readline().split()
            assert eventually(lambda: len(done(journal)) >= DONE_BEFORE_HOLD)
            strike()
            producer.kill()
        assert eventually(lambda: not any(processes.is_running(pid) for pid in workers))  # they die with it
        journal.with_suffix(HOLD).unlink()
        return run, url

    return crash


def done(journal):
    return [int(line) for line in journal.read_text().splitlines()]


def untouched(name, url, run, level):
    """Return how many messages lie in the broker that no worker has been given."""
    names = Names(run, Safety(level))
    if name.endswith("rabbitmq"):
        queue = names.tasks if name.startswith("celery") else f"crossover.{run}.tasks"
        with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
            return connection.channel().queue_declare(queue, passive=True).method.message_count
    with redis.Redis.from_url(url) as client:
        if name == "redis-stream":
            (group,) = client.xinfo_groups(f"crossover:{run}:tasks")
            assert group["name"] == GROUP.encode()
            return len(client.xrange(f"crossover:{run}:tasks", b"(" + group["last-delivered-id"]))
        return client.llen(f"crossover:{run}:tasks" if name == "redis-list" else f"{names.key_prefix}{names.tasks}")


@pytest.mark.long
@pytest.mark.parametrize(
    ("transport", "level"),
    [(transport, level) for transport in TRANSPORTS for level in Safety if level in LEVELS or transport in PLAIN],
)
def test_what_a_dead_producer_has_left_is_done(crashed, journal, transport, level):
    server = lasting_one(transport, level)
    run, url = crashed(transport, level, server)
    lay = untouched(transport.partition("?")[0], server, run, level)
    go_on(journal, url, level, run, lay if level is not Safety.SAFE else None)


@pytest.mark.long
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_what_was_accepted_outlives_the_broker_too_at_the_safe_level(crashed, journal, transport):
    server = controllable(parse(transport).traits.server, Safety.SAFE)

    def strike():
        time.sleep(NOTED_WITHIN if "rabbitmq" in transport else 0)
        server.kill()

    run, url = crashed(transport, Safety.SAFE, server.url, strike)
    server.restart()
    go_on(journal, url, Safety.SAFE, run)


def lasting_one(transport, level):
    """Return the URL of a server for all tests of a level."""
    kind = parse(transport).traits.server
    need(server_kind(kind).install_hint())
    return private_server(kind, Safety(level)).url


def go_on(journal, url, level, run, lay=None):
    """Take over until everything is done, or as much as lay there, where that is given; nothing is left then."""
    before = done(journal)
    assert len(set(before)) == DONE_BEFORE_HOLD
    heir = create(url, level)
    assert heir.traits.resumable
    heir.take_over(run)
    collected = set()
    may_miss = 1 if heir.traits.name == "celery+redis" else 0  # BRPOP has removed it, and kombu not yet kept its copy

    def enough():
        collected.update(outcomes.first for outcomes in map(as_outcomes, heir.collect(100, 0.1)))
        later = done(journal)[len(before) :]
        if not collected >= set(later):
            return False
        return len({*before, *later}) >= TASKS - may_miss if lay is None else len(set(later)) >= lay

    with heir:
        heir.start(FunctionWorkload("note_done", []), 2)
        assert heir.run == run
        assert (leftovers._folder() / run).exists()
        assert eventually(enough), (len(before), lay, len(set(done(journal))), len(collected))
    assert not left(heir)
    assert not (leftovers._folder() / run).exists()


@pytest.mark.parametrize("transport", ["queue", "pipe", "pool", "serial"])
def test_nothing_is_left_of_a_run_in_memory(transport):
    refused = parse(transport).create(Safety.DEFAULT)
    assert not refused.traits.resumable
    with pytest.raises(UsageError, match="nothing is left of run 0123"):
        refused.take_over("0123")


def test_a_run_with_external_workers_cannot_be_taken_over():
    with pytest.raises(UsageError, match="a run with external workers cannot be taken over"):
        parse("celery+redis?workers=external").create(Safety.SAFE).take_over("0123")
