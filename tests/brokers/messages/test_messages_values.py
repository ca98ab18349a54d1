"""What goes through a broker arrives as itself, or is refused by the name of its type, on either side."""

import array
import datetime as dt
import decimal
import enum
import threading
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.messages import pack, pack_outcomes, unpack, unpack_outcomes
from crossover.contract.tasks import Batch, Outcomes
from crossover.recording.fingerprint import fingerprint

OURS = "module:function"
PLENTY = 2**30


@dataclass
class Order:
    number: int


class Light(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Named(str):
    __slots__ = ()


class Record(msgspec.Struct):
    number: int


class Moment(dt.datetime):
    pass


class Point(NamedTuple):
    x: int
    y: int


STRANGE = {
    "test_messages_values.Order": Order(1),
    "test_messages_values.Light": Light.RED,
    "test_messages_values.Level": Level.LOW,
    "test_messages_values.Named": Named("name"),
    "test_messages_values.Record": Record(1),
    "test_messages_values.Point": Point(1, 2),
    "memoryview": memoryview(b"x"),
    "msgspec.msgpack.Ext": msgspec.msgpack.Ext(1, b"\1"),
    "array.array": array.array("q", [1]),
    "collections.defaultdict": defaultdict(int, a=1),
    "test_messages_values.Moment": Moment(2026, 1, 2),
    "lock": threading.Lock(),
}
AROUND = {
    "alone": lambda thing: thing,
    "in a list": lambda thing: [1, [thing]],
    "in a tuple": lambda thing: (1, (thing,)),
    "in a dict": lambda thing: {"a": {"b": [None, thing]}},
    "beside a large integer": lambda thing: [2**70, {"\udc80": thing}],
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("name", STRANGE)
def test_what_would_arrive_as_something_else_is_refused_by_name_on_both_sides(name, around):
    thing = around(STRANGE[name])
    packed = pack(Batch(5, 3, [1, thing, "x"]), OURS, PLENTY)
    assert list(packed.failed) == [1]
    assert [unpack(message, OURS) for _, _, message in packed.messages] == [Batch(5, 1, [1]), Batch(7, 1, ["x"])]
    (message,) = pack_outcomes(Outcomes(5, 3, [1, thing, "x"], {2: "wrong"}, 1, 2, 3), PLENTY)
    back = unpack_outcomes(message)
    assert back.values == [1, None, "x"]
    assert back.errors == {1: packed.failed[1], 2: "wrong"}
    assert packed.failed[1].startswith("cannot be sent as MessagePack: ")
    assert name.rpartition(".")[2] in packed.failed[1]


@pytest.mark.parametrize("key", [Light.RED, frozenset({Light.RED}), (1, Level.LOW), Named("a")])
def test_a_key_that_would_arrive_as_something_else_is_refused(key):
    assert "cannot be sent as MessagePack: " in pack(Batch(0, 1, [[{key: 1}]]), OURS, PLENTY).failed[0]


def test_a_type_is_named_without_control_characters():
    odd = type("od\x1b[2Jd", (set,), {})
    assert r"od\x1b[2Jd" in pack(Batch(0, 1, [[odd()]]), OURS, PLENTY).failed[0]


def test_what_contains_itself_is_refused():
    endless = [1]
    endless.append(endless)
    assert "RecursionError" in pack(Batch(0, 1, [endless]), OURS, PLENTY).failed[0]


TRAVEL = [decimal.Decimal("1.10"), uuid.UUID(int=1), {1, (2, "b")}, Counter("aab"), dt.date(2026, 1, 2)]
ANY = st.recursive(
    st.sampled_from(
        [None, True, 0, 0.5, "a", b"a", *TRAVEL, *(thing for thing in STRANGE.values() if thing is not None)]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from([1, "a", (1, "b"), 2**70]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.lists(ANY, min_size=1, max_size=3))
def test_what_is_not_refused_arrives_as_itself_but_tuples_as_lists(payloads):
    packed = pack(Batch(0, len(payloads), payloads), OURS, PLENTY)
    for first, size, message in packed.messages:
        arrived = unpack(message, OURS).payloads
        sent = payloads[first : first + size]
        assert repr(arrived) == repr([_with_lists(thing) for thing in sent])
        assert list(map(fingerprint, arrived)) == list(map(fingerprint, sent))  # as where it does not travel
    assert all(_has_strange(payloads[position]) for position in packed.failed)


def _with_lists(thing):
    if type(thing) in {list, tuple}:
        return [_with_lists(item) for item in thing]
    if type(thing) is dict:
        return {key: _with_lists(item) for key, item in thing.items()}
    return thing


def _has_strange(thing):
    if type(thing) is dict:
        return any(map(_has_strange, thing.values()))
    if type(thing) in {list, tuple}:
        return any(map(_has_strange, thing))
    return any(thing is strange for strange in STRANGE.values())
