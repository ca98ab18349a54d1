"""100,000 messages, most of them damaged: each is read or refused with a sentence, by all who may receive it."""

from copy import deepcopy
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kombu.message import Message
from mutations import STRANGE, damaged, disarranged
from task_functions import FunctionWorkload, echo

from brokers.celery.broker import celery_over
from brokers.celery.envelopes.task_envelopes import why_refused
from brokers.celery.settings import CONTENT_TYPE, TASK
from brokers.messages import Refused, encode_extended, pack, pack_outcomes, read_outcomes, unpack
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch, Outcomes
from crossover.recording.history import History
from crossover.recording.payloads import Payloads
from crossover.recording.recorder import recorder
from crossover.workers.loop import execute

MESSAGES = 100_000
AT_ONCE = 200  # messages from one seed
OURS = "module:function"
TASKS = 50
WORKLOAD = FunctionWorkload("echo", [1], echo)
PLENTY = 2**30
PAYLOADS = [None, 5, 10**30, "text", b"bytes", [1, {"a": (2, 3)}], {1: {"b": "\udc80"}, (1, 2): 3.5}]
BATCHES = [
    *(message for size in (1, 7) for _, _, message in pack(Batch(3, size, PAYLOADS[:size]), OURS, PLENTY).messages),
    encode_extended((10**5_000, OURS, 0, 1, [1])),
]
OUTCOMES = [
    *pack_outcomes(Outcomes(4, 7, PAYLOADS, {2: "ValueError: no"}, 1, 2, 3), PLENTY),
    *pack_outcomes(Outcomes(0, 1, [b"value"], {}, 1, 2, 3), PLENTY),
]
EMBEDDED = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
HEADERS = {"task": TASK, "id": "x", "eta": None, "expires": None, "timelimit": [None, None], "retries": 0, "stamps": {}}
PROPERTIES = {"reply_to": "queue", "correlation_id": "x", "priority": 0, "delivery_info": {"exchange": ""}}
RESULT = encode_extended(
    {"status": "SUCCESS", "result": OUTCOMES[1], "task_id": "x", "traceback": None, "children": []}
)


def seeded(share):
    """Let a test run with the seeds of its share of the messages, the same ones each time."""

    def decorate(test):
        examples = MESSAGES * share // 100 // AT_ONCE
        test = given(seed=st.integers(0, 2**32))(test)
        every = list(HealthCheck)
        return settings(max_examples=examples, derandomize=True, deadline=None, suppress_health_check=every)(test)

    return decorate


@seeded(50)
def test_a_worker_reads_or_refuses_whatever_comes_and_its_answer_is_read(seed):
    random = Random(seed)
    for _ in range(AT_ONCE):
        message = damaged(random.choice(BATCHES), random)
        try:
            batch = unpack(message, OURS)
        except Refused as refused:
            check_reason(str(refused))
        else:
            for answer in pack_outcomes(execute(batch, echo, 1), PLENTY):
                found = read_outcomes(answer)
                assert found.size == len(found.values) > 0


@seeded(25)
def test_a_producer_records_whatever_comes(seed):
    random = Random(seed)
    history = History(TASKS, 1)
    history.attempted = TASKS
    record = recorder(WORKLOAD, Payloads(WORKLOAD, TASKS), history)
    for _ in range(AT_ONCE):
        record([read_outcomes(damaged(random.choice(OUTCOMES), random))])
    for reason in history.reasons:
        check_reason(reason)


@seeded(20)
def test_a_celery_worker_passes_on_or_refuses_whatever_comes(seed):
    random = Random(seed)
    for _ in range(AT_ONCE):
        message = random.choice(BATCHES)
        body = encode_extended([[message], {}, EMBEDDED])
        headers, properties = deepcopy(HEADERS), deepcopy(PROPERTIES)
        content_type = CONTENT_TYPE if random.random() < 0.95 else random.choice(STRANGE)
        match random.randrange(3):
            case 0:
                body = damaged(body, random)
            case 1:
                headers = disarranged(headers, random)
            case 2:
                properties = disarranged(properties, random)
        check_reason(why_refused(message_of(body, headers, properties, content_type)) or "")


@pytest.fixture(scope="module")
def backend():
    broker = celery_over("redis")
    app = broker.application(set_as_current=False)
    app.conf.update(broker.settings("redis://127.0.0.1:1", Safety.DEFAULT, "fuzz"))
    app.backend.refuse = check_reason
    return app.backend


@seeded(5)
def test_a_celery_producer_reads_or_refuses_whatever_comes(backend, seed):
    random = Random(seed)
    for _ in range(AT_ONCE):
        assert backend.decode_result(damaged(RESULT, random)).keys() >= {"status", "result", "task_id"}


def check_reason(reason):
    """It can be shown."""
    assert not reason or reason.isprintable()
    assert len(reason) < 3_000


def message_of(body, headers, properties, content_type):
    """What kombu has made of a message."""
    made = Message(body, content_type=content_type, content_encoding="binary", accept={CONTENT_TYPE})
    made.headers, made.properties = headers, properties
    return made
