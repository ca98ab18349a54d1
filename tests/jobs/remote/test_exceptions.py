"""Exceptions of tasks arrive as themselves, or say what they were."""

import json
import subprocess

import pytest
import remote_functions as sample

from brokers.messages import Refused
from crossover.jobs.errors import CallRefusedError, RemoteError, RemoteTraceback, TaskTimeoutError, WorkerDiedError
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.messages import decode_outcome, encode_outcome
from crossover.jobs.remote.values import Reader, encode
from crossover.jobs.remote.wire.exceptions import ErrorMessage, error_from


def carried(error, allow=("remote_functions",)):
    try:
        raise error  # noqa: TRY301 - for its traceback
    except BaseException as raised:
        message = encode_outcome("run-0", "run", error=raised)
    return decode_outcome(message).error(Reader(AllowList(allow)))


@pytest.mark.parametrize(
    "error",
    [
        ValueError("text", (1, 2)),
        KeyError(("a", 1)),
        FileNotFoundError(2, "no such file", "name"),
        SystemExit(3),
        KeyboardInterrupt(),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
        json.JSONDecodeError("bad", "document", 3),
        subprocess.CalledProcessError(1, ["command"], output="out"),
        sample.SimpleError("text"),
        TaskTimeoutError("too long"),
        WorkerDiedError("died", 5, -9),
    ],
    ids=lambda error: type(error).__name__,
)
def test_exceptions_arrive_as_themselves(error):
    found = carried(error)
    assert type(found) is type(error)
    assert str(found) == str(error)
    assert found.args == error.args
    ours = {name: value for name, value in vars(error).items() if name != "__notes__"}
    assert vars(found) == ours


def test_the_traceback_of_the_worker_is_the_cause():
    found = carried(ValueError("x"))
    assert type(found.__cause__) is RemoteTraceback
    assert "test_exceptions.py" in str(found.__cause__)


def test_notes_attributes_and_groups_are_kept():
    error = ExceptionGroup("several", [sample.SimpleError("one"), ExceptionGroup("inner", [KeyError("two")])])
    error.add_note("a note")
    error.exceptions[0].add_note("of the first")
    error.exceptions[0].code = (1, 2)
    found = carried(error)
    assert type(found) is ExceptionGroup
    assert found.message == "several"
    assert found.__notes__ == ["a note"]
    first, inner = found.exceptions
    assert (type(first), first.__notes__, first.code) == (sample.SimpleError, ["of the first"], (1, 2))
    assert repr(inner.exceptions[0]) == "KeyError('two')"


@pytest.mark.parametrize(
    ("error", "allow"),
    [
        (sample.SimpleError("text"), ()),
        (sample.OwnError("text", code=3), ("remote_functions",)),
        (ValueError(object()), ()),
    ],
)
def test_what_cannot_be_made_here_says_its_type_and_text(error, allow):
    error.add_note("a note")
    found = carried(error, allow)
    assert type(found) is RemoteError
    assert type(error).__name__ in str(found)
    assert str(error) in str(found)
    assert found.__notes__ == ["a note"]
    assert "Traceback" in str(found.__cause__)


def test_an_exception_whose_text_cannot_be_made_arrives_too():
    class UnprintableError(Exception):
        def __str__(self):
            raise RuntimeError

    assert "its text cannot be made" in str(carried(UnprintableError()))


def test_a_call_that_is_refused_says_so():
    found = carried(Refused("this worker does not run 'a:b'"))
    assert type(found) is CallRefusedError
    assert str(found) == "this worker does not run 'a:b'"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("remote_functions", "dies"),
        ("os", "abort"),
        ("os", "PathLike"),
        ("builtins", "exec"),
        ("never_imported", "Error"),
    ],
)
def test_no_class_is_made_that_is_no_exception(module, name):
    """Whoever sends a message chooses the name of the class."""
    data = ErrorMessage(module, name, "text", encode(["x"]), None, [])
    found = error_from(data, Reader(AllowList(["remote_functions"])), "")
    assert repr(found) == repr(RemoteError(f"{module}.{name}: text"))
