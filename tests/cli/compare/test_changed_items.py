"""A function that changes its items does the same through every transport, however often an item is used."""

import pytest

POPS = """
    def run(item):
        item["words"].sort()
        return [item.pop("text"), item["words"]]
"""
CHECKS = """
    def check(item, value):
        return [item.pop("text"), sorted(item.pop("words"))] == value

    run.check = check
"""
ITEMS = [{"text": f"text {number}", "words": ["b", "a", str(number)]} for number in range(3)]


@pytest.mark.long
@pytest.mark.parametrize(
    ("check", "batch"), [("", 7), (CHECKS, 1)], ids=["without a check", "with a check that changes items, too"]
)
def test_items_are_used_again_as_they_were(in_process, mine, result, check, batch):
    words = ["-n", "20", "-b", batch, "-r", "1", "-w", "2", "--json", "out.json"]
    ended = in_process("compare", "serial", "threads", "queue", "pool", *mine(POPS + check, ITEMS), *words)
    assert ended.returncode == 0, ended
    runs = result()["runs"]
    assert [run["delivery"]["completed"] for run in runs] == [20] * 4
    assert len({run["value_digest"] for run in runs}) == 1


KEEPS = """
    from workloads.base import Workload

    class Own(Workload):
        name, reference, usual_tasks = "own", "mine:count", 6
        shared = {"calls": 0}
        checks = False

        def payloads(self, tasks):
            return [{"number": number, "shared": self.shared} for number in range(3)]

        def check(self, payload, value):
            return True

    def count(payload):
        payload["shared"]["calls"] += 1
        return payload["shared"]["calls"]

    run = Own()
"""


@pytest.mark.long
def test_what_payloads_of_a_workload_share_is_changed_for_one_task_only(in_process, mine, result):
    mine(KEEPS)
    words = ["-W", "mine:run", "-n", "6", "-b", "2", "-r", "1", "-w", "2", "--json", "out.json"]
    ended = in_process("compare", "serial", "threads", "queue", *words)
    assert ended.returncode == 0, ended
    assert len({run["value_digest"] for run in result()["runs"]}) == 1


@pytest.mark.long
def test_no_number_of_workers_is_recommended_from_tasks_that_failed_because_items_were_used_again(
    crossover, mine, result
):
    items = [{"text": "a", "words": []}, {"text": "b", "words": []}]
    words = [*mine(POPS, items), "-w", "1,2", "-r", "1", "-n", "200", "--json", "out.json"]
    ended = crossover("scale", "threads", *words)
    assert ended.returncode == 0, ended
    assert {run["delivery"]["failed"] for run in result()["runs"]} == {0}
