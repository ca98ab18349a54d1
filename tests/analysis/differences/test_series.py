"""The newest of many results, case by case: what leaves its band, what fails now, and what cannot be told yet."""

import msgspec
import pytest
import sample_differences
from sample_differences import DAYS, in_one_line, older, one_day, said
from sample_records import paced_rounds, result_of, rounds_of
from sample_shares import share_result, share_run

from crossover.analysis.differences.series import difference_from_older
from crossover.results.conclusions.difference import PointRole
from crossover.results.records import Skipped


def against(newest, **changes):
    """What is found, and how a person reads it."""
    found = sample_differences.against(newest, **changes)
    return found, in_one_line(found)


def test_a_newest_result_far_below_the_band_breaches():
    found, text = against(result_of(*one_day(700)))
    (one,) = found.series
    assert found.breached
    assert one.low < 985 < one.middle < 1020 < one.high
    assert (one.change, one.missing) == ("slower", 0)
    assert "Slower than the band by more than 10%: queue." in text
    assert (found.base, found.new) == ("8 older results", "new.json")


def test_a_newest_result_below_the_band_by_less_than_the_threshold_is_said_and_breaches_nothing():
    found, text = against(result_of(*one_day(900)))
    assert not found.breached
    assert found.series[0].change == "slower"
    assert "Slower than the band, but by less: queue." in text
    assert against(result_of(*one_day(900)), threshold=0.0)[0].breached


@pytest.mark.parametrize(("figure", "words"), [(1000, "Within its band: queue"), (1400, "Faster than its band: queue")])
def test_a_newest_result_within_its_band_or_faster_breaches_nothing(figure, words):
    found, text = against(result_of(*one_day(figure)), threshold=0.0)
    assert not found.breached
    assert words in text


def test_two_results_whose_own_intervals_differ_are_no_band():
    found, text = against(result_of(*one_day(500)), days=DAYS[:2])
    assert not found.breached
    assert found.series[0].missing == 4
    assert "a band needs 6 older results of the same kind, and there are 2; 4 more: queue" in text
    assert "slower" not in in_one_line(found).replace("slower than their band by", "")


def test_without_an_older_result_it_says_how_many_are_needed():
    found, text = against(result_of(*one_day(500)), days=())
    assert not found.breached
    assert "there are none; 6 more: queue." in text


def test_what_never_failed_before_and_fails_now_breaches_however_few_older_ones_there_are():
    found, text = against(result_of(*one_day(1000, delivery={"lost": 1})), days=DAYS[:1])
    assert found.breached
    assert "queue: now 5 × lost, and none before." in text


def test_a_transport_that_can_no_longer_be_measured_breaches_and_one_left_out_does_not():
    both = older(*(result_of(*one_day(figure), *one_day(figure, "pipe")) for figure in DAYS))
    skipped = result_of(*one_day(1000), skipped=[Skipped("pipe", "no pipes today")])
    gone = difference_from_older(both, "new.json", skipped, 0.1)
    assert gone.breached
    assert "pipe: was measured before, but could not be measured now" in in_one_line(gone)
    fewer = difference_from_older(both, "new.json", result_of(*one_day(1000)), 0.1)
    assert not fewer.breached
    assert "Only before: pipe." in in_one_line(fewer)


def test_a_transport_that_is_new_needs_results_of_its_own():
    found, text = against(result_of(*one_day(1000), *one_day(500, "pipe")))
    assert [one.missing for one in found.series] == [0, 6]
    assert "Only now: pipe." in text


def test_a_result_of_a_bad_day_is_named_and_makes_no_band():
    found, text = against(result_of(*one_day(1000)), days=(*DAYS[:4], 400, *DAYS[4:]))
    assert [point.role for point in found.series[0].points].index(PointRole.OUTLIER) == 4
    assert "queue: 1 outlier: r4.json." in text


def test_after_a_change_of_level_only_later_results_count():
    found, text = against(result_of(*one_day(1000)), days=(*DAYS, *(0.8 * figure for figure in DAYS)))
    assert found.series[0].change == "faster"
    assert "queue: another level since 2026-09-09 (r8.json), 20% slower than the one before." in text


def test_rounds_that_went_wrong_do_not_count():
    found, _ = against(result_of(*one_day(1000)[:4], *rounds_of("queue", 9.0, delivery={"lost": 1})))
    assert found.series[0].points[-1].rounds == 4
    none, text = against(result_of(*one_day(1000, delivery={"lost": 1})))
    assert none.series[0].points[-1].role is PointRole.COUNTED
    assert "no sound round" in text


def test_at_a_rate_a_higher_latency_is_slower():
    def results(*latencies):
        return [result_of(*paced_rounds("queue", *[latency] * 5), rate=1000.0) for latency in latencies]

    before = older(*results(*(figure / 200 for figure in DAYS)))
    slower = difference_from_older(before, "new.json", *results(9.0), 0.1)
    assert slower.breached
    assert "p99 ms" in in_one_line(slower)
    faster = difference_from_older(before, "new.json", *results(2.0), 0.1)
    assert (faster.breached, faster.series[0].change) == (False, "faster")


def test_shared_counters_are_compared_by_their_updates():
    def shared(figure):
        return share_result(*(share_run("value-lock", figure + number, round=number) for number in range(1, 6)))

    before = older(*(shared(100 * figure) for figure in DAYS))
    assert difference_from_older(before, "new.json", shared(70_000), 0.1).breached
    assert not difference_from_older(before, "new.json", shared(100_000), 0.1).breached


def test_what_differs_slightly_is_said_with_how_many_results_have_it():
    before = older(*(result_of(*one_day(figure)) for figure in DAYS))
    noted = [
        one._replace(about=msgspec.structs.replace(one.about, slight=["kernel: Linux 5, now Linux 6"]))
        for one in before[:3]
    ]
    found = difference_from_older([*noted, *before[3:]], "new.json", result_of(*one_day(1000)), 0.1)
    assert "Slightly different: kernel: Linux 5, now Linux 6 (3 results)." in in_one_line(found)


@pytest.mark.long
def test_the_terminal_shows_all_of_it_in_80_columns():
    label = "celery+rabbitmq://a.long.host:5672/%2F?[red]"
    before = older(*(result_of(*one_day(figure, label), *one_day(figure)) for figure in DAYS * 40))
    found = difference_from_older(before, "new.json", result_of(*one_day(700, label), *one_day(1000)), 0.1)
    assert max(map(len, said(found).splitlines())) <= 80
    assert "[red]" in in_one_line(found)
