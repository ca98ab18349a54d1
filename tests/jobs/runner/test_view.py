"""What a person sees while a job runs: how far it is, how fast, how long yet, what fails, and each worker."""

import io
from types import SimpleNamespace

import pytest
from sample_views import Clock

from crossover.jobs.runner.shown.block import block
from crossover.jobs.runner.shown.status import Status
from crossover.jobs.runner.shown.view import LiveView, LogLines
from crossover.jobs.runner.tally import Tally
from crossover.report.terminal.console import PipeSafeConsole


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def status(clock):
    """A job that has done half of its lines in ten seconds."""
    source = SimpleNamespace(lines=2_000, ended=False)
    made = Status("mine:run over pool, 2 workers", Tally(began=clock.now), source, clock)
    clock.now += 10
    made.tally.done = 1_000
    made.tally.workers.update({"host 11": 600, "host 12": 400})
    made.look()
    return made


def lines(status, width=80, height=24):
    return [line.plain.rstrip() for line in block(status, width, height)]


def test_it_shows_what_is_done_how_fast_and_how_long_yet(status):
    first, done, pace, *_ = lines(status)
    assert first == "mine:run over pool, 2 workers"
    assert done.endswith("1,000 of about 2,000 lines done")
    assert done.count("█") == pytest.approx(done.count("·"), abs=1)
    assert pace == "100 lines/s, elapsed 10 s, about 10 s left"


def test_the_number_of_lines_is_exact_when_all_are_read_and_left_out_where_it_cannot_be_known(status):
    status.source.ended = True
    assert lines(status)[1].endswith("1,000 of 2,000 lines done")
    status.source.lines = None
    assert lines(status)[1] == "1,000 lines done"
    assert lines(status)[2].endswith("time left unknown")


def test_what_was_done_before_is_done_and_is_no_part_of_the_rate(status):
    status.tally.resumed = 500
    assert "1,500 of about 2,000" in lines(status)[1]
    assert lines(status)[2] == "100 lines/s, elapsed 10 s, about 5 s left"


def test_what_goes_wrong_is_counted_and_takes_no_room_where_nothing_does(status):
    assert not any("failed" in line for line in lines(status))
    status.tally.failed, status.tally.retried, status.tally.deaths = 3, 7, 1
    assert lines(status)[3] == "3 failed, 7 tried again, 1 ended a worker"


def test_the_rate_is_that_of_the_last_half_minute(status, clock):
    for _ in range(100):
        clock.now += 0.5
        status.tally.done += 5
        status.look()
    assert status.rate == pytest.approx(10)


def test_each_worker_has_a_row_with_its_own_rate(status):
    heading, *rows = (line.split() for line in lines(status)[4:])
    assert heading == ["worker", "lines", "lines/s"]
    assert rows == [["host", "11", "600", "60"], ["host", "12", "400", "40"]]


@pytest.mark.parametrize(("width", "height"), [(40, 10), (80, 24), (160, 60), (20, 3)])
def test_with_hundreds_of_workers_it_still_fits_the_terminal_and_the_rest_is_summed_up(status, width, height):
    status.tally.workers.update({f"a host with a long name {number}": number for number in range(300)})
    shown = lines(status, width, height)
    assert len(shown) < height
    assert max(map(len, shown)) <= width
    if height > 20:
        assert shown[-1].split()[:3] == ["…", "287", "more"]


def test_a_name_from_elsewhere_cannot_draw(status):
    status.tally.workers["host\x1b[2J 13"] = 1
    assert not any("\x1b" in line for line in lines(status))


def test_a_log_has_a_line_after_five_seconds_and_ever_rarer(status, clock):
    written = io.StringIO()
    view = LogLines(status, PipeSafeConsole(file=written), clock)
    for _ in range(10 * 60):
        clock.now += 1
        view.look()
    shown = written.getvalue().splitlines()
    assert 8 <= len(shown) <= 14
    assert shown[0].startswith("1,000 of about 2,000 lines done, ")


def test_however_often_it_is_asked_it_looks_twice_a_second(status, clock, monkeypatch):
    looks = []
    monkeypatch.setattr(status, "look", lambda: looks.append(clock.now))
    view = LiveView(status, PipeSafeConsole(file=io.StringIO(), width=80, height=24), clock)
    for _ in range(10_000):
        clock.now += 0.001
        view.look()
    assert 19 <= len(looks) <= 21
