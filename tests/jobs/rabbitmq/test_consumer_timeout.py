"""RabbitMQ closes the channel of a worker that acknowledges nothing for its consumer_timeout: 30 minutes, here 1 s.

It does at every level, since a call is acknowledged when its outcome is stored.
"""

import time
from contextlib import ExitStack, closing, suppress
from uuid import uuid4

import pytest
import remote_functions as sample
from rabbitmq_sides import short_consumer_timeout
from skips import controllable
from waiting import PATIENCE, eventually

from crossover import Executor
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.jobs.remote.rabbitmq import RabbitmqIntake, RabbitmqQueue


@pytest.fixture
def address():
    """The URL of a server with such a limit."""
    server = controllable("rabbitmq", Safety.SAFE)
    with short_consumer_timeout(server):
        yield server.url


@pytest.mark.long
@pytest.mark.parametrize("safety", ["default", "safe"])
def test_a_call_that_takes_longer_is_begun_once_where_no_other_worker_is(address, safety, tmp_path):
    begun, until = tmp_path / "begun", tmp_path / "until"
    with Executor(address.replace("amqp:", "rabbitmq:"), 1, safety=safety) as executor:
        future = executor.submit(sample.notes_and_waits, str(begun), str(until))
        assert eventually(begun.exists)
        time.sleep(3.0)  # RabbitMQ gives up twice
        until.touch()
        error = future.exception(PATIENCE)
        assert error is None or (safety == "default" and "has lost its connection" in str(error))
        assert executor.submit(abs, -1).result(PATIENCE) == 1
    assert len(begun.read_text().splitlines()) == 1


@pytest.mark.long
@pytest.mark.parametrize("safety", [Safety.DEFAULT, Safety.SAFE])
def test_the_worker_is_told_connects_again_and_still_has_the_call(address, safety):
    name, taken, received = f"test-{uuid4().hex}", [], []
    with closing(RabbitmqQueue(address, name, safety)) as ours, closing(RabbitmqIntake(address, name)) as worker:
        ours.send(b"call", "run-1")
        assert eventually(lambda: taken.extend(worker.take(1, 0.2)) or ours.receive(0.1) or taken)
        with pytest.raises(BrokenError, match="delivery acknowledgement on channel 1 timed out"):
            eventually(lambda: worker.take(1, 0.2))

        def answers():
            with suppress(BrokenError):
                worker.reply(taken[0], b"outcome")
                return True

        assert eventually(answers)
        assert eventually(lambda: received.extend(ours.receive(0.2)) or received)
        assert received == [b"outcome"]
        assert worker.take(1, 0.5) == []
        ours.close(with_calls=True)


@pytest.mark.long
@pytest.mark.parametrize(("safety", "outcome"), [(Safety.DEFAULT, "lost"), (Safety.SAFE, "begun again")])
def test_where_another_worker_is_idle_it_is_lost_or_begun_again_as_the_level_says(address, safety, outcome):
    name, taken, again, lost = f"test-{uuid4().hex}", [], [], []
    with ExitStack() as stack:
        ours = stack.enter_context(closing(RabbitmqQueue(address, name, safety)))
        first, other = [stack.enter_context(closing(RabbitmqIntake(address, name))) for _ in range(2)]
        ours.send(b"call", "run-1")

        def look(worker, into):
            with suppress(BrokenError):
                into.extend(worker.take(1, 0.1))
                ours.receive(0.1)
                lost.extend(ours.lost())

        assert eventually(lambda: look(first, taken) or taken)
        assert eventually(lambda: look(other, again) or again or lost)
        assert [one.redelivered for one in again] == [True] * (outcome == "begun again")
        assert len(lost) == (outcome == "lost")
        ours.close(with_calls=True)
