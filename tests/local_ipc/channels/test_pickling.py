"""Batches and outcomes come out of their messages as they went in; what cannot travel is named."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from task_functions import Grumpy

from crossover.contract.tasks import ALL_ACCEPTED, Batch, Outcomes, Receipt
from local_ipc.channels.pickling import (
    pack,
    pack_outcomes,
    unpack,
    unpack_outcomes,
    unwrap,
    unwrap_outcomes,
    wrap,
    wrap_outcomes,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
PAYLOADS = st.lists(JSON, min_size=1, max_size=9)
FIRST = st.integers(0, 2**40)
OUT = [(pack, unpack), (wrap, unwrap)]
BACK = [(pack_outcomes, unpack_outcomes), (wrap_outcomes, unwrap_outcomes)]


@pytest.mark.long
@pytest.mark.parametrize(("write", "read"), OUT)
@given(FIRST, PAYLOADS)
def test_a_batch_comes_out_as_it_went_in(write, read, first, payloads):
    batch = Batch(first, len(payloads), payloads)
    (message,), submission = write(batch)
    assert read(message) == batch
    assert isinstance(read(message), Batch)
    assert submission is ALL_ACCEPTED


@pytest.mark.long
@pytest.mark.parametrize(("write", "read"), BACK)
@given(FIRST, PAYLOADS, st.dictionaries(st.integers(0, 8), st.text(), max_size=3))
def test_outcomes_come_out_as_they_went_in(write, read, first, values, errors):
    outcomes = Outcomes(first, len(values), values, errors, 77, 1, 2)
    assert read(write(outcomes)) == outcomes
    assert isinstance(read(write(outcomes)), Outcomes)


@pytest.mark.long
@pytest.mark.parametrize(("write", "read"), OUT)
@given(FIRST, st.lists(JSON, max_size=4), st.lists(JSON, max_size=4))
def test_only_what_cannot_be_pickled_stays_behind(write, read, first, before, after):
    payloads = [*before, threading.Lock(), *after]
    messages, submission = write(Batch(first, len(payloads), payloads))
    arrived = {}
    for message in messages:
        batch = read(message)
        assert batch.size == len(batch.payloads) > 0
        arrived.update(zip(range(batch.first, batch.first + batch.size), batch.payloads, strict=True))
    expected = dict(enumerate(payloads, start=first))
    del expected[first + len(before)]
    assert arrived == expected
    assert submission.refused == {len(before): "cannot be pickled: TypeError: cannot pickle '_thread.lock' object"}
    assert submission.receipt is Receipt.ACCEPTED


@pytest.mark.long
@pytest.mark.parametrize(("write", "read"), BACK)
@given(st.lists(JSON, max_size=4), st.lists(JSON, max_size=4))
def test_a_value_that_cannot_be_pickled_becomes_an_error(write, read, before, after):
    values = [*before, threading.Lock(), *after]
    found = read(write(Outcomes(5, len(values), values, {}, 77, 1, 2)))
    assert found.values == [*before, None, *after]
    assert list(found.errors) == [len(before)]
    assert "cannot be pickled" in found.errors[len(before)]


@pytest.mark.parametrize("first", [0, 1, 255, 256, 65_535, 65_536, 2**31, 2**40])
@pytest.mark.parametrize("size", [1, 2, 300, 70_000])
def test_what_cannot_be_read_fails_for_each_of_its_tasks(first, size):
    (message,), _ = pack(Batch(first, size, [Grumpy() for _ in range(size)]))
    found = unpack(message)
    assert isinstance(found, Outcomes)
    assert (found.first, found.size, found.values) == (first, size, [None] * size)
    assert list(found.errors) == list(range(size))
    assert found.errors[0].startswith("cannot be unpickled: RuntimeError: I will not")
