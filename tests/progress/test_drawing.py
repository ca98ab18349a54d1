"""When the live view draws: seldom, however many events there are; and what is left of it at the end."""

import io
import threading

import pytest
from rich.console import Console
from sample_views import Clock, lines
from screen import Screen

from crossover.execution.measure import Phase
from crossover.progress.live_view import LiveView
from crossover.progress.progress import Schedule, Step

STEP = Step("queue", 1, 5, 1000, row="queue", in_row=5)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def terminal():
    return io.StringIO()


@pytest.fixture
def view(clock, terminal):
    console = Console(file=terminal, force_terminal=True, width=80, height=24, color_system=None)
    return LiveView(Schedule(5), console, clock)


def drawn(terminal):
    return terminal.getvalue().count("\x1b[J")


def test_it_draws_without_a_thread(view):
    before = threading.active_count()
    view.start(STEP)
    assert threading.active_count() == before


def test_while_tasks_are_measured_it_draws_once_a_second(view, clock, terminal):
    view.start(STEP)
    view.advance(0)
    before = drawn(terminal)
    for tasks in range(1000):
        clock.now += 0.01
        view.advance(tasks)
    assert drawn(terminal) - before == pytest.approx(10, abs=2)


def test_a_rate_is_shown_as_soon_as_there_is_one(view, clock, terminal):
    view.start(STEP)
    view.advance(0)
    for tasks in 100, 200:
        clock.now += 0.2
        view.advance(tasks)
    assert "500 tasks/s so far" in Screen(terminal.getvalue()).lines[1]


def test_many_short_runs_draw_no_more_than_ten_times_a_second(view, clock, terminal):
    for number in range(1000):
        step = STEP._replace(round=number)
        view.start(step)
        view.enter(Phase.WARMING_UP)
        clock.now += 0.01
        view.finish(step, "1 tasks/s", 1.0)
    assert drawn(terminal) <= 10 * 11


def test_time_goes_on_while_nothing_else_does(view, clock, terminal):
    view.start(STEP)
    for _ in range(10):
        clock.now += 0.5
        view.enter(Phase.STARTING)
    assert "elapsed 5 s" in terminal.getvalue()


def test_in_the_end_only_what_is_said_nowhere_else_is_left(view, terminal):
    view.start(STEP)
    view.skip(STEP, "no memory", 5)
    view.warn("redis-list", "its bytes cannot be counted")
    assert not Screen(terminal.getvalue()).cursor_is_visible
    view.close()
    view.close()
    screen = Screen(terminal.getvalue())
    assert screen.lines == ["redis-list: its bytes cannot be counted", ""]
    assert screen.cursor_is_visible


def test_what_others_print_meanwhile_stays_above(view, clock, terminal):
    terminal.write("$ crossover\r\n")
    view.start(STEP)
    terminal.write("a worker prints\r\nand again\r\n")  # as a terminal gets it
    clock.now += 1
    view.advance(1)
    screen = Screen(terminal.getvalue())
    assert screen.lines[0] == "$ crossover"
    assert screen.lines[1].startswith("a worker prints")
    assert screen.lines[2].startswith("and again")
    assert screen.lines[3].startswith("▸ queue")
    assert "\n".join(screen.lines).count("▸ queue  round") == 1


def test_after_a_round_the_table_says_what_is_not_proven_yet_and_later_what_is(busy):
    busy.stands({"queue": "not proven yet", "pipe": "fastest so far"})
    rows = [line for line in lines(busy) if "of 5" in line and "round" not in line]
    assert [line.split()[-3:] for line in rows] == [["not", "proven", "yet"], ["fastest", "so", "far"]]
    busy.stands({"queue": "-42%", "pipe": "fastest"})
    rows = [line for line in lines(busy) if "of 5" in line and "round" not in line]
    assert [line.split()[-1] for line in rows] == ["-42%", "fastest"]


def test_a_narrow_terminal_has_no_room_for_it(busy):
    busy.stands({"queue": "not proven yet", "pipe": "fastest so far"})
    assert not any("proven" in line for line in lines(busy, width=50))
