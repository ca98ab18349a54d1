"""What the live view leaves out where the terminal is small, and what it never does."""

import re

import pytest
from sample_views import lines, run, step_of

from crossover.progress.block import block


@pytest.mark.parametrize("width", [40, 80, 160])
def test_a_narrow_terminal_still_says_what_is_left(busy, width):
    assert "11 left" in lines(busy, width)[2]


@pytest.mark.parametrize("height", [5, 8, 12, 24])
def test_where_not_all_rows_fit_those_that_ran_last_are_shown_and_the_others_counted(told, clock, height):
    tally = told(200)
    for number in range(40):
        run(tally, clock, f"queue, {number} workers")
    tally.start(step_of("queue, 40 workers"))
    shown = lines(tally, 80, height)
    if height > 8:
        assert "▸ queue, 40 workers" in shown[-2]
        assert re.fullmatch(r"  … \d+ more: \d+ runs done", shown[-1])


@pytest.mark.parametrize(("width", "is_cut"), [(40, True), (80, True), (160, False)])
def test_long_names_are_cut_and_keep_what_tells_them_apart(told, clock, width, is_cut):
    tally = told(20)
    url = "celery+rabbitmq://user@a.very.long.host.of.somebody.example:5672/vhost?prefetch=16&tuned=yes&some=more"
    for workers in 1, 2:
        run(tally, clock, f"{url}, {workers} workers")
    tally.start(step_of(f"{url}, 2 workers", 2))
    shown = lines(tally, width)
    assert ("…" in shown[0]) == is_cut
    assert shown[0].endswith("workers  round 2 of 5")
    rows = [line for line in shown if "1 of 5" in line]
    assert len(set(rows)) == 2


def test_a_name_cannot_change_the_terminal(told):
    tally = told(5)
    tally.start(step_of("[bold]mine[/bold]\n\x1b[31mred"))
    tally.warn("x", "\x1b]0;title\x07")
    text = "\n".join(lines(tally))
    assert "[bold]mine[/bold] \\x1b[31mred" in text
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 2), (10, 3), (40, 4)])
def test_no_terminal_is_too_small(busy, width, height):
    assert block(busy, width, height)
