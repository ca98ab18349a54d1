"""How long a command is expected to take, from what has run so far."""

import re

from sample_views import lines, run, step_of


def test_what_is_skipped_is_not_left_any_more(told, clock):
    tally = told(10)
    run(tally, clock, "pipe")
    turn = step_of("queue")
    tally.start(turn)
    tally.skip(turn, "no memory", 5)
    assert "1 of 10 runs done,  4 left" in lines(tally)[0]
    assert any(re.match(r"  queue +0 of 0 +skipped$", line) for line in lines(tally))
    assert lines(tally)[-1] == "! skipped queue: no memory"


def test_before_the_first_run_has_ended_the_time_left_is_unknown(told, clock):
    tally = told(10)
    tally.start(step_of("queue"))
    clock.now += 65
    assert lines(tally)[1:3] == ["  starting since 65 s ago", "·" * 40 + "   0 of 10 runs done, 10 left"]
    assert lines(tally)[3] == "elapsed 1 min 05 s, time left unknown"


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
    tally.start(step_of("queue", 2))
    clock.now += 4
    assert tally.time_left().seconds == 36
    clock.now += 60  # longer than it should
    assert tally.time_left().seconds == 30


def test_a_time_limit_bounds_what_is_left(told, clock):
    tally = told(500, time_limit=60)
    assert "at most 60 s left" in lines(tally)[1]
    run(tally, clock, "queue", seconds=20)
    assert "elapsed 20 s, at most 40 s left" in lines(tally)[1]


def test_an_automatic_number_of_rounds_is_shown_with_its_limit(told, clock):
    tally = told(50, at_most=True)
    run(tally, clock, "queue", seconds=100)
    tally.start(step_of("queue", 2))
    shown = lines(tally)
    assert shown[0] == "▸ queue  round 2 of at most 5"
    assert "1 of at most 50 runs done, 49 left" in shown[2]
    assert shown[3] == "elapsed 1 min 40 s, at most 82 min left"


def test_filling_a_backlog_does_not_count_as_time_of_its_tasks(told, clock):
    tally = told(1)
    tally.start(step_of("queue"))
    for _ in range(50):
        tally.advance(0)
        clock.now += 0.2
    tally.advance(0)
    clock.now += 0.5
    tally.advance(100)
    assert "200 tasks/s so far" in lines(tally)[1]
