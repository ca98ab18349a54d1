"""What a person reads of latency against load."""

import pytest
from sample_records import AT_MOST_ONCE_ACROSS, paced_rounds, paced_run, result_of, rounds_of
from screen import printed

from crossover.analysis.conclusions import conclude
from crossover.report.terminal.render import render
from crossover.report.wording.figures import milliseconds


def shown(*runs, **plan):
    return printed(render(conclude(result_of(*runs, **plan))))


def row_of(text, name):
    return next(line.split() for line in text.splitlines() if line.startswith(name))


def test_at_a_typed_rate_there_is_one_table_of_latencies_and_none_of_throughput():
    said = shown(*paced_rounds("pipe", *[1.5] * 5, p999=20.0), *paced_rounds("queue", *[250] * 5), rate=1000.0)
    assert "1,000 tasks/s" in said.splitlines()[0]
    headings = "transport rate/s done/s p50 p90 p99 p99.9 p99 95% interval send p99"
    assert row_of(said, "transport") == headings.split()
    assert row_of(said, "pipe") == [
        "pipe",
        "1,000",
        "1,000",
        "0.15",
        "0.75",
        "1.50",
        "20.0",
        "1.50",
        "to",
        "1.50",
        "0.10",
    ]
    assert row_of(said, "queue") == ["queue", "1,000", "1,000", "25.0", "125", "250", "-", "250", "to", "250", "0.10"]
    assert "± 95%" not in said
    assert "p99.9 needs at least 10,000 messages in each round." in said
    assert "Lowest p99: pipe, 1.50 ms." in said
    assert "Fastest" not in said


def test_who_cannot_be_told_apart_is_named():
    said = shown(*paced_rounds("pipe", 3, 4, 3, 4, 3), *paced_rounds("queue", 4, 3, 4, 3, 4), rate=1000.0)
    assert "No significant difference from it: queue (" in said


def test_few_rounds_tell_nothing_apart():
    said = shown(paced_run("pipe", 1), paced_run("queue", 9), rate=1000.0)
    assert "1 round cannot tell a difference from noise" in said
    assert "Lowest" not in said


def test_promises_are_apart_and_who_cannot_keep_up_is_told_so_in_words():
    slow = paced_rounds("redis-list", *[900] * 5, achieved=700.0, guarantee=AT_MOST_ONCE_ACROSS)
    said = shown(*paced_rounds("pipe", *[1] * 5), *slow, rate=1000.0)
    lines = said.splitlines()
    assert lines.index("at-most-once delivery, local:") < lines.index("at-most-once delivery, broker:")
    assert row_of(said, "redis-list")[-3:] == ["cannot", "keep", "up"]


def test_found_rates_follow_what_each_can_do_at_most():
    paced = [
        paced_run(name, 1, rate=most * fraction, fraction=fraction)
        for fraction in (0.5, 0.95)
        for name, most in (("queue", 5000), ("celery+rabbitmq://a.long.host:5672/%2F?workers=external", 400))
    ]
    closed = [*rounds_of("queue", *[5000] * 5), *rounds_of("pipe", *[3000] * 5)]
    said = shown(*closed, *paced, fractions=[0.5, 0.95])
    assert "Fastest: queue, 5,000 tasks/s." in said
    assert row_of(said, "50%")[:3] == ["50%", "2,500", "2,500"]
    assert row_of(said, "95%")[:3] == ["95%", "4,750", "4,750"]
    assert "Lowest p99" not in said
    assert all(len(line) <= 80 for line in said.splitlines())


def test_runs_of_another_number_of_tasks_have_another_digest_and_that_is_no_fault():
    closed = rounds_of("queue", *[5000] * 5)
    paced = [paced_run("queue", 1, fraction=0.5, tasks=7, value_digest="f" * 16)]
    said = shown(*closed, *paced, fractions=[0.5])
    assert "Runs with the same number of tasks returned the same values." in said
    wrong = [*paced, paced_run("queue", 1, fraction=0.5, tasks=7, round=2, value_digest="e" * 16)]
    assert "did not all return the same values" in shown(*closed, *wrong, fractions=[0.5])


def test_a_warning_is_said_once_and_names_each_once():
    runs = [paced_run("queue", 1, fraction=part, warnings=["it was loud"]) for part in (0.5, 0.7)]
    said = shown(*rounds_of("queue", 5000, warnings=["it was loud"]), *runs, fractions=[0.5, 0.7])
    assert said.count("warning: queue: it was loud") == 1


@pytest.mark.parametrize(
    ("value", "text"), [(0.004, "0.00"), (0.0571, "0.06"), (9.87, "9.87"), (12.34, "12.3"), (1234.5, "1,234")]
)
def test_a_time_has_as_many_digits_as_mean_something(value, text):
    assert milliseconds(value) == text
