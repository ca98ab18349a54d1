"""A queue whose server was killed just after its creation accepts nothing any more: nobody waits for ever."""

import pytest
import remote_functions as sample
from rabbitmq_sides import lose_data_of
from waiting import PATIENCE, eventually

from crossover.jobs.errors import NotAcceptedError
from crossover.jobs.remote.rabbitmq.messages import Names

pytestmark = [pytest.mark.long, pytest.mark.parametrize("transport", ["rabbitmq"], indirect=True)]


@pytest.fixture
def address(struck):
    return struck.url.replace("amqp:", "rabbitmq:")


@pytest.fixture
def restart(struck):
    """Return a function that kills the server, and starts it again without the data of a queue."""

    def kill(queue):
        lose_data_of(struck, Names(queue).calls)
        struck.kill()
        struck.restart()

    return kill


def test_an_executor_makes_its_own_queue_again(make, restart):
    executor = make(1, reconnect=120)
    assert executor.submit(sample.same, 1).result(PATIENCE) == 1
    restart(f"crossover-{executor._exchange._terms.run}")
    errors = []

    def is_done():
        errors.append(executor.submit(sample.same, 2).exception(PATIENCE))
        return errors[-1] is None

    assert eventually(is_done)
    assert {type(error) for error in errors[:-1]} == {NotAcceptedError}


def test_at_the_safe_level_calls_wait_until_it_has(make, restart):
    executor = make(1, reconnect=120, safety="safe")
    assert executor.submit(sample.same, 1).result(PATIENCE) == 1
    restart(f"crossover-{executor._exchange._terms.run}")
    assert executor.submit(sample.same, 2).result(PATIENCE) == 2


@pytest.mark.parametrize("safety", ["default", "safe"])
def test_futures_fail_where_other_executors_have_the_queue_too(make, restart, start_worker, safety):
    start_worker("--allow", "remote_functions", "-w", "1")
    executor = make(workers="external", reconnect=120, safety=safety)
    assert executor.submit(sample.same, 1).result(PATIENCE) == 1
    restart("crossover")
    error = executor.submit(sample.same, 2).exception(PATIENCE)
    assert isinstance(error, NotAcceptedError)
    assert "rabbitmqctl delete_queue" in str(error) or safety == "default"  # its connection was lost, too
