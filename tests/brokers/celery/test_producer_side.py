"""The producer's side of Celery, with a worker's side in the same process: what comes back for which message."""

import pytest
from skips import need
from waiting import PATIENCE, eventually

from brokers.broker_transport import new_run
from brokers.celery.broker import celery_over
from brokers.celery.publisher import CeleryPublisher
from brokers.celery.results import in_redis
from brokers.celery.results.backend import Result
from brokers.celery.settings import Names
from brokers.messages import Refused, pack_outcomes
from brokers.redis.connection.client import connect
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.tasks import NO_ERRORS, Outcomes

REFERENCE = "task_functions:echo"
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning")  # Celery's
BOTH = pytest.mark.parametrize("tuned", [False, True])


class Worker:
    """Takes messages as a Celery worker does, and stores results."""

    def __init__(self, url, run):
        self._broker = broker = celery_over("redis")
        self._app = broker.application(set_as_current=False)
        self._app.conf.update(broker.settings(url, Safety.DEFAULT, run))
        self._connection = self._app.connection_for_read()
        self._queue = self._connection.SimpleQueue(Names(run, Safety.DEFAULT).tasks)

    def take(self):
        """Return the id of a task, and the message that it carries."""
        message = self._queue.get(timeout=PATIENCE)
        message.ack()
        return message.headers["id"], message.payload[0][0]

    def store(self, task, value, state="SUCCESS"):
        self._app.backend.store_result(task, value, state)

    def close(self):
        self._queue.close()
        self._connection.close()
        self._broker.close_results(self._app, lost=False)
        self._app.close()


@pytest.fixture
def url():
    need(server_kind("redis").install_hint())
    return private_server("redis", Safety.DEFAULT).url


@pytest.fixture
def sides(url):
    """Connect a producer and a worker."""
    ends = []

    def start(*, tuned=False, run="", inherit=False):
        run = run or new_run()
        publisher = CeleryPublisher(celery_over("redis"), url, Safety.DEFAULT, run, tuned=tuned, inherit=inherit)
        worker = Worker(url, run)
        ends.extend([publisher.close, worker.close])
        return publisher, worker, run

    yield start
    for end in ends:
        end()
    with connect(url, "test") as client:
        for key in client.scan_iter("crossover:*"):
            client.delete(key)


@BOTH
def test_what_was_returned_for_a_message_comes_back_with_its_tasks(sides, tuned):
    publisher, worker, _ = sides(tuned=tuned)
    for first in (0, 2, 4):
        publisher.send(b"message %d" % first, first, 2, REFERENCE)
    assert publisher.receive(9, 0.01) == []
    taken = [worker.take() for _ in range(3)]
    assert [message for _, message in taken] == [b"message 0", b"message 2", b"message 4"]
    for number, (task, _) in enumerate(taken):
        worker.store(task, b"value %d" % number)
    found = []
    assert eventually(lambda: found.extend(publisher.receive(2, 0.2)) or len(found) == 3)
    assert sorted(found) == [Result(0, 2, b"value 0"), Result(2, 2, b"value 1"), Result(4, 2, b"value 2")]
    assert not publisher._outstanding
    assert publisher.receive(9, 0) == []


@BOTH
def test_no_more_results_are_returned_than_were_asked_for(sides, tuned):
    publisher, worker, _ = sides(tuned=tuned)
    for first in range(3):
        publisher.send(b"", first, 1, REFERENCE)
    for _ in range(3):
        worker.store(worker.take()[0], b"value")
    assert eventually(lambda: publisher._results.drain(0.1) or len(publisher._found) == 3)
    assert [len(publisher.receive(limit, 0)) for limit in (1, 2, 2)] == [1, 2, 0]


@BOTH
def test_results_are_removed_from_the_server(sides, url, tuned, monkeypatch):
    monkeypatch.setattr(in_redis, "REMOVE_AT", 2)
    publisher, worker, run = sides(tuned=tuned)
    prefix = Names(run, Safety.DEFAULT).key_prefix
    for first in range(3):
        publisher.send(b"", first, 1, REFERENCE)
    taken = [worker.take()[0] for _ in range(3)]
    with connect(url, "test") as client:

        def stored():
            return len(client.keys(f"{prefix}celery-task-meta-*"))

        worker.store(taken[0], b"value")
        assert eventually(lambda: len(publisher.receive(9, 0.1)) == 1)
        assert stored() == 1
        worker.store(taken[1], b"value")
        assert eventually(lambda: len(publisher.receive(9, 0.1)) == 1)
        assert stored() == 0
        worker.store(taken[2], b"value")
        assert stored() == 1
        publisher.close()
        assert stored() == 0


def test_a_result_that_was_not_announced_is_found_a_second_later_and_no_earlier(sides):
    publisher, worker, _ = sides()
    publisher.send(b"", 0, 1, REFERENCE)
    publisher._app.backend.result_consumer.on_state_change = lambda *_: None  # as if nothing had listened
    worker.store(worker.take()[0], b"value")
    publisher._results.drain(0.1)
    assert publisher._found == []
    del publisher._app.backend.result_consumer.on_state_change
    results, (sent,) = publisher._results, publisher._outstanding.values()
    results.poll(results._polled + in_redis.POLL_EVERY)
    results.look(sent.at + in_redis.POLL_EVERY)
    assert publisher._found == []
    results.poll(max(results._polled, sent.at) + in_redis.POLL_EVERY + 0.01)
    assert publisher._found == [Result(0, 1, b"value")]
    assert in_redis.POLL_EVERY == 1


def test_the_results_of_an_earlier_producer_are_received_once(sides, url):
    first, worker, run = sides()
    first.send(b"", 7, 1, REFERENCE)
    worker.store(worker.take()[0], b"value")
    second, _, _ = sides(run=run, inherit=True)
    second._results.poll(second._results._polled + 2)
    second._results.poll(second._results._polled + 2)
    assert second.receive(9, 0) == [Result(-1, 1, b"value")]
    with connect(url, "test") as client:
        assert not client.keys(f"{Names(run, Safety.DEFAULT).key_prefix}celery-task-meta-*")


def test_a_result_becomes_the_outcomes_of_its_tasks():
    packed = pack_outcomes(Outcomes(3, 2, ["a", "b"], NO_ERRORS, 1, 2, 3), 10_000)[0]
    assert Result(3, 2, packed).outcomes.values == ["a", "b"]
    failed = Result(3, 2, ValueError("odd")).outcomes
    assert (failed.first, failed.size, failed.values) == (3, 2, [None, None])
    assert dict(failed.errors) == dict.fromkeys((0, 1), "ValueError: odd")
    assert dict(Result(3, 1, 7).outcomes.errors) == {0: "Celery returned int"}
    (refused,) = Result(-1, 1, Refused("broken")).outcomes.errors.values()
    assert refused == "an outcome was refused: broken"


def test_a_server_that_is_gone_is_named_without_its_password():
    with pytest.raises(BrokenError, match=r"^Redis at 127\.0\.0\.1:9: Connection refused$"):
        CeleryPublisher(celery_over("redis"), "redis://:secret@127.0.0.1:9/0", Safety.DEFAULT, "run")


def test_after_two_seconds_without_a_result_the_server_is_asked_whether_it_is_there(sides, monkeypatch):
    publisher, _, _ = sides()
    asked = []
    ping = publisher._broker.ping
    monkeypatch.setattr(publisher._broker, "ping", lambda *them: asked.append(them) or ping(*them))
    publisher.receive(1, 0)
    assert not asked
    publisher._heard -= 2
    publisher.receive(1, 0)
    publisher.receive(1, 0)
    assert len(asked) == 1
