"""What a future may raise besides the exception of its task."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from concurrent.futures.process import BrokenProcessPool


class WorkerDiedError(BrokenProcessPool):
    """The worker that ran the task ended before the task did; what catches the error of CPython's pool catches it.

    Attributes:
        pid: its process id.
        exit_code: its exit status, or minus the number of the signal that ended it; None: unknown.
    """

    def __init__(self, sentence: str, pid: int, exit_code: int | None) -> None:
        super().__init__(sentence)
        self.pid = pid
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type, tuple[str, int, int | None]]:
        return type(self), (str(self), self.pid, self.exit_code)


class TaskTimeoutError(TimeoutError):
    """The task took longer than it may; its worker was killed."""


class RemoteError(Exception):
    """An exception of a task that cannot be carried to this process: its type and its text."""


class RemoteTraceback(Exception):  # noqa: N818 - it is no error, it shows where one was raised
    """The traceback of a worker, as the cause of the exception that a future raises."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


class NotSentError(TypeError):
    """The value of a task cannot be sent back."""


class CallRefusedError(PermissionError):
    """A worker does not do the call: it does not allow the function, or the message is not what it accepts."""


class BrokerLostError(BrokenExecutor):
    """The server that carries calls is gone, or has lost the call."""


class NotAcceptedError(BrokerLostError):
    """The server has not said that it has accepted the call; it may have."""
