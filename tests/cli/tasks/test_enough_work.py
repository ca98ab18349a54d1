"""Without -n, the tasks are repeated until a run is long enough to be measured; -n is kept as typed."""

import pytest

DOUBLE = "def run(item):\n    return 2 * item"


def repeated(words):
    """Return the words without the number of tasks, which is typed last."""
    assert words[-2] == "-n"
    return words[:-2]


def compared(in_process, result, words, *transports):
    ended = in_process("compare", *transports, *words, "-r", "2", "-w", "2", "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, result()


@pytest.mark.long
def test_few_items_are_repeated_for_about_a_second_and_as_often_in_each_round(in_process, mine, result):
    shown, found = compared(in_process, result, repeated(mine(DOUBLE, range(50))), "queue", "threads")
    assert found["plan"]["tasks"] == 50
    assert "50 tasks (repeated for 1 s)" in shown
    for transport in ("queue", "threads"):
        first, second = [run for run in found["runs"] if run["transport"] == transport]
        assert first["seconds"] >= 1
        assert first["tasks"] == second["tasks"] > 50
        assert first["delivery"]["completed"] == first["delivery"]["attempted"] == first["tasks"]
    assert len({run["value_digest"] for run in found["runs"]}) == 1
    assert found["values"]["differing"] == 0


@pytest.mark.long
@pytest.mark.parametrize("batch", ["1", "7"])
def test_every_item_is_run_even_if_that_takes_longer(in_process, mine, result, batch):
    slow = mine("import time\ndef run(item):\n    time.sleep(0.03)\n    return item", range(119))
    _, found = compared(in_process, result, [*repeated(slow), "-b", batch, "--window", "14"], "threads")
    first, second = (run["tasks"] for run in found["runs"])
    assert 119 <= first == second < 2 * 119


@pytest.mark.long
def test_a_number_that_was_typed_is_kept(in_process, mine, result):
    shown, found = compared(in_process, result, mine(DOUBLE, range(50)), "threads")
    assert [run["tasks"] for run in found["runs"]] == [50, 50]
    assert "repeated" not in shown
