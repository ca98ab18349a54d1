"""The command's side of a producer process: starts it, receives its reports, ends it."""

from __future__ import annotations

import pickle
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from crossover.contract.errors import StartError
from crossover.contract.text import describe
from crossover.execution.load.load import warm_up_load
from crossover.execution.producer.producer_process import serve
from crossover.execution.producer.protocol import Deaths, Instruction, ProducerSpec, Ready, Report, StartFailed, Stopped
from crossover.execution.template.forked_process import (
    FOLLOW_WITHIN,
    INTERRUPTED_WITHIN,
    LEFT_BEHIND_FOR,
    ForkedProcess,
)
from crossover.execution.template.template_handle import STANDARD_ERROR
from crossover.recording.activity import FILE, ActivityFile
from crossover.recording.shared_history import SharedHistory
from crossover.workers.processes.exit_words import how_it_ended
from crossover.workers.processes.start_timeout import not_within, start_timeout

LOOK_EVERY = 0.05  # seconds
LOOP_ENDS_WITHIN = 1.0  # seconds in which its loop ends after it was told to; then a signal interrupts it
FINISHES_WITHIN = 15.0  # seconds in which it stops its transport and ends
REPORTS_WITHIN = 1.0  # seconds in which it reports which of its workers are not ready in time
ENDS_WITHIN = 1.0  # seconds from the end of its transport to its own


class ProducerHandle:
    """A running producer process.

    Attributes:
        process: the process.
        ready: what it reported when its workers were ready.
        report: what it reported when the loop of the current part ended; None where it has not ended.
        broken: whether its loop has failed.
        finished: whether its loop has ended in order.
        absent: the dead workers, of those that are no processes of this machine.
        exits: process id → how it ended, in words, of the workers that have ended, where known.
        activity: what the workers write down.
        stopped: what it reported when its transport had stopped; None where it has not.

    Args:
        spec: the run.
        history: the record of the run; the same one for a producer that takes over.
        should_end: called often while it starts; when it returns true, the process is killed.
        output: descriptor of where its standard output and standard error go.

    Raises:
        StartError: its workers did not become ready.
        KeyboardInterrupt: `should_end` returned true.
    """

    def __init__(
        self, spec: ProducerSpec, history: SharedHistory, should_end: Callable[[], bool], output: int = STANDARD_ERROR
    ) -> None:
        warm_up = warm_up_load(spec.load)
        self._history = history
        self._warm_up_history = SharedHistory(warm_up.tasks, warm_up.batch)
        self.report: Report | None = None
        self.broken = self.finished = False
        self.absent: list[str] = []
        self.exits: dict[int, str] = {}
        self.activity = ActivityFile()
        self.stopped: Stopped | None = None
        descriptors = (self._warm_up_history.file.descriptor, history.file.descriptor)
        modules = (serve.__module__, type(spec.transport).__module__, *spec.transport.imports)
        try:
            python = spec.transport.python
            self.process = ForkedProcess(f"{serve.__module__}:{serve.__name__}", modules, output, descriptors, python)
        except BaseException:
            self._warm_up_history.file.close()
            self.activity.close()
            raise
        try:
            self._send_spec(spec._replace(variables={**spec.variables, FILE: self.activity.path}))
            self.ready = self._wait_until_ready(should_end)
        except BaseException:
            self.process.interrupt()  # so that it removes what it has already created in a broker
            self.kill()
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process is alive."""
        return self.process.alive

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def warm_up(self) -> SharedHistory:
        """Let it drive the first tasks for a moment, and return their record."""
        self._send(Instruction.WARM_UP)
        return self._warm_up_history

    def run(self) -> SharedHistory:
        """Let it drive its load, and return the record."""
        self._send(Instruction.RUN)
        return self._history

    def receive(self, timeout: float) -> None:
        """Receive its reports.

        Args:
            timeout: seconds to wait for the first.
        """
        with suppress(EOFError):  # it has died
            while (message := self.process.receive(timeout)) is not None:
                timeout = 0
                if isinstance(message, Report):
                    self.report = message
                    self.broken |= message.failure is not None
                    self.finished |= message.failure is None
                elif isinstance(message, Deaths):
                    self.absent = list(message.absent)
                    self.exits.update(message.exits)
                else:
                    self.stopped = message

    def finish(self) -> bool:
        """End its loop where it still runs, let it stop its transport and end; kill it where it does not.

        Returns:
            Whether it ended in order.
        """
        self.process.descendants()
        self._warm_up_history.stop_collecting()
        self._history.stop_collecting()
        with suppress(OSError):
            self.process.connection.send(Instruction.FINISH)
        if not self._receive_until(LOOP_ENDS_WITHIN, lambda: self.report is not None or self.stopped is not None):
            self.process.signal(signal.SIGINT)
            if not self._receive_until(INTERRUPTED_WITHIN, lambda: self.report is not None or self.stopped is not None):
                self.kill()
        if self._receive_until(FINISHES_WITHIN, lambda: self.stopped is not None):
            self.process.join(ENDS_WITHIN)
        self.kill(LEFT_BEHIND_FOR if self.stopped else FOLLOW_WITHIN)
        return self.stopped is not None

    def descendants(self) -> list[psutil.Process]:
        """Return its living descendants: its workers, theirs, and everything else it has started."""
        return self.process.descendants()

    def kill(self, patience: float = FOLLOW_WITHIN) -> None:
        """Kill it with SIGKILL, and return when its descendants have ended.

        Args:
            patience: seconds in which they end by themselves; then they are killed.
        """
        self.process.kill(patience)
        self.receive(0)

    def close(self) -> None:
        """Close the connection."""
        self.process.close()
        self.activity.close()
        self._warm_up_history.file.close()

    def _receive_until(self, within: float, condition: Callable[[], bool]) -> bool:
        """Receive reports until a condition holds or the process has ended; return whether it holds in time."""
        deadline = time.monotonic() + within
        while not condition() and self.alive and time.monotonic() < deadline:
            self.receive(LOOK_EVERY)
        if not self.alive:
            self.receive(0)
        return condition()

    def _send(self, instruction: Instruction) -> None:
        self.report = None
        with suppress(OSError):  # it has died, which its supervisor notices
            self.process.connection.send(instruction)

    def _send_spec(self, spec: ProducerSpec) -> None:
        try:
            self.process.connection.send(spec)
        except BrokenPipeError:  # it has already ended; `_wait_until_ready` reports that
            pass
        except (pickle.PicklingError, AttributeError, TypeError) as error:  # each of them, depending on what it is
            raise StartError(f"it cannot be sent to another process: {describe(error)}") from error

    def _wait_until_ready(self, should_end: Callable[[], bool]) -> Ready:
        deadline = time.monotonic() + start_timeout() + REPORTS_WITHIN
        message: Ready | StartFailed | None = None
        while message is None:
            if should_end():
                raise KeyboardInterrupt
            if time.monotonic() > deadline:
                raise StartError(not_within("its workers were not ready"))
            try:
                message = self.process.receive(LOOK_EVERY)
            except EOFError:
                self.process.join(ENDS_WITHIN)  # its connection closes a moment earlier
                code = self.process.exit_code
                how = "" if code is None else f": it {how_it_ended(code)}"
                raise StartError(f"its producer ended before it was ready{how}") from None
        if isinstance(message, StartFailed):
            raise StartError(message.reason)
        return message
