"""Which payload each task carries."""

from hypothesis import given
from hypothesis import strategies as st
from sample_histories import Doubling

from crossover.recording.payloads import Payloads


@given(st.integers(1, 20), st.integers(0, 200), st.integers(1, 100))
def test_payloads_are_a_slice_of_the_endlessly_repeated_list(different, first, count):
    payloads = Payloads(Doubling(different), first + count)
    endless = list(range(different)) * (first + count)
    assert payloads.of(first, count) == endless[first : first + count]


def test_asking_changes_nothing():
    payloads = Payloads(Doubling(3), 100)
    payloads.of(1, 50).clear()
    assert payloads.different == [0, 1, 2]
    assert payloads.of(2, 3) == [2, 0, 1]
