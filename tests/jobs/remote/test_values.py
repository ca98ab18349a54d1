"""Arguments and values arrive as what they were, or are refused with the way out."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import http
import uuid
import zoneinfo
from typing import NamedTuple

import pytest
import remote_functions as sample
from hypothesis import given
from hypothesis import strategies as st

from brokers.messages import Refused
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.messages import decode_outcome, encode_outcome
from crossover.jobs.remote.values import Reader

READER = Reader(AllowList(["remote_functions"]))

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**63, max_value=2**300)
    | st.floats(allow_nan=False)
    | st.text()
    | st.text(st.characters())
    | st.binary()
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.just(dt.UTC) | st.just(zoneinfo.ZoneInfo("Europe/Berlin")))
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.uuids()
    | st.complex_numbers(allow_nan=False)
    | st.sampled_from(list(sample.Colour))
    | st.sampled_from([sample.Rights.READ, sample.Rights.READ | sample.Rights.WRITE, sample.Rights(0)])
)
keys = st.integers() | st.text() | st.dates() | st.tuples(st.integers(), st.text()) | st.sampled_from(sample.Colour)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
        | st.sets(keys, max_size=4)
        | st.frozensets(keys, max_size=4)
        | st.builds(sample.Point, st.floats(allow_nan=False), inner)
        | st.builds(sample.Frozen, st.text(), st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=12,
)


def carried(value, reader=READER):
    return decode_outcome(encode_outcome("run-0", "run", value=value)).value(reader)


def typed(value):
    """Return a value with the types of all its parts, to compare what == does not."""
    if dataclasses.is_dataclass(value):
        return type(value), [typed(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, dict):
        return type(value), [(typed(key), typed(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [typed(item) for item in value]
    if isinstance(value, set | frozenset):
        return type(value), {(type(item), item) for item in value}
    return type(value), repr(value)


@pytest.mark.long
@given(values)
def test_every_value_arrives_as_what_it_was(value):
    assert typed(carried(value)) == typed(value)


@pytest.mark.parametrize(
    "value",
    [collections.Counter("abca"), collections.OrderedDict([((1, 2), (3,))]), bytearray(b"x"), float("inf"), -0.0],
)
def test_classes_of_the_library_arrive_as_themselves(value):
    assert typed(carried(value)) == typed(value)


def test_numbers_and_arrays_of_numpy_arrive_as_themselves():
    numpy = pytest.importorskip("numpy")
    assert typed(carried(numpy.float64(1.5))) == typed(numpy.float64(1.5))
    found = carried((numpy.arange(6).reshape(2, 3),))
    assert type(found) is tuple
    assert (found[0] == [[0, 1, 2], [3, 4, 5]]).all()


class Word(str):
    __slots__ = ()


class Number(int):
    pass


class Pair(NamedTuple):
    first: int
    second: int


@pytest.mark.parametrize(
    ("value", "way_out"),
    [
        (Word("x"), "str(value)"),
        (Number(3), "int(value)"),
        (Pair(1, 2), "value._asdict()"),
        (collections.defaultdict(list), "dict(value)"),
        (object(), "numbers, text, lists and dicts"),
        (memoryview(b"x"), "bytes(value)"),
    ],
)
def test_what_would_lose_its_type_is_refused_with_the_way_out(value, way_out):
    for nested in (value, [value], {"key": (value,)}):
        with pytest.raises(TypeError, match="would arrive as something else") as caught:
            carried(nested)
        assert way_out in str(caught.value)
        assert type(value).__name__ in str(caught.value)


def test_a_function_is_no_value():
    with pytest.raises(TypeError, match="send its name, or a value"):
        carried(sample.same)


def test_an_async_function_that_was_not_awaited_says_so():
    async def later():
        pass

    value = later()
    with pytest.raises(TypeError, match="the function is async"):
        carried(value)
    value.close()


def test_a_class_that_the_other_side_cannot_find_is_refused():
    @dataclasses.dataclass
    class Local:
        x: int

    with pytest.raises(TypeError, match="Local cannot be found by its name on the other side"):
        carried(Local(1))
    colours = enum.Enum("colours", ["RED"])
    with pytest.raises(TypeError, match="cannot be found by its name"):
        carried(colours.RED)


def test_a_dataclass_with_more_than_its_fields_is_refused():
    point = sample.Point(1.0)
    point.note = "more"
    with pytest.raises(TypeError, match="has more than its fields"):
        carried(point)


@pytest.mark.parametrize("value", [sample.Point(1.0, (2,)), sample.Colour.GREEN, [{"a": sample.Rights.WRITE}]])
def test_objects_of_a_class_that_is_not_allowed_are_not_made(value):
    with pytest.raises(Exception, match="remote_functions") as caught:
        carried(value, Reader(AllowList(["http"])))
    assert "--allow remote_functions" in str(caught.value)


def test_members_of_an_enum_of_an_allowed_module_of_the_library_arrive():
    assert carried(http.HTTPStatus.OK, Reader(AllowList(["http"]))) is http.HTTPStatus.OK


def test_a_dataclass_of_another_version_is_refused(monkeypatch):
    message = encode_outcome("run-0", "run", value=sample.Frozen("a"))

    @dataclasses.dataclass
    class Other:
        name: str

    Other.__module__, Other.__qualname__ = "remote_functions", "Frozen"
    monkeypatch.setattr(sample, "Frozen", Other)
    with pytest.raises(Exception, match="both sides need the same version"):
        decode_outcome(message).value(Reader(AllowList(["remote_functions"])))


def test_what_is_nested_too_deeply_is_refused():
    value = ()
    for _ in range(200):
        value = (value,)
    with pytest.raises(ValueError, match="nested more than 50 deep"):
        carried(value)


@pytest.mark.long
@given(st.binary(max_size=60))
def test_nonsense_is_refused_and_nothing_else(message):
    with pytest.raises(Refused):
        decode_outcome(message)


def test_types_of_the_library_arrive_as_themselves():
    value = (
        dt.date(2026, 1, 2),
        decimal.Decimal("1.10"),
        uuid.UUID(int=5),
        {1, 2},
        frozenset({3}),
        1j,
        b"\x00",
        10**40,
    )
    assert typed(carried(value)) == typed(value)
