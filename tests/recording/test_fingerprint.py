"""64 bits that stand for a value: equal data have equal ones in every process, and different data do not."""

import os
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossover.recording.fingerprint import Fingerprints, fingerprint

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary())
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=8
)
HUGE = 2**200


class Whole(int):
    """As libraries have them: a number with more methods."""


class Real(float):
    """Likewise, as numpy.float64 is."""


class Octets(bytes):
    """Likewise."""


def ring(item):
    items = [item]
    items.append(items)
    return items


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ((1, (2, 3)), [1, [2, 3]]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}),
        ({1, 2, 3}, {3, 2, 1}),
        (HUGE, 2**100 * 2**100),
        (Whole(5), 5),
        ([Real(1.5), Octets(b"a")], [1.5, b"a"]),
        (ring(1), ring(1)),
        (Fraction(1, 3), Fraction(2, 6)),
        ((HUGE, 1), [HUGE, 1]),
        ({"a": HUGE, "b": 2}, {"b": 2, "a": HUGE}),
        ({"a": Fraction(1, 3), "b": [2]}, {"b": [2], "a": Fraction(1, 3)}),
    ],
)
def test_equal_data_are_equal(one, same):
    assert fingerprint(one) == fingerprint(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        (0, None),
        (0, False),
        ("1", 1),
        ("a", b"a"),
        ("", None),
        ([], {}),
        ([], None),
        ([1, 2], [2, 1]),
        ([[1], 2], [[1, 2]]),
        (HUGE, HUGE + 1),
        (HUGE, -HUGE),
        (Fraction(1, 3), Fraction(2, 3)),
    ],
)
def test_different_data_are_different(one, other):
    assert fingerprint(one) != fingerprint(other)
    assert Fingerprints().of([one, other, one]).tolist() == [fingerprint(one), fingerprint(other), fingerprint(one)]


@given(DATA)
def test_it_is_64_bits(value):
    assert 0 <= fingerprint(value) < 2**64


@pytest.mark.long
@given(st.lists(DATA, min_size=1, max_size=8))
def test_what_came_before_makes_no_difference(values):
    each = [fingerprint(value) for value in values]
    remembering = Fingerprints()
    assert remembering.of(values).tolist() == each
    assert [remembering.of_one(value) for value in values] == each


def test_a_value_that_changes_in_place_is_looked_at_again():
    remembering, value = Fingerprints(), [1]
    before = remembering.of_one(value)
    value.append(2)
    assert remembering.of_one(value) == fingerprint([1, 2]) != before


def test_every_process_gives_the_same(tmp_path):
    program = (
        "from fractions import Fraction\n"
        "from crossover.recording.fingerprint import fingerprint\n"
        "words = {'one', 'two', 'three', 'four'}\n"
        "for value in ['a', {'b': 1, 'a': 2.5}, words, 2**200, Fraction(1, 3), {2**200, *words}, [words, 2**200]]:\n"
        "    print(fingerprint(value))\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2", "3")
    }
    assert len(said) == 1


@pytest.mark.parametrize("number", [2**64 - 1, -(2**63), 5_000])
def test_beside_a_number_that_is_too_large_the_others_stay_numbers(number):
    assert fingerprint([number, HUGE]) != fingerprint([["int", hex(number)], HUGE])


def test_a_number_that_is_too_large_by_one_is_told_from_its_neighbours():
    assert len({fingerprint([number]) for number in range(2**64 - 2, 2**64 + 2)}) == 4
