"""A queue whose server was killed just after its creation accepts nothing any more: nobody waits for ever."""

import pytest
import remote_functions as sample
from rabbitmq_sides import lose_data_of
from waiting import PATIENCE, eventually

from crossover.jobs.errors import NotAcceptedError
from crossover.jobs.remote.celery.queue import CeleryQueue

pytestmark = pytest.mark.long


@pytest.fixture
def transport():
    """Over which the calls go; tests may have others."""
    return "rabbitmq"


@pytest.fixture
def address(struck, transport):
    return struck.url.replace("amqp:", f"{transport}:")


def queue_of(executor):
    """Return the name of the queue of its calls."""
    ours = executor._exchange._queue
    return ours._names.tasks if isinstance(ours, CeleryQueue) else ours._names.calls


@pytest.fixture
def restart(struck):
    """Return a function that kills the server, and starts it again without the data of a queue."""

    def kill(queue):
        lose_data_of(struck, queue)
        struck.kill()
        struck.restart()

    return kill


def test_an_executor_makes_its_own_queue_again(make, restart):
    executor = make(1)
    assert executor.submit(sample.same, 1).result(PATIENCE) == 1
    restart(queue_of(executor))
    errors = []

    def is_done():
        errors.append(executor.submit(sample.same, 2).exception(PATIENCE))
        return errors[-1] is None

    assert eventually(is_done)
    assert {type(error) for error in errors[:-1]} == {NotAcceptedError}


@pytest.mark.parametrize("transport", ["rabbitmq", "celery+rabbitmq"])
def test_at_the_safe_level_calls_wait_until_it_has(make, restart):
    executor = make(1, safety="safe")
    assert executor.submit(sample.same, 1).result(PATIENCE) == 1
    restart(queue_of(executor))
    assert executor.submit(sample.same, 2).result(PATIENCE) == 2


@pytest.mark.parametrize(
    ("transport", "safety"),
    [("rabbitmq", "default"), ("rabbitmq", "safe"), ("celery+rabbitmq", "safe")],
)
def test_futures_fail_where_other_executors_have_the_queue_too(make, restart, start_worker, transport, safety):
    start_worker("--allow", "remote_functions", "-w", "1", *(["-s", safety] if transport != "rabbitmq" else []))
    executor = make(workers="external", reconnect=120, safety=safety)
    assert executor.submit(sample.same, 1).result(PATIENCE) == 1
    restart(queue_of(executor))
    errors = []

    def says_what_can_be_done():
        errors.append(executor.submit(sample.same, 2).exception(PATIENCE))
        return "rabbitmqctl delete_queue" in str(errors[-1])

    assert eventually(says_what_can_be_done)
    assert {type(error) for error in errors} == {NotAcceptedError}


@pytest.mark.parametrize("safety", ["default", "safe"])
def test_a_server_that_was_silent_for_a_while_loses_nothing_that_it_had_accepted(make, struck, tmp_path, safety):
    executor = make(1, reconnect=120, safety=safety)
    first = executor.submit(sample.notes_and_waits, tmp_path / "begun", tmp_path / "until")
    assert eventually((tmp_path / "begun").exists)
    second = executor.submit(sample.same, 2)
    assert eventually(first.running)
    struck.pause()
    third = executor.submit(sample.same, 3)
    assert eventually(lambda: executor._exchange._sender.away_since is not None)  # it is given up
    struck.resume()
    (tmp_path / "until").touch()
    assert first.result(PATIENCE) > 0
    assert second.result(PATIENCE) == 2
    if safety == "safe":
        assert third.result(PATIENCE) == 3
