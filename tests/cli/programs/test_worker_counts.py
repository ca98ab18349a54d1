"""No number of workers is recommended from tasks that only failed because items are used again."""

POPS = """
    def run(item):
        return item.pop("text")
"""


def test_scale_gives_each_task_an_item_of_its_own(crossover, mine, result):
    words = [*mine(POPS, [{"text": "a"}, {"text": "b"}]), "-w", "1,2", "-r", "1", "-n", "200"]
    ended = crossover("scale", "threads", *words, "--json", "out.json")
    assert ended.returncode == 0, ended
    assert {run["delivery"]["failed"] for run in result()["runs"]} == {0}
