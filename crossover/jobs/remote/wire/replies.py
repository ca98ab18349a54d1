"""What has become of calls, as messages: anybody may have sent them, so each part is checked.

format, number, "", kind (begun, value, error), run, worker, value or error, traceback
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from msgspec.msgpack import Decoder

from brokers.messages import Refused
from crossover.contract.text import readable
from crossover.jobs.errors import CallRefusedError
from crossover.jobs.remote.signing import MAC, SIGNED, Signer
from crossover.jobs.remote.values import Reader, encode
from crossover.jobs.remote.wire.envelope import FORMAT, UNSIGNED, encoded, why_unreadable
from crossover.jobs.remote.wire.exceptions import ErrorMessage, error_data, error_from, traceback_text

BEGUN, VALUE, ERROR = "begun", "value", "error"


class Outcome(NamedTuple):
    """What has become of a call, as its message has it; its value is not decoded yet.

    Attributes:
        format: of the message.
        number: of the call.
        nowhere: empty: nobody answers it.
        kind: begun, value or error.
        run: the executor that has sent the call.
        worker: that has done it.
        content: the value or the error, encoded.
        traceback: of the worker.
    """

    format: int
    number: str
    nowhere: str
    kind: str
    run: str
    worker: str
    content: msgspec.Raw
    traceback: str

    def value(self, reader: Reader) -> Any:
        """Return the value.

        Raises:
            Exception: it cannot be decoded here.
        """
        return reader.decode(self.content)

    def error(self, reader: Reader) -> BaseException:
        """Return the exception, with the worker's traceback as its cause."""
        return error_from(_read_error(self.content), reader, self.traceback)


_read_outcome = Decoder(Outcome).decode
_read_error = Decoder(ErrorMessage).decode


def encode_outcome(
    number: str,
    run: str,
    *,
    value: Any = None,
    error: BaseException | None = None,
    worker: str = "",
    signer: Signer = UNSIGNED,
) -> bytes:
    """Return the message that carries the value of a call, or the exception that it has raised.

    Raises:
        TypeError: the value cannot be carried.
    """
    if error is None:
        return signer.seal(encoded((FORMAT, number, "", VALUE, run, worker), [value], ""))
    head = (FORMAT, number, "", ERROR, run, worker, error_data(error), traceback_text(error))
    return signer.seal(encode(head))


def encode_begun(number: str, run: str, worker: str = "", signer: Signer = UNSIGNED) -> bytes:
    """Return the note that a worker has begun a call."""
    return signer.seal(encode((FORMAT, number, "", BEGUN, run, worker, None, "")))


def decode_outcome(message: bytes, signer: Signer = UNSIGNED) -> Outcome:
    """Return the outcome in a message, or the note that a call has begun.

    Raises:
        Refused: it is broken, of another format, or not signed as it must be.
    """
    body = signer.open(message, "this executor")
    try:
        outcome = _read_outcome(body)
    except Exception as error:
        raise Refused(why_unreadable(body, error, "this executor")) from error
    if outcome.format != FORMAT or outcome.kind not in {BEGUN, VALUE, ERROR}:
        raise Refused(why_unreadable(body, ValueError("it is no outcome"), "this executor"))
    return outcome


def refusal_in(message: bytes) -> tuple[str, str]:
    """Return number and reason, if a message says that its call was refused, whoever has signed it; else nothing.

    A worker with another key cannot sign its refusal. Whoever can write to the queue could also remove calls from it.
    """
    try:
        read = _read_outcome(message[1 + MAC :] if message[:1] == SIGNED else message)
        error = _read_error(read.content) if read.kind == ERROR else None
    except Exception:
        return "", ""
    refused = error is not None and error.name == CallRefusedError.__name__
    return (read.number, readable(error.text)) if refused and error is not None else ("", "")
