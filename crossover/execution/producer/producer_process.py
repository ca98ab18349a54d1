"""The producer of a run that is put under stress: a process of its own, since it may be killed.

It speaks with whoever observes it through a pair of sockets: what it says is (word, fact), what it hears is a word.
"""

from __future__ import annotations

import os
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from crossover.contract import registry
from crossover.contract.errors import BrokenError, CrossoverError
from crossover.contract.safety import Safety
from crossover.contract.transport import Transport
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.recording.history import REFUSED, History
from crossover.recording.journal_reader import attempts
from crossover.recording.storage import Files
from crossover.workers.lifetime import die_with_parent
from workloads.base import Workload

LISTEN = 0.02  # seconds until it looks whether the loop has ended
LARGE = 64 * 2**20  # bytes of an oversize payload where there is no limit
LET_GO = 3.0  # seconds that the loop has to end when it is told to


class ProducerSpec(NamedTuple):
    """What a subject does.

    Attributes:
        transport: its name or URL.
        safety: the level.
        workload: what runs.
        tasks, workers, batch, window: as in a run.
        folder: of the producer's record.
        odd: what is odd about the payload of task `odd_task`: "oversize", "unpicklable"; nothing.
        run: the run of an earlier subject that this one takes over; nothing: it begins one.
    """

    transport: str
    safety: Safety
    workload: Workload
    tasks: int
    workers: int
    batch: int
    window: int
    folder: Path
    odd: str = ""
    odd_task: int = 0
    run: str = ""


class Ready(NamedTuple):
    """What a subject says when its workers are ready.

    Attributes:
        run: its name in the broker, where there is one.
        processes: role → process ids.
        brokers: name → version and settings.
        redelivery: seconds, at most, until what a dead worker held is delivered again.
    """

    run: str
    processes: dict[str, list[int]]
    brokers: dict[str, str]
    redelivery: float


class Said(NamedTuple):
    """What a subject says at the end: the transport's error, if any, and what tasks failed of."""

    error: str
    reasons: dict[str, int]
    unexpected: int


NOTHING_SAID = Said("", {}, 0)


def main(descriptor: int) -> None:
    """Be a subject."""
    die_with_parent()
    observer = Connection(descriptor)
    spec: ProducerSpec = observer.recv()
    transport = registry.parse(spec.transport).create(spec.safety)
    try:
        if spec.run:
            transport.take_over(spec.run)
        transport.start(spec.workload, spec.workers)
    except (CrossoverError, OSError, RuntimeError) as error:
        transport.stop()
        observer.send(("unusable", str(error)))
        return
    processes = {role: list(pids) for role, pids in transport.processes().items()}
    ready = Ready(getattr(transport, "run", ""), processes, dict(transport.brokers()), transport.redelivery)
    observer.send(("ready", ready))
    if observer.recv() == "go":
        _work(observer, spec, transport)
    transport.stop()
    observer.send(("stopped", None))


def _work(observer: Connection, spec: ProducerSpec, transport: Transport) -> None:
    history = History(spec.tasks, spec.batch, Files(spec.folder))
    loop = ClosedLoop(transport, _with_odd_one(spec, transport.limit), history, spec.window)
    if spec.run:
        attempted = history.attempted = attempts(history)
        pairs = zip(history.receipts[:attempted], history.deliveries[:attempted], strict=True)
        history.settled = sum(1 for receipt, came in pairs if came or receipt == REFUSED)
        loop.submitting = False
    errors: list[Any] = []
    producer = threading.Thread(target=_run, args=(loop, errors), name="producer", daemon=True)
    producer.start()
    told = False
    while True:
        if observer.poll(LISTEN):
            assert observer.recv() == "finish"
            break
        if not producer.is_alive() and not told:
            told = True
            observer.send(("broken" if errors else "over", _said(history, errors)))
    loop.submitting = loop.collecting = False
    producer.join(LET_GO)
    if not told:
        observer.send(("over", _said(history, errors)))


def _with_odd_one(spec: ProducerSpec, limit: int) -> Workload:
    """Return the workload, with something in one payload that is too large, or cannot be pickled."""
    workload = spec.workload
    if spec.odd:

        def with_odd_one(tasks: int) -> list[Any]:
            return payloads[:tasks]

        ballast = bytes(limit or LARGE) if spec.odd == "oversize" else threading.Lock()
        payloads = workload.payloads(spec.tasks)
        payloads[spec.odd_task] = [*payloads[spec.odd_task], ballast]
        workload.payloads = with_odd_one  # type: ignore[method-assign]
    return workload


def _run(loop: ClosedLoop, errors: list[Any]) -> None:
    try:
        loop.run()
    except BrokenError as error:
        errors.append(error)
    except BaseException as error:
        errors.append(f"{type(error).__name__}: {error}")
        raise


def _said(history: History, errors: list[Any]) -> Said:
    return Said(str(errors[0]) if errors else "", dict(history.reasons), history.unexpected)


def begin() -> None:
    """Begin as a program: the descriptor of the socket is its only argument."""
    main(int(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)  # a thread that is stuck in somebody's code must not keep it
