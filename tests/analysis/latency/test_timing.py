"""Latency and hops, on time stamps written by hand."""

import pytest
from sample_records import run_of

from crossover.analysis.latency.samples import median
from crossover.analysis.latency.timing import execute_seconds, hops, latency, median_hops
from crossover.recording.history import History
from crossover.results.records import Hops

MS = 1_000_000


def run_with(latencies_ms):
    """One message each second; the worker begins 2 µs after the submission and works 3 µs."""
    history = History(len(latencies_ms), 1)
    history.attempted = len(latencies_ms)
    for task, milliseconds in enumerate(latencies_ms):
        sent = 1 + task * 1000 * MS
        history.sent[task] = sent
        if milliseconds is not None:
            history.started[task], history.finished[task] = sent + 2_000, sent + 5_000
            history.collected[task] = sent + int(milliseconds * MS)
    return history


def test_percentiles_are_nearest_rank():
    found = latency(run_with([35, 20, 15, 50, 40]))  # the textbook's example: P30 is 20, P50 is 35
    assert (found.p50, found.p90, found.p99, found.max, found.mean) == (35, 50, 50, 50, 32)


def test_percentiles_of_one_to_a_hundred_are_their_own_rank():
    found = latency(run_with(range(1, 101)))
    assert (found.p50, found.p90, found.p99, found.max) == (50, 90, 99, 100)


def test_one_message_is_every_percentile():
    found = latency(run_with([7]))
    assert (found.p50, found.p90, found.p99, found.max, found.mean) == (7, 7, 7, 7, 7)


@pytest.mark.parametrize(("samples", "expected"), [(9_999, None), (10_000, 9_990)])
def test_the_thousandth_part_is_said_from_ten_thousand_on(samples, expected):
    assert latency(run_with(range(1, samples + 1))).p999 == expected


def test_what_never_came_back_has_no_latency():
    assert latency(run_with([4, None, 6])).mean == 5


def test_where_nothing_came_back_there_is_nothing_to_say():
    assert latency(run_with([None, None])) is None
    assert hops(run_with([None, None])) is None


def test_hops_are_medians_in_microseconds():
    history = run_with([1, 1, 2, None])
    history.submit[0] = 500.0
    found = hops(history)
    assert (found.submit, found.wait, found.execute, found.back) == (0.5, 1.5, 3, 995)


def test_a_batch_counts_as_one_message():
    history = History(100, 50)
    history.attempted = 100
    for message, milliseconds in enumerate([2, 4]):
        history.sent[message], history.started[message], history.finished[message] = 1, 2, 3
        history.collected[message] = 1 + milliseconds * MS
    history.submit[0] = 1.0
    assert latency(history).mean == 3


@pytest.mark.parametrize(
    ("samples", "middle"), [([7], 7.0), ([1, 2], 1.5), ([1, 2, 9], 2.0), ([1, 2, 3, 9], 2.5), ([1, 2, 3, 8, 9], 3.0)]
)
def test_a_median_of_an_even_number_lies_between_the_two_in_the_middle(samples, middle):
    assert median(samples) == middle


def test_work_is_summed_over_the_messages_that_came_back():
    history = run_with([1, 2, None])
    assert execute_seconds(history) == pytest.approx(2 * 3e-6)


def test_a_hop_is_never_negative():
    history = run_with([1])
    history.submit[0] = 5_000.0  # the worker began while the call had not returned
    assert hops(history).wait == 0.0


def test_the_rounds_of_hops_have_a_median_for_each_hop():
    runs = [run_of(hops_us=Hops(1 * n, 2 * n, 3 * n, 4 * n)) for n in (1, 5, 2)] + [run_of(hops_us=None)]
    assert median_hops(runs) == Hops(2, 4, 6, 8)
    assert median_hops(runs[3:]) is None
