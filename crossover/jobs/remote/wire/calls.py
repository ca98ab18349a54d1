"""Calls as messages: any client of the broker can send one, so each part is checked.

format, number, reply_to, "call", run, sent, python, code, function, timeout, safe, form, arguments, keywords
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from msgspec.msgpack import Decoder

from brokers.external.python_version import PYTHON
from brokers.messages import Refused
from crossover.contract.text import readable
from crossover.jobs.lines import do_lines
from crossover.jobs.remote.signing import Signer
from crossover.jobs.remote.values import Reader, classes_of_the_script
from crossover.jobs.remote.wire.code_version import code_version
from crossover.jobs.remote.wire.envelope import FORMAT, THE_SAME, UNSIGNED, encoded, encoded_if_plain, why_unreadable
from crossover.jobs.remote.wire.functions import reference_of
from crossover.workers.forks import only_here

CALL = "call"


class Form(StrEnum):
    """What the arguments of a call are."""

    CALL = "call"  # its arguments
    CALLS = "calls"  # those of several calls, whose values are wanted as a list
    LINES = "lines"  # lines of a job, with each of which the function is called


class Call(NamedTuple):
    """A call as its message has it; its arguments are not decoded yet.

    Attributes:
        format: of the message.
        number: of the call: its run and its ordinal there, as "run-ordinal".
        reply_to: the name of the queue of its outcome.
        kind: CALL.
        run: the executor that has sent it.
        sent: when, in seconds of the epoch.
        python: its version there.
        code: version of crossover there.
        function: as "module:function".
        timeout: seconds that it may run; None: any time.
        safe: whether it is repeated where its worker has died.
        form: what its arguments are: those of one call, of several ones, or lines of a job.
        arguments: encoded.
        keywords: encoded.
    """

    format: int
    number: str
    reply_to: str
    kind: str
    run: str
    sent: float
    python: str
    code: str
    function: str
    timeout: float | None
    safe: bool
    form: Form
    arguments: msgspec.Raw
    keywords: msgspec.Raw

    @property
    def ordinal(self) -> int:
        """Its place among the calls of its run."""
        return int(self.number.rpartition("-")[2])

    def do(self, reader: Reader) -> Any:
        """Run the function that was called, and return its value.

        Raises:
            Refused: the function or the class of an argument is not allowed.
        """
        function = reader.allowed.function(self.function)
        arguments = reader.decode(self.arguments)
        keywords = reader.decode(self.keywords)
        if self.form is Form.LINES:
            return do_lines(function, *arguments)
        function = only_here(function)
        if self.form is Form.CALLS:
            return [function(*one, **keywords) for one in arguments]
        return function(*arguments, **keywords)


_read_call = Decoder(Call).decode


def encode_call(
    number: str,
    run: str,
    function: Callable[..., Any] | str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    reply_to: str,
    timeout: float | None = None,
    *,
    safe: bool = False,
    form: Form = Form.CALL,
    main: bool = False,
    signer: Signer = UNSIGNED,
) -> bytes:
    """Return the message that carries a call.

    Args:
        number: "run-ordinal".
        run: of the executor.
        function: that a worker can import, or its "module:function".
        args: its arguments; those of each call; or lines.
        kwargs: its keywords.
        reply_to: the queue of its outcome.
        timeout: seconds that it may run.
        safe: whether it is repeated where its worker has died.
        form: what `args` are.
        main: whether workers load the script itself.
        signer: signs it.

    Raises:
        TypeError: the function, or an argument, cannot be carried.
    """
    arguments = [list(one) for one in args] if form is Form.CALLS else list(args)
    reference = function if isinstance(function, str) else reference_of(function, main=main)
    head = (FORMAT, number, reply_to, CALL, run, time.time(), PYTHON, code_version(), reference, timeout, safe, form)
    parts = [arguments, dict(kwargs)]
    body = encoded_if_plain(head, parts)
    if body is None:
        with classes_of_the_script(main):
            body = encoded(head, parts)
    return signer.seal(body)


def decode_call(message: bytes, signer: Signer = UNSIGNED, worker: str = "this worker") -> Call:
    """Return the call in a message; its arguments are decoded where it runs.

    Args:
        message: from any client of the broker.
        signer: checks its signature.
        worker: its name, for sentences.

    Raises:
        Refused: it is broken, not signed as it must be, or of another format, Python or version of the code.
    """
    return read_call(signer.open(message, worker), worker)


def read_call(body: bytes, worker: str = "this worker") -> Call:
    """Return the call in a message whose signature was checked; arguments and errors as for `decode_call`."""
    try:
        call = _read_call(body)
        int(call.number.removeprefix(f"{call.run}-"))
    except Exception as error:
        raise Refused(why_unreadable(body, error, worker)) from error
    if call.format != FORMAT or call.kind != CALL:
        raise Refused(why_unreadable(body, ValueError("it is no call"), worker))
    if call.python != PYTHON:
        theirs = readable(call.python[:20])
        raise Refused(
            f"it comes from Python {theirs}; {worker} runs Python {PYTHON}: use the same minor version on both sides"
        )
    if call.code != code_version():
        theirs = readable(call.code[:40])
        raise Refused(f"it comes from crossover {theirs}; {worker} runs crossover {code_version()}: {THE_SAME}")
    return call
