"""What a worker process does with a call: bytes in, bytes out, and nothing is raised."""

from __future__ import annotations

from brokers.messages import Refused
from crossover.jobs.outcomes import ERROR as FAILED
from crossover.jobs.outcomes import VALUE as DONE
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.calls import decode_call
from crossover.jobs.remote.replies import encode_outcome
from crossover.jobs.remote.signing import Signer
from crossover.jobs.remote.values import Reader


class NotSentError(TypeError):
    """The value of a task cannot be sent back."""


class Performer:
    """Does calls from a broker; the outcome is the message for the broker, after one byte that says whether it failed.

    It is given to worker processes as it is: it can be pickled, and its key goes through their pipe.

    Args:
        allowed: what may run.
        worker: its name, for sentences and outcomes.
        signer: checks calls and signs outcomes.
    """

    def __init__(self, allowed: AllowList, worker: str, signer: Signer) -> None:
        self.allowed = allowed
        self.worker = worker
        self.signer = signer
        self._reader = Reader(allowed)

    def __reduce__(self) -> tuple[type, tuple[AllowList, str, Signer]]:
        return type(self), (self.allowed, self.worker, self.signer)

    def __call__(self, message: bytes) -> bytes:
        """Return the outcome of the call in a message."""
        number = run = ""
        try:
            call = decode_call(message, self.signer, self.worker)
            number, run = call.number, call.run
            value = call.do(self._reader)
        except BaseException as error:  # SystemExit and KeyboardInterrupt reach the future, too
            return FAILED + self.failed(number, run, error)
        try:
            return DONE + encode_outcome(number, run, value=value, worker=self.worker, signer=self.signer)
        except Exception as error:
            unsent = NotSentError(f"the value of {call.function} cannot be sent back: {error}")
            return FAILED + self.failed(number, run, unsent)

    def failed(self, number: str, run: str, error: BaseException) -> bytes:
        """Return the outcome of a call that has failed, or that is not done: refused, or its worker has died."""
        if isinstance(error, Refused):
            error = PermissionError(str(error))
        return encode_outcome(number, run, error=error, worker=self.worker, signer=self.signer)
