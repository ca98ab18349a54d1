"""What holds for every transport."""

import threading
import time
from multiprocessing.shared_memory import SharedMemory

import psutil
import pytest
from broker_leftovers import left
from carrying import carry
from task_functions import FunctionWorkload
from waiting import PATIENCE, eventually

from crossover.contract.errors import StartError, UsageError
from crossover.contract.registry import TRANSPORTS, parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import ALL_ACCEPTED, Batch, LateReceipt, Receipt, as_outcomes
from crossover.contract.traits import RunRequest


def cannot_travel(transport):
    return "cannot be sent as MessagePack" if transport.traits.server else "cannot be pickled"


@pytest.mark.parametrize("batch", [1, 7, 256])
def test_every_task_gives_its_value(transport, batch):
    transport.start(FunctionWorkload("double", [0]), 2)
    payloads = list(range(600))
    values, errors, refused, _ = carry(transport, payloads, batch)
    assert values == {task: 2 * task for task in payloads}
    assert not errors
    assert not refused


def test_what_was_accepted_says_so_at_once_or_later(transport):
    transport.start(FunctionWorkload("echo", [0]), 1)
    submission = transport.submit(Batch(0, 2, ["a", "b"]))
    said, came = [], []

    def settled():
        came.extend(transport.collect(1, 0.1))
        said.extend(transport.receipts())
        return came and (said or submission is ALL_ACCEPTED)

    assert eventually(settled)
    assert submission is ALL_ACCEPTED or said == [LateReceipt(0, 2, Receipt.ACCEPTED)]


def test_collecting_nothing_comes_back_in_time(transport):
    transport.start(FunctionWorkload("echo", [0]), 1)
    began = time.monotonic()
    assert not transport.collect(8, 0.2)
    assert time.monotonic() - began < PATIENCE


def test_a_task_that_raises_fails_alone(transport):
    transport.start(FunctionWorkload("fail_on_odd", [0]), 2)
    values, errors, _, _ = carry(transport, [0, 1, 2, 3, 4], batch=5)
    assert values == {0: 0, 2: 2, 4: 4}
    assert errors == {1: "ValueError: 1 is odd", 3: "ValueError: 3 is odd"}


def test_a_task_that_exits_does_not_take_its_worker_with_it(transport):
    transport.start(FunctionWorkload("exit_on_odd", [0]), 1)
    values, errors, _, _ = carry(transport, [0, 1, 2], batch=1)
    assert values == {0: 0, 2: 2}
    assert errors == {1: "SystemExit: 1 is odd"}


@pytest.mark.parametrize("batch", [1, 5])
def test_a_payload_that_cannot_travel_is_refused_by_name_or_travels(transport, batch):
    transport.start(FunctionWorkload("echo", [0]), 2)
    lock = threading.Lock()
    values, errors, refused, _ = carry(transport, [0, 1, lock, 3, 4], batch)
    assert values.items() >= {0: 0, 1: 1, 3: 3, 4: 4}.items()
    assert not errors
    if transport.traits.name in {"serial", "threads"}:  # nothing is pickled
        assert values[2] is lock
    else:
        assert list(refused) == [2]
        assert cannot_travel(transport) in refused[2]


@pytest.mark.parametrize("batch", [1, 3])
def test_a_value_that_cannot_travel_is_an_error_of_its_task(with_processes, batch):
    with_processes.start(FunctionWorkload("give_a_lock", [0]), 1)
    _, errors, _, _ = carry(with_processes, [0, 1, 2], batch)
    assert list(errors) == [0, 1, 2]
    assert all(cannot_travel(with_processes) in reason for reason in errors.values())


@pytest.mark.parametrize("batch", [1, 300])
def test_a_value_that_cannot_be_read_is_an_error_of_its_task(with_processes, batch):
    with_processes.start(FunctionWorkload("give_a_grumpy", [0]), 1)
    _, errors, _, _ = carry(with_processes, [0] * 300, batch)
    assert sorted(errors) == list(range(300))
    assert ("cannot be sent as MessagePack" if with_processes.traits.server else "I will not be unpickled") in errors[
        299
    ]


@pytest.mark.long
def test_large_payloads_pass_while_both_directions_are_full(transport):
    transport.start(FunctionWorkload("echo", [b""]), 2)
    payloads = [bytes([number]) * (3 * 2**20 + number) for number in range(12)]
    values, _, _, _ = carry(transport, payloads)
    assert values == dict(enumerate(payloads))


@pytest.mark.long
def test_all_workers_take_part(however_started):
    however_started.start(FunctionWorkload("who", [0]), 3)
    workers = set()
    assert eventually(lambda: workers.update(carry(however_started, list(range(90)))[3]) or len(workers) == 3)
    assert workers <= set(however_started.processes()["workers"])  # Celery has one more that starts them


@pytest.mark.long
def test_workers_end_with_stop_and_stopping_twice_is_safe(however_started):
    however_started.start(FunctionWorkload("nap", [0]), 2)
    lasting = {"broker"} if however_started.traits.server else {}  # it serves others, too
    pids = [pid for role, pids in however_started.processes().items() if role not in lasting for pid in pids]
    however_started.submit(Batch(0, 1, [600.0]))  # busy: stopping must not wait for it
    began = time.monotonic()
    however_started.stop()
    however_started.stop()
    assert time.monotonic() - began < PATIENCE
    assert eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids))


@pytest.mark.parametrize("outstanding", [0, 50])
def test_stop_leaves_nothing_in_the_broker(through_a_broker, outstanding):
    through_a_broker.start(FunctionWorkload("nap", [0]), 2)
    carry(through_a_broker, [0.0] * 20)
    for task in range(outstanding):
        through_a_broker.submit(Batch(task, 1, [30.0 if task < 2 else 0.0]))
    through_a_broker.collect(1, 0.1)
    through_a_broker.stop()
    assert not left(through_a_broker)


def test_a_run_whose_workers_could_not_start_leaves_nothing_in_the_broker(through_a_broker):
    missing = FunctionWorkload("echo", [0])
    missing.reference = "task_functions:not_there"
    with pytest.raises(StartError):
        through_a_broker.start(missing, 2)
    through_a_broker.stop()
    assert not left(through_a_broker)


@pytest.mark.long
def test_two_runs_at_once_through_one_broker_do_not_meet(through_a_broker):
    options, level = through_a_broker.options, through_a_broker.safety
    through_a_broker.start(FunctionWorkload("double", [0]), 1)
    with type(through_a_broker)(options, level, through_a_broker.server_address) as other:
        other.start(FunctionWorkload("echo", [0]), 1)
        for task in range(40):
            through_a_broker.submit(Batch(task, 1, [task]))
        values, *_ = carry(other, list(range(100, 140)))
        assert values == {task: 100 + task for task in range(40)}
    came = {}
    assert eventually(lambda: came.update(first_values(through_a_broker)) or len(came) == 40)
    assert came == {task: 2 * task for task in range(40)}


def first_values(transport):
    return {outcomes.first: outcomes.values[0] for outcomes in map(as_outcomes, transport.collect(4, 0.1))}


def test_stopping_before_starting_is_safe(transport):
    transport.stop()


def test_a_function_that_workers_cannot_find_is_said_at_the_start(however_started):
    missing = FunctionWorkload("echo", [0])
    missing.reference = "task_functions:not_there"
    with pytest.raises(StartError, match="not_there"):
        however_started.start(missing, 1)


def test_shared_memory_is_given_back():
    with parse("shared-memory").create(Safety.DEFAULT) as transport:
        transport.start(FunctionWorkload("echo", [0]), 1)
        names = [ring._memory.name for ring in (transport._tasks, transport._outcomes)]
    for name in names:
        with pytest.raises(FileNotFoundError):
            SharedMemory(name)


@pytest.mark.parametrize("name", TRANSPORTS)
def test_a_level_that_cannot_be_given_is_refused_with_the_reason(name):
    address = parse(name)
    for level in Safety:
        if level in address.traits.guarantees:
            assert address.why_not(RunRequest(safety=level)) is None
        else:
            with pytest.raises(UsageError, match=f"{name} has no {level} level: .+; allowed: "):
                address.create(level)
