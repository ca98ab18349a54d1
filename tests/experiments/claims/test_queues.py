"""What is said about queues: the verdicts here, and those where a library does the opposite."""

import json
import multiprocessing
import multiprocessing.queues
import pickle
import queue
import threading
import time

import pytest
from waiting import eventually

from crossover.experiments.claim_process import check
from crossover.experiments.claims import queues
from crossover.experiments.claims.claim import all_claims
from crossover.experiments.claims.common import queue_users
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict

put, get = multiprocessing.queues.Queue.put, multiprocessing.queues.Queue.get


@pytest.fixture(autouse=True)
def forked():
    """Processes are forked, so that they have what a test has planted; no thread of a queue is left."""
    before, threads = multiprocessing.get_start_method(allow_none=True), threading.active_count()
    multiprocessing.set_start_method("fork", force=True)
    yield
    multiprocessing.set_start_method(before, force=True)
    assert eventually(lambda: threading.active_count() <= threads)


@pytest.fixture
def queues_do(monkeypatch):
    """Replace a method of all queues."""
    return lambda name, method: monkeypatch.setattr(multiprocessing.queues.Queue, name, method)


@pytest.fixture
def create(monkeypatch):
    """Give what multiprocessing.Queue, or something else there, makes from now on."""
    return lambda name, made: monkeypatch.setattr(multiprocessing, name, made)


@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("queue-safe", ClaimVerdict.BUT, "of 800 items 0 were lost, and 0 came twice"),
        ("queue-any-type", ClaimVerdict.MISLEADING, "returned without an error: lambda, generator, lock, file;"),
        ("queue-nowait", ClaimVerdict.BUT, "put_nowait raised Full 500 times, and get_nowait Empty 500 times"),
        ("queue-pipe-lock", ClaimVerdict.BUT, "0 of 800 items were lost or came twice"),
    ],
)
def test_what_is_found(name, verdict, words):
    run = check(all_claims()[name], 90, {})
    assert (run.verdict, run.reason) == (verdict, "")
    assert words in Messages("en").seen(run)
    assert Messages("zh").seen(run) != Messages("en").seen(run)


def test_others_hang_after_a_kill_in_get_and_after_one_in_put():
    assert queues.queue_safe().facts["hung"] == ["get", "put"]


def test_a_queue_that_loses_an_item(queues_do):
    queues_do("put", lambda self, item: None if item == 7 else put(self, item))
    found = queues.queue_safe()
    assert found.verdict is ClaimVerdict.FALSE
    assert (found.facts["lost"], found.facts["twice"]) == (1, 0)


def test_a_queue_that_delivers_an_item_twice(queues_do):
    queues_do("put", lambda self, item: [put(self, item) for _ in range(2 if item == 7 else 1)])
    found = queues.queue_safe()
    assert found.verdict is ClaimVerdict.FALSE
    assert (found.facts["lost"], found.facts["twice"]) == (0, 1)


@pytest.mark.long
def test_a_queue_that_holds_no_lock_while_it_waits(queues_do, monkeypatch):
    def wait_then_get(self, *, timeout=queues.DEADLINE):
        self._reader.poll(timeout)
        return get(self, timeout=timeout)

    queues_do("get", wait_then_get)
    monkeypatch.setattr(queues, "PAUSES", (0.05,))
    found = queues.queue_safe()
    assert found.verdict is ClaimVerdict.BUT
    assert found.facts["hung"] == ["put"]
    monkeypatch.setattr(queue_users, "LARGE", 1)  # put does not stop in the middle of it
    found = queues.queue_safe()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["hung"] == []


def test_what_vanishes_leaves_the_terminal_clean(capfd):
    found = queues.queue_any_type()
    assert found.facts["tracebacks"] == len(found.facts["lost"]) == 4
    assert capfd.readouterr() == ("", "")


def test_a_queue_that_says_at_once_what_it_cannot_carry(queues_do):
    queues_do("put", lambda self, item: put(self, pickle.loads(pickle.dumps(item))))
    found = queues.queue_any_type()
    assert found.verdict is ClaimVerdict.BUT
    assert found.facts["refused"] == ["lambda", "generator", "lock", "file"]
    assert found.facts["lost"] == []
    assert found.facts["tracebacks"] == 0


class InOneProcess(queue.Queue):
    """A queue of threads: it pickles nothing."""

    def close(self):
        """Do nothing: there is no pipe."""


def test_a_queue_that_carries_everything(create):
    create("Queue", InOneProcess)
    assert queues.queue_any_type().verdict is ClaimVerdict.TRUE


def test_a_queue_that_loses_what_can_be_pickled(queues_do):
    queues_do("put", lambda self, item: None if isinstance(item, dict) else put(self, item))
    assert queues.queue_any_type().verdict is ClaimVerdict.FALSE


def test_a_queue_that_always_knows_what_is_in_it(queues_do, monkeypatch):
    def put_and_wait(self, item, block=True):  # noqa: FBT002 - as in the library
        put(self, item, block)
        self._reader.poll(queues.DEADLINE)

    monkeypatch.setattr(queues, "WORKERS", 1)  # nobody takes an item between the question and get_nowait
    monkeypatch.setattr(queues, "LARGE", 1)
    queues_do("put", put_and_wait)
    found = queues.queue_nowait()
    assert found.verdict is ClaimVerdict.TRUE
    assert sum(found.facts["wrong"].values()) == found.facts["surprised"] == 0


@pytest.mark.long
def test_a_queue_that_is_never_full(queues_do):
    queues_do("put_nowait", lambda *_: None)
    found = queues.queue_nowait()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["raised"] == {"full": 0, "empty": 500}


def test_what_full_and_qsize_say_is_compared_with_what_is_there(queues_do):
    queues_do("full", lambda _: False)
    queues_do("qsize", lambda _: 1)
    found = queues.queue_nowait()
    assert found.verdict is ClaimVerdict.BUT
    assert found.facts["wrong"]["full"] == found.facts["wrong"]["qsize"] == 500  # one after put, the other after get
    assert (found.facts["tries"], found.facts["large"], found.facts["asked"]) == (500, 5, 8_000)


class Queue(multiprocessing.queues.SimpleQueue):
    """A queue that is nothing but a pipe and locks."""

    def __init__(self):
        super().__init__(ctx=multiprocessing.get_context())

    def get(self, timeout=None):
        return super().get()


def test_a_queue_without_a_thread(create):
    create("Queue", Queue)
    found = queues.queue_pipe_lock()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["threads"] == {"SimpleQueue": 0, "Queue": 0}


def test_a_pipe_with_locks_that_loses_an_item(monkeypatch):
    original = multiprocessing.queues.SimpleQueue.put
    planted = lambda self, item: None if item == queues.ITEMS else original(self, item)  # noqa: E731
    monkeypatch.setattr(multiprocessing.queues.SimpleQueue, "put", planted)
    found = queues.queue_pipe_lock()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["wrong"] == 1


def test_the_picture_shows_what_a_message_takes():
    began = time.perf_counter()
    facts = queues.queue_pipe_lock().facts
    elapsed = time.perf_counter() - began
    assert list(facts["bars"]) == ["Pipe", "SimpleQueue", "Queue"]
    assert all(seconds > 0 for seconds in facts["bars"].values())
    assert facts["unit"] == "s"
    messages = queues.MESSAGES * queues.REPETITIONS
    assert sum(facts["bars"].values()) * messages / 2 < elapsed  # half of them took the median, or longer
    assert facts["threads"] == {"SimpleQueue": 0, "Queue": 1}
    json.dumps(facts)
