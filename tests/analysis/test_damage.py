"""What went wrong in a run is said in words; a run in which nothing did may be compared."""

import pytest
from sample_records import run_of

from crossover.analysis.verdict import damage


@pytest.mark.parametrize("ending", ["finished", "time limit", "interrupted"])
def test_a_run_that_ended_well_or_was_ended_by_its_user_is_sound(ending):
    assert damage(run_of(ending=ending)) == ""


@pytest.mark.parametrize("ending", ["hung", "a process died", "the transport broke", "the counter was lost"])
def test_any_other_ending_is_damage_even_if_every_task_came_back(ending):
    assert damage(run_of(ending=ending)) == ending


@pytest.mark.parametrize("term", ["lost", "failed", "corrupted", "duplicated", "unexpected"])
def test_a_single_task_that_went_wrong_is_damage(term):
    assert damage(run_of(delivery={term: 1})) == f"1 {term}"


@pytest.mark.parametrize("term", ["recovered", "reordered"])
def test_what_came_after_all_or_in_another_order_is_none(term):
    assert damage(run_of(delivery={term: 1})) == ""


def test_all_that_went_wrong_is_named_and_the_ending_only_where_nothing_else_did():
    assert (
        damage(run_of(delivery={"lost": 1_200, "duplicated": 2}, ending="a process died")) == "1,200 lost, 2 duplicated"
    )
