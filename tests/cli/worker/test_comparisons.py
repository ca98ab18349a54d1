"""A `crossover worker` does the tasks of comparisons, too: it is found, reserved, checked and given back."""

import json
import signal
import sys

import pytest
from waiting import PATIENCE, eventually

EVERY = pytest.mark.parametrize("transport", ["redis-stream", "redis-list", "rabbitmq"], indirect=True)
LEVELS = [("redis-stream", "fast"), ("redis-stream", "safe"), *((name, "default") for name in EVERY.args[1])]
ONE = pytest.mark.parametrize("transport", ["redis-stream"], indirect=True)


@pytest.fixture
def compare(crossover, transport, queue_name, server, tmp_path):
    """Run a comparison with external workers; return how it ended, and its result."""

    def run(*words, **variables):
        url = f"{transport}?workers=external&queue={queue_name}"
        typed = [
            "compare",
            url,
            "-n",
            "200",
            "-r",
            "1",
            "-w",
            "2",
            "--window",
            "16",
            "-q",
            "--json",
            "result.json",
            *words,
        ]
        ended = crossover(*typed, **{server.variable: server.url}, **variables)
        found = tmp_path / "result.json"
        return ended, json.loads(found.read_text()) if found.exists() else {}

    return run


def begin_comparison(begin, transport, queue_name, server, *words):
    url = f"{transport}?workers=external&queue={queue_name}"
    typed = ["compare", url, "-r", "1", "-w", "2", "--window", "32", "-q", "--json", "long.json"]
    return begin(*typed, *words, **{server.variable: server.url})


@pytest.mark.long
@pytest.mark.parametrize(("transport", "level"), LEVELS, indirect=["transport"])
def test_its_processes_do_each_task_once_and_all_values_are_right(serve, compare, transport, level):
    for _ in range(2):
        serve(allow="workloads")
    ended, result = compare("-W", "power", "-w", "3", "-s", level)
    assert ended.returncode == 0, ended.stderr
    (run,) = result["runs"]
    delivery, told = run["delivery"], ("completed", "lost", "duplicated", "failed", "corrupted")
    assert [delivery[one] for one in told] == [200, 0, 0, 0, 0]
    said = result["host"]["brokers"]["rabbitmq workers" if transport == "rabbitmq" else "redis workers"]
    assert said.count("with 1 processes (1 before)") == 1  # of three, evenly
    assert said.count("with 2 processes (1 before)") == 1
    assert f"Python {sys.version.split()[0]}" in said


@pytest.mark.long
@EVERY
def test_without_one_the_command_to_start_it_is_told(compare, transport, queue_name, server):
    ended, _ = compare("-W", "noop")
    assert ended.returncode == 69
    start = f"{server.variable}=... crossover worker {transport} --queue {queue_name} --allow workloads"
    assert "no crossover worker answers at 127.0.0.1:" in ended.stderr
    assert f"start one: {start}" in ended.stderr


@pytest.mark.long
def test_without_a_server_that_both_know_it_is_refused(crossover):
    ended = crossover("compare", "redis-stream?workers=external", "-W", "noop", "-r", "1", "-q")
    assert ended.returncode == 69
    assert "workers=external needs the server that they use: set CROSSOVER_REDIS_URL" in ended.stderr


@pytest.mark.long
@ONE
def test_what_it_must_not_run_is_refused_and_the_worker_is_named(serve, compare):
    serve(allow="mine_worker")
    ended, _ = compare("-W", "power")
    assert ended.returncode == 69
    assert "must not run 'workloads.power:run': start it with --allow workloads" in ended.stderr
    assert "the worker redis-stream-" in ended.stderr


@pytest.mark.long
@ONE
def test_a_function_of_the_users_runs_where_it_is_allowed(serve, compare, tmp_path):
    serve(allow="mine_worker")
    (tmp_path / "items.jsonl").write_text("1\n2\n3\n")
    (tmp_path / "mine_worker.py").write_text("from os.path import basename\n\ndef double(one):\n    return 2 * one\n")
    ended, result = compare("-W", "mine_worker:double", "-i", "items.jsonl")
    assert ended.returncode == 0, ended.stderr
    assert result["runs"][0]["delivery"]["completed"] == 200
    ended, _ = compare("-W", "mine_worker:basename", "-i", "items.jsonl")
    assert ended.returncode == 69
    assert "no function defined in mine_worker" in ended.stderr


@pytest.mark.long
@ONE
def test_with_a_key_it_serves_no_comparison(serve, compare):
    serve(allow="workloads", CROSSOVER_KEY="k" * 32)
    ended, _ = compare("-W", "noop")
    assert ended.returncode == 69
    assert "has a CROSSOVER_KEY, and measured tasks are not signed" in ended.stderr


@pytest.mark.long
@ONE
def test_it_works_for_one_comparison_at_a_time_and_takes_no_calls_meanwhile(
    serve, compare, executor, mine, begin, transport, queue_name, server, tmp_path
):
    worker = serve(allow="workloads,mine_worker")
    first = begin_comparison(begin, transport, queue_name, server, "-W", "sleep", "-n", "300000")
    assert eventually(lambda: len(worker.events("lent")) == 1)
    second, _ = compare("-W", "noop")
    assert second.returncode == 69
    assert "is reserved for process " in second.stderr
    assert "one comparison at a time" in second.stderr
    ours = executor()
    number = ours.send(mine.add, 1, 2)
    ours.receive(2)
    assert number not in ours.outcomes
    first.send_signal(signal.SIGINT)
    assert first.wait(PATIENCE) == 130
    assert ours.wait(number) == [3]
    third, _ = compare("-W", "noop")
    assert third.returncode == 0, third.stderr


@pytest.mark.long
@ONE
def test_a_worker_that_is_killed_is_missed_and_what_it_had_is_told(
    serve, compare, begin, transport, queue_name, server, tmp_path
):
    code = "import time\n\ndef note(path):\n    open(path, 'a').write('x')\n    time.sleep(0.2)\n"
    (tmp_path / "mine_worker.py").write_text(code)
    (tmp_path / "items.jsonl").write_text(json.dumps(str(tmp_path / "begun")))
    killed, _ = [serve(allow="mine_worker") for _ in range(2)]
    words = ["-W", "mine_worker:note", "-i", "items.jsonl", "-n", "3000"]
    running = begin_comparison(begin, transport, queue_name, server, *words)
    begun = tmp_path / "begun"
    assert eventually(lambda: begun.exists() and begun.stat().st_size > 40)  # more than its sample and a warm-up
    killed.process.kill()
    assert running.wait(PATIENCE) == 1
    (run,) = json.loads((tmp_path / "long.json").read_text())["runs"]
    assert run["ending"].startswith("a process died: worker redis-stream-")
    assert run["delivery"]["lost"] > 0
    assert run["delivery"]["completed"] > 0


@pytest.mark.long
@ONE
def test_a_process_of_it_that_dies_is_named_with_its_signal(serve, compare, tmp_path):
    serve(allow="mine_worker")
    (tmp_path / "items.jsonl").write_text("1\n")
    code = "import os, signal\n\ndef die(one):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    (tmp_path / "mine_worker.py").write_text(code)
    ended, result = compare("-W", "mine_worker:die", "-i", "items.jsonl", "-n", "4")
    assert ended.returncode in {1, 69}
    assert "was ended by SIGKILL" in ended.stderr + json.dumps(result)


@ONE
def test_a_worker_of_another_python_is_named_and_refused(serve, compare, tmp_path):
    other = "import platform\n\nplatform.python_version = lambda: '3.99.1'\n"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sitecustomize.py").write_text(other)
    serve(allow="workloads", PYTHONPATH=str(tmp_path / "other"))
    ended, _ = compare("-W", "noop")
    assert ended.returncode == 69
    assert "the worker redis-stream-" in ended.stderr
    ours = ".".join(map(str, sys.version_info[:2]))
    assert f"runs Python 3.99.1, this is Python {ours}." in ended.stderr
    assert f"start it with Python {ours}, or this command with Python 3.99" in ended.stderr
    in_containers, _ = compare("-W", "noop", CROSSOVER_WORKERS="compose")
    assert in_containers.returncode == 0, in_containers.stderr
