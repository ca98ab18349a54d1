"""The producer process: starts a transport, drives one run through it, and reports to the process that started it."""

from __future__ import annotations

import os
import sys
import threading
from multiprocessing.connection import Connection

from crossover.contract import registry
from crossover.contract.errors import BrokenError, CrossoverError
from crossover.contract.tasks import Receipt
from crossover.contract.transport import Transport
from crossover.execution.load.loop import Loop
from crossover.execution.producer.defective_payload import with_defective_payload
from crossover.execution.producer.protocol import Command, ProducerSpec, Ready, Report, StartFailed, Stopped
from crossover.recording.history import History
from crossover.recording.journal_reader import attempts
from crossover.recording.storage import Files
from crossover.workers.lifetime import die_with_parent

LISTEN = 0.02  # seconds of waiting for a command, after which it checks whether the loop has ended
LOOP_ENDS_WITHIN = 3.0  # seconds in which the loop ends after it was told to


def main() -> None:
    """Run as a program whose only argument is the descriptor of the socket."""
    _serve(Connection(int(sys.argv[1])))
    sys.stdout.flush()
    os._exit(0)  # a thread that is stuck in a library must not keep the process alive


def _serve(supervisor: Connection) -> None:
    die_with_parent()
    spec: ProducerSpec = supervisor.recv()
    try:
        transport = registry.parse(spec.transport).create(spec.safety)
    except CrossoverError as error:
        supervisor.send(StartFailed(str(error)))
        return
    try:
        if spec.run:
            transport.take_over(spec.run)
        transport.start(spec.workload, spec.load.workers)
    except (CrossoverError, OSError, RuntimeError) as error:
        transport.stop()
        supervisor.send(StartFailed(str(error)))
        return
    processes = {role: list(pids) for role, pids in transport.processes().items()}
    supervisor.send(Ready(transport.run, processes, dict(transport.brokers()), transport.redelivery))
    if supervisor.recv() == Command.START:
        _drive(supervisor, spec, transport)
    transport.stop()
    supervisor.send(Stopped())


def _drive(supervisor: Connection, spec: ProducerSpec, transport: Transport) -> None:
    """Run the load in a thread, which may block for ever; report when it has ended, and wait for FINISH."""
    history = History(spec.load.tasks, spec.load.batch, Files(spec.folder))
    workload = spec.workload
    if spec.defect is not None:
        workload = with_defective_payload(workload, spec.load.tasks, spec.defect, spec.defective_task, transport.limit)
    loop = spec.load.loop(transport, workload, history)
    if spec.run:
        _continue_record(history)
        loop.submitting = False
    errors: list[BaseException] = []
    thread = threading.Thread(target=_run, args=(loop, errors), name="producer", daemon=True)
    thread.start()
    reported = False
    while True:
        if supervisor.poll(LISTEN):
            supervisor.recv()  # FINISH: there is no other command now
            break
        if not thread.is_alive() and not reported:
            reported = True
            supervisor.send(_report(history, errors))
    loop.submitting = loop.collecting = False
    thread.join(LOOP_ENDS_WITHIN)
    if not reported:
        supervisor.send(_report(history, errors)._replace(broken=False))


def _continue_record(history: History) -> None:
    """Set the counts of a record that another producer has begun."""
    attempted = history.attempted = attempts(history)
    pairs = zip(history.receipts[:attempted], history.deliveries[:attempted], strict=True)
    history.settled = sum(1 for receipt, deliveries in pairs if deliveries or receipt == Receipt.REFUSED)


def _run(loop: Loop, errors: list[BaseException]) -> None:
    try:
        loop.run()
    except BaseException as error:
        errors.append(error)
        if not isinstance(error, BrokenError):  # a defect: its traceback goes into the output
            raise


def _report(history: History, errors: list[BaseException]) -> Report:
    message = "; ".join(
        str(error) if isinstance(error, BrokenError) else f"{type(error).__name__}: {error}" for error in errors
    )
    return Report(bool(errors), message, dict(history.reasons), history.unexpected)
