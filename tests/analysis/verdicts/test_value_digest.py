"""The digest of all values depends on each task's value, and on nothing else."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_histories import delivered, history_of

from crossover.analysis.verdict import value_digest
from crossover.recording.history import History

VALUES = st.lists(st.one_of(st.integers(), st.text(), st.none(), st.booleans(), st.floats()), min_size=2, max_size=20)


def in_batches(values, size):
    return [delivered(first, values[first : first + size]) for first in range(0, len(values), size)]


def digest(values, deliveries, batch=1):
    return value_digest(history_of(len(values), deliveries, batch))


@pytest.mark.long
@given(VALUES, st.randoms(use_true_random=False), st.integers(2, 7))
def test_neither_the_order_of_arrival_nor_the_batch_matters(values, random, size):
    one_by_one = in_batches(values, 1)
    shuffled = random.sample(one_by_one, len(one_by_one))
    batches = in_batches(values, size)
    expected = digest(values, one_by_one)
    assert digest(values, shuffled) == expected
    assert digest(values, random.sample(batches, len(batches)), size) == expected


@given(VALUES)
def test_what_comes_again_does_not_matter(values):
    once = in_batches(values, 1)
    assert digest(values, once + once) == digest(values, once)


@given(st.lists(st.integers(), min_size=2, max_size=20, unique=True), st.data())
def test_two_different_values_that_change_places_matter(values, data):
    one, other = data.draw(st.lists(st.sampled_from(range(len(values))), min_size=2, max_size=2, unique=True))
    swapped = values.copy()
    swapped[one], swapped[other] = values[other], values[one]
    assert digest(values, in_batches(swapped, 1)) != digest(values, in_batches(values, 1))


@given(VALUES, st.data())
def test_a_value_that_is_missing_matters(values, data):
    missing = data.draw(st.sampled_from(range(len(values))))
    deliveries = in_batches(values, 1)
    assert digest(values, deliveries[:missing] + deliveries[missing + 1 :]) != digest(values, deliveries)


@given(VALUES, st.data())
def test_of_runs_of_different_length_the_tasks_that_all_have_count(values, data):
    shared = data.draw(st.integers(1, len(values)))
    longer, shorter = (history_of(len(some), in_batches(some, 1)) for some in (values, values[:shared]))
    assert value_digest(longer, shared) == value_digest(shorter)
    assert value_digest(shorter, len(values)) == value_digest(shorter)


def test_it_is_16_hexadecimal_digits_and_0_where_there_is_nothing():
    assert digest([1, 2], []) == "0" * 16
    assert len(digest([1, 2], in_batches([1, 2], 1))) == 16


@pytest.mark.parametrize(
    ("fingerprints", "expected"),
    [
        ([1], 1),
        ([0, 1], 3),
        ([7, 0, 10], 7 + 5 * 10),
        ([2**63, 2**63], 4 * 2**63 - 2 * (2**64 - 59)),
    ],
)
def test_it_is_the_sum_that_the_documents_give(fingerprints, expected):
    """Kept results hold it: the same values must give the same digest in every version."""
    history = History(len(fingerprints), 1)
    history.fingerprints[:] = array(history.fingerprints.typecode, fingerprints)
    assert value_digest(history) == f"{expected:016x}"
