"""Which functions can be called over a broker, and which calls a worker refuses."""

import functools
import math
import operator
import pickle

import msgspec
import pytest
import remote_functions as sample

from brokers.messages import Refused
from crossover.contract.errors import UsageError
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.messages import decode_call, encode_call, routing
from crossover.jobs.remote.values import Reader
from crossover.jobs.remote.wire.calls import Form


def call(function, *args, **kwargs):
    return encode_call("run-7", "run", function, args, kwargs, "replies", 5.0)


def done(function, *args, allow=("remote_functions",), **kwargs):
    return decode_call(call(function, *args, **kwargs)).do(Reader(AllowList(allow)))


def test_a_call_arrives_with_everything_that_belongs_to_it():
    found = decode_call(call(sample.same, (1, 2)))
    assert (found.number, found.ordinal, found.run, found.reply_to) == ("run-7", 7, "run", "replies")
    assert (found.function, found.timeout) == ("remote_functions:same", 5.0)
    assert found.do(Reader(AllowList(["remote_functions"]))) == (1, 2)
    assert routing(call(sample.same, 1)) == ("run-7", "replies")


def test_several_calls_can_travel_together():
    message = encode_call("run-0", "run", pow, [(2, 3), (2, 4)], {}, "replies", form=Form.CALLS)
    assert decode_call(message).do(Reader(AllowList(["builtins:pow"]))) == [8, 16]


@pytest.mark.parametrize(
    ("function", "args", "allow", "value"),
    [
        (pow, (2, 3), "builtins:pow", 8),
        (math.sqrt, (4,), "math", 2.0),
        (sample.Counter.two, (), "remote_functions:Counter.two", 2),
        (sample.cached, (4,), "remote_functions:cached", 8),
        (sample.Point, (1.0, 2), "remote_functions", sample.Point(1.0, 2)),
        (operator.add, (1, 2), "_operator:add", 3),
    ],
)
def test_what_has_a_name_can_be_called(function, args, allow, value):
    assert done(function, *args, allow=[allow]) == value


def local_function():
    def inner():
        pass

    return inner


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (
            lambda: 1,
            r"<lambda> is a lambda \(.*test_calls.py, line \d+\).*write it as a function at the top of a module",
        ),
        (local_function(), r"inner is defined inside a function \(.*test_calls.py, line \d+\).*move it to the top"),
        (functools.partial(pow, 2), "functools.partial has no name.*submit the function, and its arguments with it"),
        (sample.Counter(1).up, "Counter.up is a method of an object.*submit a function that takes the object's data"),
        (3, "an object of int has no name"),
    ],
)
def test_what_has_no_name_is_refused_with_what_to_do(function, sentence):
    with pytest.raises(TypeError, match=f"(?s){sentence}"):
        call(function)


def test_a_function_of_the_script_is_refused(monkeypatch):
    monkeypatch.setattr(local_function, "__module__", "__main__")
    monkeypatch.setattr("__main__.__spec__", None)
    with pytest.raises(TypeError, match=r"local_function is defined in the script itself.*move it to a module"):
        call(local_function)


def test_a_function_that_was_replaced_is_refused(monkeypatch):
    before = sample.fails
    monkeypatch.setattr(sample, "fails", sample.same)
    with pytest.raises(TypeError, match=r"remote_functions\.fails is not what a worker would find under that name"):
        call(before)


@pytest.mark.parametrize(
    ("function", "allow"),
    [
        (eval, "remote_functions"),
        (sample.same, "math"),
        (sample.same, "remote"),
        (sample.same, "remote_functions:exits"),
    ],
)
def test_a_function_that_is_not_allowed_is_named_with_the_way_out(function, allow):
    with pytest.raises(
        Refused, match=f"does not run '.*{function.__name__}'.*--allow {function.__module__} or --allow"
    ):
        done(function, "1", allow=[allow])


def test_what_a_module_has_only_imported_or_hides_is_not_allowed_with_it():
    for name in (
        "os",
        "time.sleep",
        "Path",
        "signal.raise_signal",
        "_own_error",
        "Counter.__init__",
        "dies.__globals__",
    ):
        with pytest.raises(Refused):
            AllowList(["remote_functions"]).function(f"remote_functions:{name}")


def test_nothing_is_imported_that_is_not_allowed():
    with pytest.raises(Refused, match="does not run 'never_imported:run'"):
        AllowList(["remote_functions"]).function("never_imported:run")


def test_what_cannot_be_imported_is_refused_with_the_reason():
    with pytest.raises(Refused, match="'no_such_module:f' cannot be imported here: ModuleNotFoundError"):
        AllowList(["no_such_module"]).function("no_such_module:f")


@pytest.mark.parametrize(
    ("allow", "sentence"),
    [
        ("builtins", "would allow exec and eval.*builtins:pow"),
        ("a b", "is no module"),
        ("", "is no module"),
        ("a:", "is no"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(allow, sentence):
    with pytest.raises(UsageError, match=sentence):
        AllowList([allow])


def test_a_list_can_be_given_to_a_worker_process():
    assert pickle.loads(pickle.dumps(AllowList(["math"]))).function("math:sqrt") is math.sqrt
    assert pickle.loads(pickle.dumps(AllowList(["*"]))).everything


@pytest.mark.parametrize(
    ("position", "value", "sentence"),
    [
        (0, 9, "it has message format 9; the worker on x reads format 2"),
        (6, "2.7", r"it comes from Python 2.7; the worker on x runs Python 3\.\d+"),
        (7, "0.0.1+abc", "it comes from crossover 0.0.1.abc; the worker on x runs crossover"),
        (3, "value", "it is broken"),
        (1, 5, "it is broken"),
        (1, "run-x", "it is broken"),
    ],
)
def test_a_worker_of_another_version_refuses_by_name(position, value, sentence):
    parts = msgspec.msgpack.decode(call(sample.same, 1))
    parts[position] = value
    with pytest.raises(Refused, match=sentence):
        decode_call(msgspec.msgpack.encode(parts), worker="the worker on x")


def test_another_format_may_have_other_parts_and_can_still_be_answered():
    message = msgspec.msgpack.encode([3, "run-1", "replies", {"anything": 1}])
    with pytest.raises(Refused, match="it has message format 3"):
        decode_call(message)
    assert routing(message) == ("run-1", "replies")
    assert routing(b"nonsense") == ("", "")
