"""What a person reads of several numbers of workers."""

import pytest
from sample_records import rounds_of
from sample_scales import COUNTS, law, scale_of, scaled
from screen import printed

from crossover.report.terminal.render import render
from crossover.results.records import Skipped


def shown(result, width=80):
    return printed(render(result), width)


def in_one_line(result):
    return " ".join(shown(result).split())


def test_each_number_of_workers_has_a_row_and_the_best_has_the_longest_bar():
    lines = shown(scale_of(*scaled("pipe", law(0, 0)))).splitlines()
    rows = [line.split() for line in lines if line[:2] in {f"{count} " for count in COUNTS}]
    assert [row[0] for row in rows] == [str(count) for count in COUNTS]
    assert rows[-1][1] == "8,016"
    assert [round(len(row[2]) / len(rows[-1][2]) * 8) for row in rows] == list(COUNTS)
    assert rows[0][4:6] == ["1.00", "×"]


def test_no_line_is_longer_than_a_terminal_whatever_the_name_and_the_figures():
    runs = scaled("celery+rabbitmq://a.long.host:5672/%2F", law(0, 0, 123_456_789.0), counts=(1, 1_000_000))
    for setting in ("prefetch=4", "prefetch=64"):
        runs += scaled(f"celery+rabbitmq://a.long.host:5672/%2F?{setting}", law(0, 0), counts=(8,))
    text = shown(scale_of(*runs, plan=["celery+rabbitmq://a.long.host:5672/%2F"]))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "prefetch=64" in text


def settings_of(rounds, *figures):
    runs = scaled("celery+redis", law(0, 0))
    for setting, figure in zip(("prefetch=4", "prefetch=16", "tuned=yes"), figures, strict=True):
        runs += scaled(f"celery+redis?{setting}", lambda _, figure=figure: figure, counts=(8,), rounds=rounds)
    return in_one_line(scale_of(*runs, plan=["celery+redis"]))


def test_of_other_settings_only_those_that_can_be_told_apart_are_named():
    assert "No significant difference from prefetch=4: prefetch=16 0 to 0%" in settings_of(6, 1_000, 1_000, 1_000)
    said = settings_of(6, 1_000, 1_000, 1_500)
    assert "Compared with prefetch=4: tuned=yes +" in said
    assert "; no significant difference for the others." in said
    assert "2 rounds cannot tell a difference from noise" in settings_of(2, 1_000, 1_001, 1_500)


def test_law_peak_number_and_advice_are_said():
    said = in_one_line(scale_of(*scaled("pipe", law(0.05, 0.004))))
    assert "Law: contention α 0.05 (" in said
    assert "one worker γ 1,002 (" in said
    assert "Peak: about 15 workers: a prediction beyond the measured range (1 to 8)." in said
    assert "pipe: still rising at 8 workers (5,093 tasks/s, 0.64 × linear), so none of these is the best" in said
    assert "Try more: -w 8,16." in said
    flat = in_one_line(scale_of(*scaled("pipe", law(0.05, 0.04))))
    assert "Recommended: pipe 4 workers; the fewest whose throughput is within 5% of the best." in flat
    assert "CPU-bound: a task takes 1 ms" in said
    assert "For other work: " in said


def test_a_peak_that_was_measured_and_one_that_is_not_there():
    assert "Peak: about 5 workers, within the measured range." in in_one_line(scale_of(*scaled("pipe", law(0, 0.04))))
    assert "No peak: crosstalk does not differ significantly from 0." in in_one_line(
        scale_of(*scaled("pipe", law(0.1, 0)))
    )


def test_what_limited_it_is_said_and_what_that_makes_of_the_law():
    figures = {1: 1_000, 2: 1_900, 3: 1_900, 4: 1_900, 6: 1_900, 8: 1_900}
    said = in_one_line(scale_of(*scaled("pipe", figures.__getitem__), cores=2))
    assert "With 2 or more workers, the machine's 2 cores were fully used" in said
    assert "The law includes the limits of the machine, the producer or the GIL" in said
    one = scaled("pipe", {1: 1_000, 2: 1_900, 3: 900}.__getitem__, counts=(1, 2, 3))
    assert "With 2 workers, the machine's 2 cores were fully used" in in_one_line(scale_of(*one, cores=2))


def test_a_law_that_is_refused_says_why():
    said = in_one_line(scale_of(*scaled("pipe", law(0, 0), counts=(1, 2))))
    assert "No scaling law: it needs 6 or more numbers of workers (-w), not 2." in said


def test_what_was_not_measured_any_more_makes_it_partial():
    assert "Partial" not in in_one_line(scale_of(*scaled("pipe", law(0, 0))))
    partial = scale_of(*scaled("pipe", law(0, 0))[:8], rounds=3)
    assert "Partial: 8 of 18 runs were measured." in in_one_line(partial)


def test_damage_is_said_where_it_was():
    runs = scaled("pipe", law(0, 0)) + scaled(
        "queue", law(0, 0), counts=(2,), delivery={"lost": 3}, reasons={"E: x": 1}
    )
    said = in_one_line(scale_of(*runs))
    assert "damaged: queue, 2 workers: 3 lost" in said
    assert "failed: 3 × E: x" in said


@pytest.mark.long
def test_a_warning_is_said_once_and_about_whom():
    quiet, loud = rounds_of("pipe", *[1000] * 3, workers=1), rounds_of("queue", *[1000] * 3, workers=2, warnings=["hm"])
    assert "warning: queue: hm" in in_one_line(scale_of(*quiet, *loud))
    assert "warning: all: hm" in in_one_line(scale_of(*loud))
    some = rounds_of("pipe", *[1000] * 3, workers=4, warnings=["hm"])
    assert "warning: pipe with 4: hm" in in_one_line(scale_of(*quiet, *some))


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/]", "[bold", "\\[red]"])
def test_what_looks_like_markup_is_shown_as_it_is(text):
    result = scale_of(*scaled(text, law(0, 0), reasons={text: 1}, ending=text), workload=text)
    result.skipped.append(Skipped(text, text))
    said = in_one_line(result)
    assert f"skipped: {text}: {text}" in said
    assert f"× {text}" in said
    assert said.startswith(f"The transport did not finish clean {text}: round 1: {text}")


def test_nothing_is_recommended_from_runs_that_were_all_damaged():
    failing = scaled("threads", law(0.1, 0.0))
    for run in failing:
        run.delivery.failed = 7
    said = in_one_line(scale_of(*failing, *scaled("pipe", law(0.1, 0.04))))
    assert "Recommended: pipe 4 workers; the fewest" in said
    assert (
        "No number of workers can be recommended for threads: with each of them something was lost or failed." in said
    )
