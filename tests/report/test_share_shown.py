"""What a person reads of shared counters."""

from sample_shares import share_result, share_run
from screen import printed

from crossover.contract.state_registry import STATES
from crossover.report.terminal.render import render
from crossover.results.share import SkippedState


def shown(result):
    return printed(render(result))


def in_one_line(result):
    return " ".join(shown(result).split())


def test_every_state_has_its_row_and_fits_a_terminal():
    lines = shown(share_result(*(share_run(name, 10_000_000, 9_999_999) for name in STATES))).splitlines()
    table = lines[next(number for number, line in enumerate(lines) if line.startswith("state ")) + 1 :]
    assert [line.split()[0] for line in table[: len(STATES)]] == list(STATES)
    assert all(len(line) <= 80 for line in lines)
    assert "10,000,000" in table[0]
    assert "9,999,999" in table[0]
    assert "100.0%" in table[0]


def test_a_long_name_is_folded_and_takes_no_figure_from_anybody():
    run = share_run("redis-incr", 123_456, 1)
    run.state = "redis-incr://a.host.with.a.long.name.example.org:6379/0"
    text = shown(share_result(run))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "123,456" in text
    assert "p99 µs" in text


def test_the_headline_says_how_much_was_done():
    assert "2 workers, 1 round, 0.5 s per run" in in_one_line(share_result(share_run()))
    assert "2 workers, 1 round, 1,000 updates per run" in in_one_line(
        share_result(share_run(), updates=1000, seconds=None)
    )


def test_losses_are_said_with_their_part():
    assert "Lost updates: value 25.0%." in in_one_line(share_result(share_run("value", 1000, 250)))


def test_what_lost_nothing_says_why():
    said = in_one_line(share_result(share_run("value-lock"), share_run("shared-memory")))
    assert "No update lost: value-lock (Value.get_lock()), shared-memory (by chance: nothing makes it safe)." in said


def test_nothing_is_a_bound_over_the_rounds_that_overlapped():
    rounds = [share_run("value-lock", 3_000, round=number, overlapped=number != 3) for number in (1, 2, 3)]
    said = in_one_line(share_result(*rounds, share_run("redis-incr", 9_000_000)))
    assert "With at least 6,000 updates each: fewer than 1 in 2,000, at 95% confidence." in said


def test_a_broken_promise_comes_first():
    said = in_one_line(share_result(share_run("value", lost=1), share_run("value-lock", lost=1)))
    assert said.index("value-lock lost updates, although it should not (Value.get_lock()).") < said.index(
        "Lost updates:"
    )


def test_a_run_that_did_not_overlap_proves_nothing():
    rounds = [share_run("value-lock", round=number, overlapped=number == 1) for number in (1, 2, 3)]
    said = in_one_line(share_result(*rounds))
    assert "value-lock: 2 of 3 rounds are inconclusive: the workers hardly overlapped." in said
    assert "No update lost: value-lock" in said
    none = in_one_line(share_result(share_run("value-lock", overlapped=False)))
    assert "value-lock: 1 of 1 round is inconclusive" in none
    assert "No update lost" not in none


def test_the_price_of_safety_is_a_ratio_and_a_time():
    said = in_one_line(share_result(share_run("value", 1_000_000), share_run("value-lock", 250_000)))
    assert "value-lock: 0.25 × value, +3 µs" in said


def test_a_price_that_cannot_be_told_from_noise_is_not_told():
    rounds = [
        share_run(name, 1000 + 100 * number, round=number)
        for number in (1, 2, 3, 4)
        for name in ("value", "value-lock")
    ]
    assert "value-lock: no significant difference from value" in in_one_line(share_result(*rounds))


def test_retries_and_unequal_shares_are_said():
    said = in_one_line(share_result(share_run("redis-watch", 1000, retries=500), share_run("redis-lock", fairness=0.5)))
    assert "Retries per update, because another worker was first: redis-watch 0.50." in said
    assert "Workers had unequal shares (fairness index; 1: equal): redis-lock 0.50." in said


def test_what_did_not_end_well_was_given_up_or_was_not_measured_is_said():
    died = share_run("value", ending="a process died: worker 17")
    late = share_run("value-lock", errors=3, reasons={"the lock was not acquired within 2 s": 3})
    said = in_one_line(share_result(died, late, skipped=[SkippedState("redis-incr", "no redis-server")]))
    assert "value, round 1: a process died: worker 17" in said
    assert "updates given up: 3 × value-lock: the lock was not acquired within 2 s" in said
    assert "skipped: redis-incr: no redis-server" in said
