"""What to use for a function: both answers, with the code that does it, from a search in real runs."""

import pytest

TASKS = """
import time

def waits(item):
    time.sleep(0.01)
    return item

def computes(item):
    return sum(range(20_000))

def fails(item):
    raise ValueError(item)
"""
SHORT = ("-q", "--json", "out.json", "--time-limit")


@pytest.fixture(autouse=True)
def module(tmp_path):
    tmp_path.joinpath("mine.py").write_text(TASKS)
    tmp_path.joinpath("items.jsonl").write_text("".join(f"{number}\n" for number in range(50)))


@pytest.mark.long
def test_a_function_that_waits_gets_many_workers(in_process, result):
    ended = in_process("advise", "mine:waits", "-i", "items.jsonl", *SHORT, "12s")
    assert ended.returncode == 0, ended.stderr
    advice = result()["advice"]
    assert advice["local"]["workers"] >= 16
    assert "If tasks may be lost in a crash" in ended.stdout
    assert "If no task may be lost" in ended.stdout
    assert "crossover compare" in ended.stdout
    assert in_process("report", "out.json").stdout == ended.stdout


@pytest.mark.long
def test_a_function_that_computes_gets_no_more_than_two_workers_for_each_core(in_process, result):
    ended = in_process("advise", "-W", "mine:computes", "-i", "items.jsonl", *SHORT, "8s")
    assert ended.returncode == 0, ended.stderr
    found = result()
    assert max(trial["workers"] for trial in found["advice"]["trials"]) <= 2 * found["host"]["cores"]
    assert found["advice"]["local"]


@pytest.mark.long
def test_a_function_whose_tasks_fail_is_no_success(in_process):
    assert in_process("advise", "mine:fails", "-i", "items.jsonl", *SHORT, "5s").returncode == 1


@pytest.mark.parametrize("words", [(), ("mine:waits", "-W", "sleep")])
def test_it_needs_one_thing_to_run(in_process, words):
    ended = in_process("advise", *words)
    assert ended.returncode == 2
    assert "advise needs one thing to run" in ended.stderr
