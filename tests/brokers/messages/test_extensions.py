"""Objects that people return - dates, decimals, sets, counters, arrays - arrive as themselves through a broker."""

import dataclasses
import datetime as dt
import enum
import pickle
from collections import Counter, OrderedDict, defaultdict, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from brokers.messages import Refused, encode, pack, pack_outcomes, unpack, unpack_outcomes
from brokers.messages.batches import FORMAT
from crossover.contract.tasks import Batch, Outcomes
from crossover.recording.fingerprint import fingerprint

OURS = "module:function"
PLENTY = 2**30
ARRIVE = [
    dt.datetime(2026, 1, 2, 3, 4, 5, 678),  # noqa: DTZ001 - without a zone, as people write it
    dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=-3, seconds=7), "here")),
    dt.date(2026, 1, 2),
    dt.time(1, 2, 3, 4),
    dt.timedelta(-1, 5, 7),
    Decimal("1.10"),
    Decimal("-sNaN12"),
    UUID(int=2**100),
    Fraction(-(10**30), 3),
    {1, "a", (3, (4, frozenset({5})))},
    set(),
    frozenset({2**70, "\udc80"}),
    Counter("hello"),
    OrderedDict([("b", 1), ((1, 2), {1j})]),
    bytearray(b"x"),
    -0.0 + 1j,
    Path("/a/\udcff"),
    PurePosixPath("a/a"),
    {dt.date(2026, 1, 2): [{Decimal(1)}], UUID(int=1): 2**80},
]


def nested(value, times):
    """Return a value inside of so many sets."""
    return value if not times else frozenset({nested(value, times - 1)})


REFUSED = [
    dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=1), "a\udcff")),
    Fraction(1, 3**100_000),
    nested(1, 60),
]


def arrived(value):
    """Return what has become of a value on the way to a worker, and on the way back."""
    packed = pack(Batch(0, 1, [value]), OURS, PLENTY)
    assert not packed.failed
    (there,) = unpack(packed.messages[0][2], OURS).payloads
    back = unpack_outcomes(pack_outcomes(Outcomes(0, 1, [value], {}, 1, 2, 3), PLENTY)[0])
    assert not back.errors
    return there, back.values[0]


@pytest.mark.parametrize("value", ARRIVE, ids=lambda value: ascii(type(value)))
def test_it_arrives_as_itself_with_the_digest_that_it_has_where_it_is_pickled(value):
    for found in arrived(value):
        assert type(found) is type(value)
        assert repr(found) == repr(value)
        assert fingerprint(found) == fingerprint(value) == fingerprint(pickle.loads(pickle.dumps(value, 5)))


def test_numbers_and_arrays_of_numpy_arrive_as_themselves():
    numpy = pytest.importorskip("numpy")
    square = numpy.arange(6.0).reshape(2, 3)
    values = [
        *(numpy.float64(1.5), numpy.int64(-3), numpy.bool_(1), numpy.float32(0.1), numpy.complex128(1j)),
        *(numpy.datetime64("2026-01-02"), numpy.str_("ab"), [{"mean": numpy.float64(2)}]),
        *(square, square.T, square[:, ::2], numpy.zeros((0, 3)), numpy.array(5), numpy.array(["a", "bc"])),
        *(numpy.broadcast_to(square, (2, 2, 3)), numpy.arange(3, dtype=">i4"), numpy.array([True, False])),
    ]
    for value in values:
        for found in arrived(value):
            assert type(found) is type(value)
            assert repr(found) == repr(value)
            assert fingerprint(found) == fingerprint(value) == fingerprint(pickle.loads(pickle.dumps(value, 5)))


Point = namedtuple("Point", "x")  # noqa: PYI024 - as people write it


@dataclasses.dataclass
class Order:
    number: int


class Light(enum.Enum):
    RED = 1


class Amount(float):
    __slots__ = ()


class Other(dt.tzinfo):
    def utcoffset(self, _moment):
        return dt.timedelta(0)


@pytest.mark.parametrize(
    ("value", "instead"),
    [
        (Order(1), "Order would arrive as something else: return dataclasses.asdict(value)"),
        (Point(1), "Point would arrive as something else: return value._asdict()"),
        (Light.RED, "Light would arrive as something else: return value.value, or value.name"),
        (Amount(1), "Amount would arrive as something else: return float(value)"),
        (defaultdict(int), "collections.defaultdict would arrive as something else: return dict(value)"),
        (memoryview(b"a"), "memoryview would arrive as something else: return bytes(value)"),
        (range(3), "range would arrive as something else: return numbers, text, lists and dicts"),
        (dt.datetime(2026, 1, 2, tzinfo=Other()), "return value.astimezone(datetime.timezone.utc)"),
        ({1: [{Light.RED}]}, "Light would arrive as something else: return value.value, or value.name"),
    ],
)
def test_what_would_arrive_as_something_else_is_refused_with_what_to_return(value, instead):
    assert instead in pack(Batch(0, 1, [value]), OURS, PLENTY).failed[0]
    back = unpack_outcomes(pack_outcomes(Outcomes(0, 1, [value], {}, 1, 2, 3), PLENTY)[0])
    assert instead in back.errors[0]


def test_an_array_of_objects_is_refused_with_what_to_return():
    numpy = pytest.importorskip("numpy")
    refused = pack(Batch(0, 1, [numpy.array([object()])]), OURS, PLENTY).failed[0]
    assert "a NumPy array of object would arrive as something else: return value.tolist()" in refused


BROKEN = [
    (4, [[], {}]),
    (4, 1),
    (6, [1, 2]),
    (7, [[{}, 1]]),
    (8, 10**12),
    (9, "1j"),
    (10, ["not", "one"]),
    (10, "x"),
    (11, "1/0"),
    (11, "1e1000000000"),
    (12, b"short"),
    (13, "yesterday"),
    (15, ["2026-01-02", 0, "../../../etc/passwd"]),
    (15, ["2026-01-02", 7, None]),
    (16, [10**12, 0, 0]),
    (17, 1),
    (19, ["|O8", [1], b"12345678", False, True]),
    (19, ["<f8", [2**40], b"12345678", False, True]),
    (20, ["V8", [], b"12345678", False, True]),
    (20, ["<f8", [-2], b"", False, True]),
    (99, 1),
]


@pytest.mark.parametrize(("code", "data"), BROKEN)
def test_an_extension_that_is_broken_is_refused(code, data):
    thing = msgspec.msgpack.Ext(code, encode(data))
    with pytest.raises(Refused, match="it is broken"):
        unpack(encode((FORMAT, OURS, 0, 1, [thing])), OURS)


def test_objects_inside_each_other_are_refused_on_both_sides_before_the_stack_is_full():
    deep = OrderedDict()
    data = encode([])
    for _ in range(300):
        deep = OrderedDict(inner=deep)
        data = encode([["inner", msgspec.msgpack.Ext(7, data)]])
    assert "nested more than 50 deep" in pack(Batch(0, 1, [deep]), OURS, PLENTY).failed[0]
    with pytest.raises(Refused, match="it is broken: ValueError: sets and the like are nested more than 50 deep"):
        unpack(encode((FORMAT, OURS, 0, 1, [msgspec.msgpack.Ext(7, data)])), OURS)
    assert arrived(OrderedDict(a=OrderedDict(b={1})))[0] == {"a": {"b": {1}}}


@pytest.mark.parametrize("depth", range(46, 52))
def test_what_is_sent_can_be_read_however_deep_it_is_nested(depth):
    value = nested(2**70, depth)
    message = pack_outcomes(Outcomes(0, 3, [1, value, 2], {}, 1, 2, 3), PLENTY)[0]
    back = unpack_outcomes(message)
    assert back.values[::2] == [1, 2]
    assert (back.values[1] == value) != bool(back.errors)


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: ascii(type(value)))
def test_what_cannot_be_read_again_is_not_sent_and_spoils_nothing_beside_it(value):
    back = unpack_outcomes(pack_outcomes(Outcomes(0, 3, [1, value, 2], {}, 1, 2, 3), PLENTY)[0])
    assert back.values == [1, None, 2]
    assert list(back.errors) == [1]


def test_an_empty_text_of_numpy_arrives():
    numpy = pytest.importorskip("numpy")
    assert all(arrived(value) == (value, value) for value in (numpy.str_(""), numpy.bytes_(b"")))


def test_dicts_inside_each_other_take_no_more_time_for_each_level_than_one():
    value = 1
    for _ in range(40):
        value = {(1, 2): value}
    assert arrived(value) == (value, value)
