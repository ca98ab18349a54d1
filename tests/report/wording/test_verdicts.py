"""What stands first and last in a report: what went wrong, by type of error, and the verdict in at most four lines."""

import pytest
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of, run_of
from sample_scales import law, scaled
from screen import printed

from crossover.analysis.conclusions import conclude_if_missing
from crossover.report.terminal.render import render
from crossover.report.wording.answer.bad_news import bad_news
from crossover.results.records import End

FIVE = (1.0, 1.01, 0.99, 1.02, 0.98)


def rounds(label, rate, **fields):
    return rounds_of(label, *(rate * part for part in FIVE), **fields)


def brief(result, width=80):
    return printed(render(result, full=False), width)


def four(**fields):
    across = {"guarantee": AT_MOST_ONCE_ACROSS}
    return result_of(
        *rounds("pool", 1000), *rounds("pipe", 500), *rounds("redis-list", 600, **across),
        *rounds("memcached", 300, **across), **fields,
    )  # fmt: skip


def test_failures_are_grouped_by_the_type_of_their_exception():
    reasons = {"ValueError: no 3": 60, "ValueError: no 6": 30, "KeyError: 'x'": 10}
    bad = run_of("queue", delivery={"failed": 100, "completed": 900}, reasons=reasons)
    first, second = [text.plain for text in bad_news(result_of(bad, run_of("pipe")))]
    assert first == "1 of 2 transports did not finish clean"
    assert 'queue: 100 of 1,000 tasks failed: ValueError (2 different messages; first: "no 3")' in second
    assert "KeyError (\"'x'\")" in second


def test_transports_that_failed_alike_stand_in_one_line():
    bad = [run_of(name, delivery={"lost": 1}) for name in ("queue", "pipe")]
    assert [text.plain.strip() for text in bad_news(result_of(*bad))] == [
        "2 of 2 transports did not finish clean",
        "queue, pipe: 1 of 1,000 tasks lost",
    ]


def test_what_hung_is_bad_news_and_a_time_limit_is_not():
    hung = run_of("queue", ending=f"{End.HUNG}: no outcome for 10 s")
    assert "round 1: hung: no outcome for 10 s" in bad_news(result_of(hung))[1].plain
    assert bad_news(result_of(run_of("queue", ending=End.TIME_UP))) == []


def test_bad_news_is_the_first_line_and_the_verdict_recommends_nothing_that_failed():
    bad = [run_of("queue", 2000.0, round=number, delivery={"failed": 1}) for number in range(1, 6)]
    text = brief(result_of(*bad, *rounds("pipe", 500)))
    assert text.startswith("1 of 2 transports did not finish clean")
    assert "Use pipe with 2 workers" in text.partition("Verdict")[2]
    assert "Use queue" not in text


def test_a_comparison_of_four_fits_thirty_lines_and_ends_with_its_verdict():
    text = brief(four())
    assert len(text.splitlines()) <= 30
    verdict = text.partition("Verdict\n")[2]
    assert "Use pool with 2 workers (1,000 tasks/s)" in verdict
    assert "redis-list" in verdict
    assert "Next: crossover compare redis-list" in verdict
    assert verdict.strip().endswith("Details: --full, or --html page.html")


def test_a_broker_is_compared_with_the_fastest_local_transport_and_less_is_slower():
    (row,) = [line for line in brief(four()).splitlines() if line.startswith("redis-list")]
    assert "-40%" in row


def test_the_number_of_workers_is_a_column_and_not_part_of_the_name():
    text = brief(result_of(*rounds("threads?workers=64", 5000, workers=64), *rounds("threads", 200)))
    assert "?workers=" not in text
    assert [line.split()[1] for line in text.splitlines() if line.startswith("threads")] == ["64", "2"]


def test_everything_is_shown_on_demand():
    full = printed(render(four()), 80)
    for title in ("Throughput", "CPU and memory by role", "Verdict"):
        assert title in full.splitlines()
    assert "Details:" not in full


@pytest.mark.parametrize(("counts", "said"), [((1, 2, 4, 8), "still rising at 8 (1.00 × linear)")])
def test_no_number_of_workers_is_recommended_while_the_curve_rises(counts, said):
    result = result_of(*scaled("pipe", law(0, 0), counts=counts), worker_counts=list(counts))
    text = brief(result)
    assert said in text
    assert "Use pipe" not in text
    assert "-w 8,16,32" in " ".join(text.split())


def test_a_flat_curve_is_recommended_from_where_it_is_flat():
    counts = (1, 2, 3, 4)
    runs = [run for count in counts for run in rounds("pipe", 500 * min(count, 2), workers=count)]
    text = brief(result_of(*runs, worker_counts=list(counts)))
    assert "flat from 2" in text
    assert "Use pipe with 2 workers" in text


def test_an_older_result_of_scale_gets_its_verdict():
    result = result_of(*scaled("pipe", law(0, 0)), worker_counts=[1, 2, 3, 4, 6, 8])
    result.answer = None
    assert conclude_if_missing(result).answer is not None
