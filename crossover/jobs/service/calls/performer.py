"""What a process of a worker does with the message of a call."""

from __future__ import annotations

import pickle
import signal
import time
from importlib import import_module
from typing import NamedTuple

from crossover.contract.errors import StartError
from crossover.contract.text import describe
from crossover.jobs.errors import NotSentError
from crossover.jobs.outcomes import ERROR, PROTOCOL, VALUE, error_message
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.messages import Call, Refused, decode_call, encode_outcome, read_call
from crossover.jobs.remote.signing import Signer
from crossover.jobs.remote.values import Reader
from workloads.user_modules import restore_variables, search_user_folders

NOTHING = b"\x00"
"""Instead of a call: says that a process is ready."""


class Done(NamedTuple):
    """What has become of a call.

    Attributes:
        seconds: that it ran; less than 0: it is not known.
        outcome: the message for its executor.
        why: the exception, in a few words; empty: there was none.
    """

    seconds: float
    outcome: bytes
    why: str = ""


class Performer:
    """Does calls: `WorkerSetup.perform`. The outcome of each travels as the value of a task, with what the log needs.

    It can be pickled: the key goes through the pipe of a process.

    Args:
        allowed: what may run.
        worker: its name, for sentences and outcomes.
        signer: checks calls and signs outcomes.
    """

    def __init__(self, allowed: AllowList, worker: str, signer: Signer) -> None:
        self.allowed, self.worker, self.signer = allowed, worker, signer
        self._reader = Reader(allowed)

    def __reduce__(self) -> tuple[type, tuple[AllowList, str, Signer]]:
        return type(self), (self.allowed, self.worker, self.signer)

    def __call__(self, body: bytes) -> bytes:
        """Return a pickle of what has become of a call; its service has checked its signature."""
        try:
            done = None if body == NOTHING else tuple(self._do(read_call(body, self.worker)))
            return VALUE + pickle.dumps(done, PROTOCOL)
        except BaseException as error:
            return ERROR + error_message(error)

    def do(self, message: bytes) -> Done:
        """Do a call; return what has become of it.

        Raises:
            Refused: the message is not one that may run here.
        """
        return self._do(decode_call(message, self.signer, self.worker))

    def failed(self, number: str, run: str, error: BaseException, seconds: float = -1) -> Done:
        """Return what has become of a call that has failed, or that is not done: refused, or its process has died."""
        outcome = encode_outcome(number, run, error=error, worker=self.worker, signer=self.signer)
        return Done(seconds, outcome, describe(error))

    def _do(self, call: Call) -> Done:
        began = time.perf_counter()
        try:
            value = call.do(self._reader)
        except BaseException as error:  # SystemExit and KeyboardInterrupt reach the future, too
            return self.failed(call.number, call.run, error, time.perf_counter() - began)
        seconds = time.perf_counter() - began
        try:
            outcome = encode_outcome(call.number, call.run, value=value, worker=self.worker, signer=self.signer)
        except Exception as error:
            unsent = NotSentError(f"the value of {call.function} cannot be sent back: {error}")
            return self.failed(call.number, call.run, unsent, seconds)
        return Done(seconds, outcome)


def prepare_process(performer: Performer, initial: bytes = b"") -> None:
    """Begin a process: import what is allowed, so that the first call does not wait for that.

    SIGTERM, which may be sent to a whole group, is for the service: it decides what becomes of the call.

    Args:
        performer: of this process.
        initial: a call to do first; empty: none.

    Raises:
        StartError: there is no such module.
        Exception: it cannot be imported, or the call has failed.
    """
    allowed = performer.allowed
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    search_user_folders()
    restore_variables()
    for one in allowed.listed:
        _import(one, allowed)
    if initial:
        decode_call(initial, performer.signer, performer.worker).do(Reader(allowed))


def _import(listed: str, allowed: AllowList) -> None:
    try:
        if ":" in listed:
            allowed.function(listed)
        else:
            import_module(listed)
    except (ModuleNotFoundError, Refused) as error:
        cause = error.__cause__ or error
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        if missing and f"{listed.partition(':')[0]}.".startswith(f"{missing}."):
            raise StartError(f"--allow {listed}: there is no module {missing!r}") from None
        if isinstance(cause, Refused | AttributeError):
            raise StartError(f"--allow {listed}: {error}") from None
        raise
