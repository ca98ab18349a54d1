"""A task that kills every process that begins it is given up at the safe level; every other task is done."""

from contextlib import suppress
from types import SimpleNamespace

import msgspec
import pytest
from fault_cells import run_cell
from foreign_messages import kept_aside
from skips import create
from task_functions import FunctionWorkload, echo

from brokers.poison import MOST_DELIVERIES
from brokers.servers.private import private_server
from crossover.analysis.verdict import verdict_of_history
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure

TRANSPORTS = [
    "redis-list",
    "redis-stream?reclaim=1",
    "rabbitmq",
    "celery+redis",
    "celery+rabbitmq",
]
WHY = f"delivered {MOST_DELIVERIES} times, and each time its worker died: kept aside"
TASKS = 100


@pytest.fixture
def poisoned(tmp_path):
    """Let one task of a run kill each worker that begins it; return what was written down."""
    return lambda url, tasks=TASKS, **how: run_cell(tmp_path, url, "poison-task", "safe", tasks, **how)


def aside(url):
    """Return the first tasks of the messages that were kept aside because workers have died of them."""
    kind = parse(url).traits.server
    server = SimpleNamespace(traits=SimpleNamespace(server=kind), at=private_server(kind, Safety.SAFE))
    first = []
    for why, message in kept_aside(server):
        with suppress(msgspec.DecodeError):  # other tests keep calls aside there
            first += [msgspec.msgpack.decode(message)[2]] if why == WHY else []
    return first


@pytest.mark.long
@pytest.mark.parametrize("url", TRANSPORTS)
def test_the_producer_is_told_of_a_task_that_kills_its_workers_and_everything_else_is_done(poisoned, url):
    run = poisoned(url)
    assert WHY in run.error
    assert (run.delivery.failed, run.delivery.lost) == (1, 0)
    assert run.delivery.completed == run.delivery.attempted - 1
    assert run.struck_at in aside(url)
    assert not run.hung


@pytest.mark.long
def test_what_a_worker_had_only_taken_ahead_when_it_died_is_not_given_up_be_it_nearly_everything(poisoned):
    run = poisoned("rabbitmq?prefetch=100", 2 * TASKS)
    assert (run.delivery.failed, run.delivery.lost) == (1, 0)
    assert run.delivery.completed == run.delivery.attempted - 1


@pytest.mark.long
@pytest.mark.parametrize("url", ["redis-list", "rabbitmq", "celery+redis"])
def test_the_tasks_that_share_a_message_with_it_fail_with_it(poisoned, url):
    run = poisoned(url, batch=5)
    assert WHY in run.error
    assert (run.delivery.failed, run.delivery.lost) == (5, 0)
    assert run.delivery.completed == run.delivery.attempted - 5


def test_a_task_that_is_only_slow_is_not_given_up():
    history, *_ = measure(
        create("redis-stream?reclaim=1", "safe"),
        FunctionWorkload("nap", [4.0], echo),
        Load(1, 6, 1, 1),
        lambda _: None,
    )
    delivery = verdict_of_history(history)
    assert (delivery.completed, delivery.failed) == (1, 0), history.reasons
