"""A producer is killed, and its workers with it: another process takes over what it has left in the broker."""

import os
import subprocess
import sys
import time
from contextlib import closing

import pika
import pytest
import redis
from deeds import Deed
from traces import left
from usable import create, need
from waiting import eventually

from brokers import leftovers, places
from brokers.celery_settings import Names
from brokers.redis_streams import GROUP
from brokers.servers import private_server
from crossover.contract.errors import UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety

TASKS = 120
LONG = 0.02  # seconds a task
BEFORE = 10  # tasks that are done when the producer is killed, at least
ON_ITS_WAY = {("celery+redis?visibility=2", Safety.SAFE): 1}  # BRPOP has removed it, and kombu not yet kept its copy
TRANSPORTS = ["redis-list", "redis-stream?reclaim=1", "rabbitmq", "celery+redis?visibility=2", "celery+rabbitmq"]
PRODUCER = """
import sys
from deeds import Deed
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch

url, level, journal, tasks, seconds = sys.stdin.readline().split()
transport = parse(url).create(Safety(level))
transport.start(Deed("jot", []), 2)
for number in range(int(tasks)):
    receipt = transport.submit(Batch(number, 1, [[journal, number, float(seconds)]]))
    accepted = 0 if receipt.unknown else number + 1
while accepted < int(tasks):
    transport.collect(1, 0.001)
    accepted += sum(said.size for said in transport.receipts() if not said.refused)
print(transport.run, flush=True)
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
    """Run in a process that is killed in the middle of the work; return the run, its URL, and what lay untouched."""

    def crash(transport, level):
        name, _, options = transport.partition("?")
        kind = parse(name).transport.server
        need(places.missing(kind))
        server = private_server(kind, Safety(level)).url
        url = f"{name}://{server.partition('://')[2]}?{options}"
        with subprocess.Popen(
            [sys.executable, "-c", PRODUCER],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as producer:
            print(url, level, journal, TASKS, LONG, file=producer.stdin, flush=True)
            run = producer.stdout.readline().strip()
            assert eventually(lambda: len(done(journal)) >= BEFORE, 30)
            producer.kill()
        time.sleep(0.3)  # its workers die with it
        return run, url, untouched(name, server, run, level)

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
        return client.llen(f"crossover:{run}:tasks" if name == "redis-list" else f"{names.redis}{names.tasks}")


@pytest.mark.parametrize("level", Safety)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_what_a_dead_producer_has_left_is_done(crashed, journal, transport, level):
    run, url, lay = crashed(transport, level)
    before = done(journal)
    assert len(set(before)) < TASKS
    heir = create(url, level)
    assert heir.resumable
    heir.take_over(run)
    collected = set()

    def enough():
        collected.update(outcomes.first for outcomes in heir.collect(100, 0.1))
        later = done(journal)[len(before) :]
        if not collected >= set(later):
            return False
        if level is Safety.SAFE:
            return len({*before, *later}) >= TASKS - ON_ITS_WAY.get((transport, level), 0)
        return len(set(later)) >= lay

    with heir:
        heir.start(Deed("jot", []), 2)
        assert heir.run == run
        assert (leftovers._notes() / run).exists()
        assert eventually(enough, 20), (len(before), lay, len(set(done(journal))), len(collected))
    assert not left(heir)
    assert not (leftovers._notes() / run).exists()


@pytest.mark.parametrize("transport", ["queue", "pipe", "pool", "serial"])
def test_nothing_is_left_of_a_run_in_memory(transport):
    refused = parse(transport).create(Safety.DEFAULT)
    assert not refused.resumable
    with pytest.raises(UsageError, match="nothing is left of run 0123"):
        refused.take_over("0123")


def test_what_workers_of_somebody_else_have_is_theirs():
    with pytest.raises(UsageError, match="nobody needs to take it over"):
        parse("celery+redis?workers=external").create(Safety.SAFE).take_over("0123")
