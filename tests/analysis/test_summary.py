"""Who is fastest, who cannot be told apart from it, and what was damaged."""

import pytest
from sample_records import rounds_of, run_of

from crossover.analysis.summary import summarise
from crossover.analysis.verdict import damage


def verdicts(*rounds, cores=2):
    by_name = {runs[0].transport: runs for runs in rounds}
    return {summary.transport: summary.verdict for summary in summarise(by_name, cores, {})}


def test_the_fastest_comes_first_and_the_others_are_measured_by_it():
    found = verdicts(
        rounds_of("pipe", 500, 501, 499, 500),
        rounds_of("queue", 1000, 1001, 999, 1000),
        rounds_of("pool", 980, 1010, 960, 970),
    )
    assert list(found.items()) == [
        ("queue", "fastest"),
        ("pool", "no significant difference from queue (-7 to +4%)"),
        ("pipe", "-50.0% (-50.1 to -49.9%) against queue"),
    ]


def test_few_rounds_prove_nothing_unless_they_are_far_apart():
    found = verdicts(rounds_of("queue", 1000, 1001, 999), rounds_of("pipe", 900, 901, 899))
    assert found == {"queue": "fastest", "pipe": "not distinguishable from queue"}


def test_a_damaged_one_is_never_the_fastest():
    found = verdicts(rounds_of("queue", 1000, 1001), rounds_of("pipe", 9000, 9001, delivery={"lost": 7}))
    assert found == {"pipe": "7 lost", "queue": "fastest"}


def test_where_all_are_damaged_each_says_how():
    found = verdicts(rounds_of("queue", 10, delivery={"failed": 1}), rounds_of("pipe", 90, delivery={"lost": 7}))
    assert found == {"pipe": "7 lost", "queue": "1 failed"}


def test_damage_in_one_round_of_many_is_damage():
    runs = [*rounds_of("queue", 1000, 1001), run_of("queue", 1000, {"duplicated": 2}, round=3)]
    assert verdicts(runs) == {"queue": "2 duplicated"}


@pytest.mark.parametrize("term", ["lost", "failed", "corrupted", "duplicated", "unexpected"])
def test_every_damage_has_its_word(term):
    assert damage(run_of(delivery={term: 1234})) == f"1,234 {term}"


def test_several_damages_are_all_said():
    assert damage(run_of(delivery={"lost": 1, "corrupted": 2})) == "1 lost, 2 corrupted"


@pytest.mark.parametrize("term", ["reordered", "recovered"])
def test_another_order_and_what_came_after_all_are_no_damage(term):
    assert not damage(run_of(delivery={term: 3}))


def test_a_run_that_ended_badly_is_damaged_even_where_nothing_was_lost():
    assert "a process died: worker 12" in damage(run_of(ending="a process died: worker 12", delivery={"attempted": 0}))


def test_what_a_task_costs_is_worked_out_from_tasks_that_do_nothing():
    power = {"queue": rounds_of("queue", 1_000, workers=8)}
    nothing = {"queue": rounds_of("queue", 20_000, workload="noop", workers=8)}
    (found,) = summarise(power, cores=2, idle=nothing)
    assert found.overhead_us == pytest.approx(100)  # two workers on two cores, 20,000 a second
    assert found.break_even_ms == pytest.approx(1.9)
    (unknown,) = summarise(power, cores=2, idle={})
    assert (unknown.overhead_us, unknown.break_even_ms) == (None, None)


def test_serial_has_one_worker_whatever_number_was_given():
    runs = {"serial": rounds_of("serial", 1_000_000, workload="noop", workers=8)}
    (serial,) = summarise(runs, cores=8, idle=runs)
    assert serial.overhead_us == pytest.approx(1)


def test_without_runs_there_is_nothing_to_sum_up():
    assert summarise({}, cores=2, idle={}) == []
    assert summarise({"queue": []}, cores=2, idle={}) == []
