"""Values of runs without a check are compared: what is found does not depend on which run came first."""

from hypothesis import given
from hypothesis import strategies as st

from crossover.experiments.comparison.values import ValueRecord


def compared(*runs):
    record = ValueRecord()
    for label, fingerprints in runs:
        record.add(label, fingerprints)
    return record.comparison()


def test_runs_of_the_same_values_are_alike_however_many_tasks_they_have():
    found = compared(("queue", [7, 8, 9]), ("pipe", [7, 8]), ("queue", [7, 8, 9, 10]))
    assert (found.tasks, found.differing, found.changing, found.alike) == (4, 0, [], [["queue", "pipe"]])


def test_a_task_without_a_value_differs_from_none():
    found = compared(("queue", [7, 0, 9]), ("pipe", [7, 8, 0]), ("queue", [0, 8, 9]))
    assert (found.tasks, found.differing, found.changing, found.alike) == (3, 0, [], [["queue", "pipe"]])


def test_a_transport_whose_own_runs_differ_is_changing():
    found = compared(("queue", [7, 8]), ("pipe", [7, 8]), ("queue", [7, 1]))
    assert (found.differing, found.changing, found.alike) == (1, ["queue"], [["pipe"]])


def test_transports_are_grouped_by_their_values():
    runs = [(label, values) for _ in range(2) for label, values in (("a", [1, 2]), ("b", [1, 3]), ("c", [1, 2]))]
    found = compared(*runs)
    assert (found.differing, found.changing, found.alike) == (1, [], [["a", "c"], ["b"]])


def test_a_later_run_that_fills_a_gap_is_compared_with_what_came_before():
    found = compared(("a", [1, 2]), ("b", [0, 2]), ("b", [5, 2]), ("b", [6, 2]))
    assert (found.differing, found.changing, found.alike) == (1, ["b"], [["a"]])


FINGERPRINTS = st.lists(st.integers(0, 3), min_size=1, max_size=4)


@given(st.lists(st.tuples(st.sampled_from("abc"), FINGERPRINTS), min_size=1, max_size=8))
def test_whatever_the_order_the_same_is_found(runs):
    """Compare with the plain definition: per task, the set of its values, of all runs and of those of a transport."""
    found = compared(*runs)

    def seen(task, label=None):
        return {values[task] for one, values in runs if label in {None, one} and task < len(values)} - {0}

    tasks = range(max(len(values) for _, values in runs))
    labels = {label for label, _ in runs}
    changing = {label for label in labels if any(len(seen(task, label)) > 1 for task in tasks)}
    assert found.tasks == sum(bool(seen(task)) for task in tasks)
    assert found.differing == sum(len(seen(task)) > 1 for task in tasks)
    assert set(found.changing) == changing
    assert sorted(label for alike in found.alike for label in alike) == sorted(labels - changing)
    for alike in found.alike:
        assert all(len(seen(task, alike[0]) | seen(task, label)) <= 1 for task in tasks for label in alike)
