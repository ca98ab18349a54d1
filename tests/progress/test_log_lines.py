"""What a log gets: a line for each run, and one for each warning."""

import io

import pytest
from rich.console import Console
from sample_views import Clock

from crossover.progress.log_lines import LogLines
from crossover.progress.progress import Schedule, Step

STEP = Step("queue", 1, 5, 1000, row="queue", in_row=5)


@pytest.fixture
def log():
    return io.StringIO()


@pytest.fixture
def run(log):
    """Let a run take some seconds; return the lines that the log has of it."""
    clock = Clock()
    lines = LogLines(Schedule(5), Console(file=log), clock)

    def happen(seconds=1, **outcome):
        lines.start(STEP)
        clock.now += seconds
        lines.finish(STEP, "500 tasks/s", 500.0, **outcome)
        return log.getvalue()

    happen.lines = lines
    return happen


def test_a_run_has_one_line(run):
    assert run() == "[1/5] round 1 queue: 500 tasks/s\n"


def test_where_much_is_left_a_line_says_how_long_it_takes(run):
    assert run(600) == "[1/5] round 1 queue: 500 tasks/s; about 40 min left\n"


def test_what_went_wrong_is_on_the_line_of_the_run(run):
    assert run(problem="a process died: worker 12, 3 lost") == (
        "[1/5] round 1 queue: 500 tasks/s (a process died: worker 12, 3 lost)\n"
    )


def test_what_is_skipped_or_cannot_be_found_out_has_a_line_of_its_own(run, log):
    run.lines.start(STEP)
    run.lines.skip(STEP, "[no] memory", 5)
    run.lines.warn("redis-list", "its bytes cannot be counted")
    assert log.getvalue() == "skipped queue: [no] memory\nredis-list: its bytes cannot be counted\n"


def test_a_log_that_cannot_be_written_ends_nothing(run, log):
    class Full(io.StringIO):
        def write(self, _text):
            raise OSError(28, "No space left on device")

    run.lines._console.file = Full()
    run()
    assert not log.getvalue()


def test_after_a_round_a_line_says_who_stands_where_if_that_is_new(run, log):
    standings = {"queue": "fastest so far", "pipe": "not proven yet", "pool": "not proven yet"}
    for _ in range(2):
        run.lines.stands(standings)
    assert log.getvalue() == "fastest so far: queue; not proven yet: pipe, pool\n"


def test_what_is_not_repeated_has_no_round(log):
    lines = LogLines(Schedule(2), Console(file=log), Clock())
    step = Step("pool-map", rounds=0, row="pool-map")
    lines.start(step)
    lines.finish(step, "could not tell", problem="it had not ended after 30 s")
    assert log.getvalue() == "[1/2] pool-map: could not tell (it had not ended after 30 s)\n"
    assert lines.warnings == ["pool-map: it had not ended after 30 s"]
