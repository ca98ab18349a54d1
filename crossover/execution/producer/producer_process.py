"""The producer process: starts a transport, drives one run through it, and reports to the process that started it."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

from crossover.contract.errors import BrokenError, CrossoverError
from crossover.contract.text import describe
from crossover.contract.transport import Transport
from crossover.execution.load.load import warm_up_load
from crossover.execution.load.loop import Loop
from crossover.execution.producer.defective_payload import with_defective_payload
from crossover.execution.producer.protocol import (
    Deaths,
    Failure,
    Instruction,
    ProducerSpec,
    Ready,
    Report,
    StartFailed,
    Stopped,
)
from crossover.execution.template.template_process import let_command_interrupt
from crossover.recording.shared_history import SharedHistory
from crossover.workers.limits.processes import explain
from workloads.base import InputError, make_importable
from workloads.user_modules import search_only


def serve(supervisor: Connection, warm_up_record: int, record: int) -> None:
    """Do one run; called in a process that was forked from the template.

    Args:
        supervisor: the connection to the command.
        warm_up_record: descriptor of the file that keeps the history of the warm-up.
        record: likewise, of the run.
    """
    try:
        spec: ProducerSpec = supervisor.recv()
    except Exception as error:  # a class of another distribution that cannot be imported or restored here
        supervisor.send(StartFailed(f"it cannot be started in another process: {describe(error)}"))
        return
    os.environ.update(spec.variables)
    search_only(spec.workload.folders)
    make_importable(spec.workload.reference.partition(":")[0])  # a value may be an object of a class of the user's
    transport = spec.transport
    warm_up = warm_up_load(spec.load)
    parts = {  # opened now: the user's function may leave no descriptor free
        Instruction.WARM_UP: (warm_up, SharedHistory(warm_up.tasks, warm_up.batch, warm_up_record)),
        Instruction.RUN: (spec.load, SharedHistory(spec.load.tasks, spec.load.batch, record)),
    }
    try:
        let_command_interrupt()
        if spec.run:
            transport.take_over(spec.run)
        transport.start(spec.workload, spec.load.workers)
        ready = _ready(transport)
    except BaseException as error:  # a user's module may raise SystemExit
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        transport.stop()
        supervisor.send(StartFailed(_start_problem(error)))
        return
    # the command wants no more, or the user's function has closed the connection or sent a signal: the record is enough
    with suppress(EOFError, OSError, KeyboardInterrupt):
        supervisor.send(ready)
        while (instruction := supervisor.recv()) != Instruction.FINISH:
            load, history = parts[instruction]
            report = _drive(supervisor, spec._replace(load=load), history)
            supervisor.send(report)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    transport.stop()
    with suppress(OSError):
        supervisor.send(Stopped(transport.brokers(), transport.notes))


def _start_problem(error: BaseException) -> str:
    """Return why a transport could not be started."""
    if isinstance(error, CrossoverError | InputError) and not isinstance(error, BrokenError):
        return str(error)
    what = explain(error) if isinstance(error, BrokenError | OSError | RuntimeError) else describe(error)
    return f"it cannot be started: {what}"  # no descriptors, memory or threads; a server was killed


def _ready(transport: Transport) -> Ready:
    processes = {role: list(pids) for role, pids in transport.processes().items()}
    return Ready(transport.run, processes, dict(transport.brokers()), transport.redelivery)


def _drive(supervisor: Connection, spec: ProducerSpec, history: SharedHistory) -> Report:
    """Drive a load in this thread, which is the main one, and return how that ended."""
    transport, workload, load = spec.transport, spec.workload, spec.load
    if spec.run:
        history.recount()  # another producer has begun it
        history.stop_submitting()
    loop: Loop | None = None
    report_deaths = _reporter(supervisor, transport)
    failure, message = None, ""
    try:
        if spec.defect is not None:
            workload = with_defective_payload(workload, load.tasks, spec.defect, spec.defective_task, transport.limit)
        loop = load.loop(transport, workload, history)
        loop.report_deaths = report_deaths
        loop.run()
    except BrokenError as error:
        failure, message = Failure.BROKEN, str(error)
    except InputError as error:
        failure, message = Failure.INPUT, str(error)
    except KeyboardInterrupt:  # of the command, where the loop did not notice that it was told to end
        if history.collecting:
            failure, message = Failure.BROKEN, "the producer got SIGINT, but not from this command"
    except BaseException as error:
        failure, message = Failure.DEFECT, describe(error)
        traceback.print_exc()
    report_deaths()
    return Report(history.counts(), failure, message, *((loop.backlog, loop.parts) if loop else ()))


def _reporter(supervisor: Connection, transport: Transport) -> Callable[[], None]:
    """Return a function that reports dead workers, once each."""
    reported = Deaths([], {})

    def report() -> None:
        nonlocal reported
        found = Deaths(list(transport.absent()), dict(transport.exits()))
        if found != reported:
            reported = found
            with suppress(OSError):  # the user's function has closed the connection
                supervisor.send(found)

    return report
