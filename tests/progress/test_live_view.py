"""What a person sees while it runs: the block, from events written by hand."""

import pytest
from sample_views import lines, run

from crossover.execution.measure import Phase
from crossover.progress.progress import Step


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


@pytest.mark.parametrize("width", [80, 160])
def test_what_went_wrong_stays_in_sight(busy, clock, width):
    run(busy, clock, "queue", 3)
    assert lines(busy, width)[-1] == "! pipe, round 1: a process died: worker 12, 3 lost"


def test_of_many_warnings_the_last_are_shown_and_the_others_counted(told):
    tally = told(5)
    for number in range(5):
        tally.warn("queue", f"trouble {number}")
    assert lines(tally)[-4:] == [
        "! 2 earlier warnings",
        "! queue: trouble 2",
        "! queue: trouble 3",
        "! queue: trouble 4",
    ]


def test_cells_that_run_at_the_same_time_are_all_shown(told, clock):
    tally = told(9, parallel=3, unit="cells", row_heading="transport, level", figure_heading="came out last")
    cells = [Step(f"queue safe {fault}", row="queue safe", in_row=9) for fault in ("none", "kill-broker", "cut")]
    for cell in cells:
        tally.start(cell)
        clock.now += 1
    tally.enter(Phase.MEASURING)
    clock.now += 7
    tally.finish(cells[1], "4 lost")
    shown = lines(tally)
    assert shown[:2] == ["▸ queue safe none  since 7 s ago", "▸ queue safe cut  since 7 s ago"]
    assert "1 of 9 cells done, 8 left" in shown[2]
    assert shown[-1].split() == ["▸", "queue", "safe", "1", "of", "9", "4", "lost"]
    assert tally.time_left().seconds == pytest.approx((8 * 9 - 9 - 8) / 3)


def test_other_work_than_runs_is_shown_with_its_start(told, clock):
    tally = told(5, 2)
    run(tally, clock, "redis-list")
    tally.start_other("bytes on the wire of redis-list")
    clock.now += 9
    assert lines(tally)[0] == "▸ bytes on the wire of redis-list  since 9 s ago"


def test_a_probe_has_no_row_of_its_own(told, clock):
    tally = told(1, 3)
    run(tally, clock, "queue")
    probe = Step("queue (noop)", 1, 3)
    tally.start(probe)
    clock.now += 1
    tally.finish(probe, "900 tasks/s", 900)
    tally.start(probe._replace(round=2))
    assert "2 of 4 done (1 of 1 runs, 1 of 3 probes), 2 left" in lines(tally)[2]
    assert [line for line in lines(tally)[2:] if "noop" in line] == []


def test_a_run_without_news_says_since_when(busy, clock):
    clock.now += 30
    assert lines(busy)[1] == "  measuring: 400 of 1,000 tasks, 800 tasks/s so far, no progress since 30 s ago"
