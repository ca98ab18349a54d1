"""What a person sees while it runs: the block, from events written by hand."""

import re

import pytest
from clocks import Clock

from crossover.contract.phase import Phase
from crossover.progress.block import block
from crossover.progress.tally import Tally
from crossover.progress.watcher import Ahead, Turn


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told(clock):
    """Return what has been told what is to come, and nothing else yet."""
    return lambda *ahead, **more: Tally(Ahead(*ahead, **more), clock)


def lines(tally, width=80, height=24):
    found = [line.plain for line in block(tally, width, height, at=lambda ago: f"{ago:g} s ago")]
    assert max(map(len, found)) <= width
    assert len(found) < height or height == 1
    return found


def turn_of(name, number=1, rounds=5, tasks=1000, **more):
    return Turn(name, number, rounds, tasks, row=name, turns=rounds, **more)


def run(tally, clock, name, number=1, seconds=2.0, rate=500.0, trouble=""):
    turn = turn_of(name, number)
    tally.begins(turn)
    clock.now += seconds
    tally.ended(turn, f"{rate:,.0f} tasks/s", rate, trouble)


@pytest.fixture
def busy(told, clock):
    """A comparison in its second round, in the middle of a run."""
    tally = told(10, 4)
    for number, rate in (1, 500), (2, 700):
        run(tally, clock, "queue", number, rate=rate)
    run(tally, clock, "pipe", rate=1200, trouble="a process died: worker 12, 3 lost")
    tally.begins(turn_of("pipe", 2))
    tally.settled(0)
    clock.now += 0.5
    tally.settled(400)
    return tally


@pytest.mark.parametrize("width", [80, 160])
def test_it_shows_what_runs_now_and_how_fast(busy, width):
    assert lines(busy, width)[:2] == [
        "▸ pipe  round 2 of 5",
        "  measuring: 400 of 1,000 tasks, 800 tasks/s so far",
    ]


@pytest.mark.parametrize("width", [80, 160])
def test_it_shows_what_is_done_and_what_is_left(busy, width):
    shown = lines(busy, width)
    assert shown[2].endswith(" 3 of 14 done ( 3 of 10 runs, 0 of 4 probes), 11 left")
    assert shown[3] == "elapsed 6 s, about 20 s left"


@pytest.mark.parametrize("width", [40, 80, 160])
def test_each_transport_has_a_row_with_its_rounds_and_the_median(busy, width):
    rows = [line.split()[:5] for line in lines(busy, width)[5:8]]
    assert rows[0][:3] == ["transport", "runs", "tasks/s" if width < 80 else "tasks/s,"]
    assert rows[1][:5] == ["queue", "2", "of", "5", "600"]
    assert rows[2] == ["▸", "pipe", "1", "of", "5"]


def test_bars_are_as_long_as_what_they_stand_for(busy):
    queue, pipe = (line.count("█") for line in lines(busy, 160)[6:8])
    assert queue == pipe / 2 == 20


@pytest.mark.parametrize("width", [40, 80, 160])
def test_a_narrow_terminal_still_says_what_is_left(busy, width):
    assert "11 left" in lines(busy, width)[2]


@pytest.mark.parametrize("width", [80, 160])
def test_what_went_wrong_stays_in_sight(busy, clock, width):
    run(busy, clock, "queue", 3)
    assert lines(busy, width)[-1] == "! pipe, round 1: a process died: worker 12, 3 lost"


def test_of_many_warnings_the_last_are_shown_and_the_others_counted(told):
    tally = told(5)
    for number in range(5):
        tally.warns("queue", f"trouble {number}")
    assert lines(tally)[-4:] == ["! 2 earlier", "! queue: trouble 2", "! queue: trouble 3", "! queue: trouble 4"]


def test_what_is_skipped_is_not_left_any_more(told, clock):
    tally = told(10)
    run(tally, clock, "pipe")
    turn = turn_of("queue")
    tally.begins(turn)
    tally.skipped(turn, "no memory", 5)
    assert "1 of 10 runs done,  4 left" in lines(tally)[0]
    assert any(re.match(r"  queue +0 of 0 +skipped$", line) for line in lines(tally))
    assert lines(tally)[-1] == "! skipped queue: no memory"


def test_before_the_first_has_ended_nobody_knows_how_long_it_takes(told, clock):
    tally = told(10)
    tally.begins(turn_of("queue"))
    clock.now += 65
    assert lines(tally)[1:3] == ["  starting since 65 s ago", "·" * 40 + "   0 of 10 runs done, 10 left"]
    assert lines(tally)[3] == "elapsed 1 min 05 s, time left not known yet"


def test_a_slow_transport_is_expected_to_stay_slow(told, clock):
    tally = told(10)
    run(tally, clock, "threads", seconds=1)
    run(tally, clock, "celery+redis", seconds=100)
    assert tally.time_left() == (4 * 1 + 4 * 100, False)


def test_of_a_transport_that_has_not_run_the_others_tell(told, clock):
    tally = told(15)
    run(tally, clock, "threads", seconds=1)
    run(tally, clock, "queue", seconds=3)
    assert tally.time_left().seconds == 4 * 1 + 4 * 3 + 5 * 2


def test_the_time_that_a_run_has_taken_already_is_not_left(told, clock):
    tally = told(5)
    run(tally, clock, "queue", seconds=10)
    tally.begins(turn_of("queue", 2))
    clock.now += 4
    assert tally.time_left().seconds == 36
    clock.now += 60  # longer than it should
    assert tally.time_left().seconds == 30


def test_a_time_limit_bounds_what_is_left(told, clock):
    tally = told(500, limit=60)
    assert "at most 60 s left" in lines(tally)[1]
    run(tally, clock, "queue", seconds=20)
    assert "elapsed 20 s, at most 40 s left" in lines(tally)[1]


def test_rounds_until_they_are_enough_are_at_most_so_many(told, clock):
    tally = told(50, at_most=True)
    run(tally, clock, "queue", seconds=100)
    tally.begins(turn_of("queue", 2))
    shown = lines(tally)
    assert shown[0] == "▸ queue  round 2 of at most 5"
    assert "1 of at most 50 runs done, 49 left" in shown[2]
    assert shown[3] == "elapsed 1 min 40 s, at most 82 min left"


def test_cells_that_run_at_the_same_time_are_all_shown(told, clock):
    tally = told(9, lanes=3, what="cells", rows="transport, level", figure="came out last")
    cells = [Turn(f"queue safe {fault}", row="queue safe", turns=9) for fault in ("none", "kill-broker", "cut")]
    for cell in cells:
        tally.begins(cell)
        clock.now += 1
    tally.at(Phase.MEASURING)
    clock.now += 7
    tally.ended(cells[1], "4 lost")
    shown = lines(tally)
    assert shown[:2] == ["▸ queue safe none  since 7 s ago", "▸ queue safe cut  since 7 s ago"]
    assert "1 of 9 cells done, 8 left" in shown[2]
    assert shown[-1].split() == ["▸", "queue", "safe", "1", "of", "9", "4", "lost"]
    assert tally.time_left().seconds == pytest.approx((8 * 9 - 9 - 8) / 3)


def test_what_is_done_beside_the_runs_is_shown_with_its_beginning(told, clock):
    tally = told(5, 2)
    run(tally, clock, "redis-list")
    tally.besides("bytes on the wire of redis-list")
    clock.now += 9
    assert lines(tally)[0] == "▸ bytes on the wire of redis-list  since 9 s ago"


def test_a_probe_has_no_row_of_its_own(told, clock):
    tally = told(1, 3)
    run(tally, clock, "queue")
    probe = Turn("queue (noop)", 1, 3)
    tally.begins(probe)
    clock.now += 1
    tally.ended(probe, "900 tasks/s", 900)
    tally.begins(probe._replace(round=2))
    assert "2 of 4 done (1 of 1 runs, 1 of 3 probes), 2 left" in lines(tally)[2]
    assert [line for line in lines(tally)[2:] if "noop" in line] == []


def test_a_run_without_news_says_since_when(busy, clock):
    clock.now += 30
    assert lines(busy)[1] == "  measuring: 400 of 1,000 tasks, 800 tasks/s so far, no news since 30 s ago"


def test_filling_a_backlog_does_not_count_as_time_of_its_tasks(told, clock):
    tally = told(1)
    tally.begins(turn_of("queue"))
    for _ in range(50):
        tally.settled(0)
        clock.now += 0.2
    tally.settled(0)
    clock.now += 0.5
    tally.settled(100)
    assert "200 tasks/s so far" in lines(tally)[1]


@pytest.mark.parametrize("height", [5, 8, 12, 24])
def test_where_not_all_rows_fit_those_that_ran_last_are_shown_and_the_others_counted(told, clock, height):
    tally = told(200)
    for number in range(40):
        run(tally, clock, f"queue, {number} workers")
    tally.begins(turn_of("queue, 40 workers"))
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
    tally.begins(turn_of(f"{url}, 2 workers", 2))
    shown = lines(tally, width)
    assert ("…" in shown[0]) == is_cut
    assert shown[0].endswith("workers  round 2 of 5")
    rows = [line for line in shown if "1 of 5" in line]
    assert len(set(rows)) == 2


def test_a_name_cannot_change_the_terminal(told):
    tally = told(5)
    tally.begins(turn_of("[bold]mine[/bold]\n\x1b[31mred"))
    tally.warns("x", "\x1b]0;title\x07")
    text = "\n".join(lines(tally))
    assert "[bold]mine[/bold] \\x1b[31mred" in text
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 2), (10, 3), (40, 4)])
def test_no_terminal_is_too_small(busy, width, height):
    assert block(busy, width, height)
