"""The transport that misbehaves on purpose does what the self-test of `crossover safety` must find, and no more."""

import pytest
from task_functions import FunctionWorkload
from waiting import eventually

from crossover.contract.errors import UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import ALL_ACCEPTED, Batch, as_outcomes

TASKS = 60
EVERYTHING = [(task, [task]) for task in range(TASKS)]


def came(what, tasks, submit=None):
    """Submit tasks, and return the numbers and values of the outcomes, in the order in which they came."""
    found = []
    with parse(f"planted?what={what}").create(Safety.DEFAULT) as transport:
        transport.start(FunctionWorkload("echo", [0]), 1)
        for task in range(TASKS):
            submitted = submit(transport, task) if submit else transport.submit_task(task, task)
            assert submitted is ALL_ACCEPTED

        def all_came():
            found.extend((one.first, one.values) for one in map(as_outcomes, transport.collect(8, 0.1)))
            return len(found) >= tasks

        assert eventually(all_came)
        assert not transport.collect(8, 0.05)
    return found


def test_told_to_do_nothing_it_is_a_queue():
    assert came("nothing", TASKS) == EVERYTHING


def test_it_loses_one_of_25():
    assert came("loss", TASKS - 3) == [one for one in EVERYTHING if one[0] not in {0, 25, 50}]


def test_it_delivers_one_of_25_twice():
    assert came("duplicate", TASKS + 3) == sorted([*EVERYTHING, (0, [0]), (25, [25]), (50, [50])])


def test_it_delivers_one_of_25_after_the_next_one():
    order = [task for task, _ in came("reorder", TASKS)]
    assert sorted(order) == list(range(TASKS))
    assert order == [task + {0: 1, 1: -1}.get(task % 25, 0) for task in range(TASKS)]


@pytest.mark.long
def test_it_alters_one_of_25():
    expected = [(task, ["planted"] if task in {0, 25, 50} else value) for task, value in EVERYTHING]
    assert came("corrupt", TASKS) == expected


@pytest.mark.long
def test_it_stops_delivering():
    assert came("hang", 26) == EVERYTHING[:26]


def test_what_it_alters_of_a_batch_is_all_of_it():
    found = came("corrupt", TASKS, lambda transport, task: transport.submit(Batch(2 * task, 2, [task, task])))
    assert [values for first, values in found if first % 25 == 0] == [["planted"] * 2] * 3


def test_another_misbehaviour_is_refused_with_those_that_there_are():
    with pytest.raises(UsageError, match="loss, duplicate, reorder"):
        parse("planted?what=sleep")
