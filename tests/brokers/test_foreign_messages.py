"""What others put where our messages lie is never run, does not stop a worker, and is kept aside for people to see."""

import pytest
from foreign_messages import (
    TASKS,
    call_through_celery,
    kept_aside,
    slip_into_celery,
    slip_into_outcomes,
    slip_into_tasks,
    visited,
)

from brokers.messages import FORMAT, encode

TRANSPORTS = [
    ("redis-list", "default"),
    ("redis-list", "safe"),
    ("redis-stream", "fast"),
    ("redis-stream", "safe"),
    ("rabbitmq", "fast"),
    ("rabbitmq", "default"),
    ("rabbitmq", "safe"),
]
REFUSED = [
    (b"not MessagePack at all \xff", "it is broken"),
    (encode((FORMAT + 1, "from", "the", "future")), "it has format 2; this worker reads format 1"),
    (encode((FORMAT, "os:system", 0, 1, ["true"])), "it requests 'os:system'; this worker runs "),
    (encode((FORMAT, "task_functions:echo_when_released", 0, 7, [0])), "its numbers contradict each other"),
]
NO_OUTCOMES = [
    b"\xff",
    encode((FORMAT, 0, 9, [], {}, 1, 1, 1)),
    encode((FORMAT, 0, 1, [0], {}, 1, 2**64 - 1, 1)),  # no array has room for this time
    encode((FORMAT, 2**62, 1, [0], {}, 1, 1, 1)),
]


@pytest.fixture(params=TRANSPORTS, ids="-".join)
def visit(request):
    """Run while foreign messages arrive; return the history, the verdict and the transport."""
    return lambda write: visited(write, *request.param)


@pytest.fixture(params=[("redis-list", "default"), ("redis-stream", "safe"), ("rabbitmq", "default")], ids="-".join)
def visit_once(request):
    """Likewise, where the level makes no difference: the producer reads alike at all of them."""
    return lambda write: visited(write, *request.param)


@pytest.fixture(params=["celery+redis", "celery+rabbitmq"])
def visit_celery(request):
    """Likewise, through Celery."""
    return lambda write: visited(write, request.param, "default")


@pytest.mark.long
def test_refused_messages_are_counted_with_their_reasons_and_kept_aside(visit):
    def write(transport):
        for message, _ in REFUSED:
            slip_into_tasks(transport, message)

    history, delivery, transport = visit(write)
    assert delivery.unexpected == len(REFUSED)
    aside = kept_aside(transport)
    for message, reason in REFUSED:
        assert any(said.startswith(f"a message was refused: {reason}") for said in history.reasons), history.reasons
        assert any(reason in why and kept == message for why, kept in aside)


@pytest.mark.long
def test_an_outcome_of_an_unknown_task_is_counted(visit_once):
    beyond = encode((FORMAT, "task_functions:echo_when_released", TASKS + 5, 2, [[0, ""], [0, ""]]))
    _, delivery, _ = visit_once(lambda transport: slip_into_tasks(transport, beyond))
    assert delivery.unexpected == 2


def test_foreign_outcomes_do_not_stop_the_producer(visit_once):
    def write(transport):
        for message in NO_OUTCOMES:
            slip_into_outcomes(transport, message)

    history, delivery, _ = visit_once(write)
    assert delivery.unexpected == len(NO_OUTCOMES)
    for reason in ("it is broken: ", "its numbers contradict each other"):
        assert any(said.startswith(f"an outcome was refused: {reason}") for said in history.reasons), history.reasons


@pytest.mark.long
def test_a_celery_worker_refuses_what_it_should_not_run_and_keeps_it_aside(visit_celery):
    def write(transport):
        for message, _ in REFUSED:
            call_through_celery(transport, "crossover.run", message)
        call_through_celery(transport, "os.system", b"true")

    _, _, transport = visit_celery(write)
    aside = kept_aside(transport)
    for message, reason in REFUSED:
        assert any(reason in why and kept == message for why, kept in aside), (reason, aside)
    assert any("requests another task" in why for why, _ in aside)


@pytest.mark.long
@pytest.mark.parametrize("url", ["celery+redis", "celery+rabbitmq"])
def test_a_celery_worker_goes_on_after_what_is_not_from_celery(url):
    visited(lambda transport: slip_into_celery(transport, b"\xff not from Celery"), url, "default")
