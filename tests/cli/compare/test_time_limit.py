"""A time limit ends a comparison, and what there is by then is reported."""

import re

import pytest

NAP = "import time\ndef run(item): time.sleep(item); return item"


def test_what_was_measured_by_then_is_reported(in_process, result):
    words = ["-W", "sleep", "-n", "50", "-w", "2", "-r", "1000", "--time-limit", "5s", "--json", "out.json"]
    ended = in_process("compare", "queue", "pipe", *words)
    runs = result()["runs"]
    assert 2 <= len(runs) < 2000
    assert runs[0]["ending"] == "finished"
    assert runs[0]["delivery"]["completed"] == 50
    assert "time limit" in ended.stdout + ended.stderr
    assert "queue" in ended.stdout


def test_tasks_that_were_under_way_at_the_limit_are_not_called_lost(in_process, mine, result):
    words = mine(NAP, [0.5])
    ended = in_process(
        "compare", "queue", *words, "-n", "1000", "-w", "2", "--time-limit", "2s", "-r", "1", "--json", "out.json"
    )
    (run,) = result()["runs"]
    assert run["ending"] == "time limit"
    assert run["delivery"]["attempted"] < 1000
    assert run["delivery"]["lost"] == 0
    assert ended.returncode == 0
    assert "time limit" in ended.stdout + ended.stderr


@pytest.mark.long
@pytest.mark.parametrize("transport", ["serial", "threads", "queue"])
def test_a_task_without_an_end_is_not_waited_for(crossover, mine, transport):
    ended = crossover("compare", transport, *mine(NAP, [3600]), "--time-limit", "1s", "-r", "1", timeout=30)
    assert ended.returncode in {0, 1}
    assert "time limit" in ended.stdout + ended.stderr


@pytest.mark.parametrize("load", [["--rate", "20"], ["--backlog", "4"]])
def test_a_run_that_ends_while_it_warms_up_is_no_measurement(in_process, mine, result, load):
    words = mine("import time\ndef run(item): time.sleep(1.5); return item", [1])[:4]  # without its number of tasks
    tasks = [] if "--backlog" in load else ["-n", "4"]
    asked = [*words, *tasks, *load, "-w", "1", "-r", "2", "--time-limit", "0.8s", "--json", "out.json"]
    ended = in_process("compare", "queue", *asked)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 1
    assert result()["runs"] == []
    assert "time limit; 0 of" in ended.stderr
    why = r"queue: not measured within the time limit: its first task takes 1\.\d{1,2} s, which leaves no time"
    assert re.search(why, ended.stderr)


def test_where_a_task_takes_nearly_all_of_the_time_its_first_tasks_are_the_measurement(in_process, mine, result):
    words = mine("import time\ndef run(item): time.sleep(1.5); return item", [1])
    asked = [*words, "-n", "4", "-w", "1", "-r", "2", "--time-limit", "0.8s", "--json", "out.json"]
    ended = in_process("compare", "queue", "pipe", *asked)
    assert ended.returncode == 0
    (run,) = result()["runs"]
    assert run["delivery"]["completed"] >= 1
    assert run["execute_seconds"] >= 1.5
    assert any("s: the time limit leaves room for the first tasks only" in one for one in run["warnings"])
    other = ({"queue", "pipe"} - {run["transport"]}).pop()  # the order within a round is random
    assert f"{other}: not measured within the time limit: it was over before its first run" in ended.stderr


def test_where_no_task_comes_back_in_time_that_is_said(in_process, mine, result):
    ended = in_process("scale", "queue", *mine(NAP, [3600]), "-w", "1", "--time-limit", "0.1s", "--json", "out.json")
    assert ended.returncode == 1
    assert result()["runs"] == []
    assert "queue: not measured within the time limit" in ended.stderr


def test_a_run_that_hangs_is_damage_and_named_and_nothing_is_said_of_no_loss(in_process, mine, result):
    words = mine(
        "import threading\ndef run(item):\n    if item == 8: threading.Semaphore(0).acquire()\n    return item",
        [*range(9)],
    )
    asked = [*words, "-w", "1", "-r", "1", "--hang-after", "0.5s", "--json", "out.json"]
    ended = in_process("compare", "queue", *asked)
    assert ended.returncode == 1
    (run,) = result()["runs"]
    assert run["hung"]
    assert run["ending"].endswith("waiting for a lock that is never released: a deadlock in it")
    assert run["delivery"]["lost"] == 1 or run["delivery"]["attempted"] < 9
    assert "No task was lost" not in ended.stdout
