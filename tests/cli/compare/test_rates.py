"""`--rate`: tasks are sent at a rate, and latency is shown against it."""

import re

import pytest

from crossover.contract.errors import UsageError
from crossover.experiments.comparison.planning.plan import plan_comparison
from crossover.experiments.comparison.planning.request import Request

ALLOWED = "allowed: tasks per second, 0.1 to 10,000,000; or auto"
WORDS = ["-W", "noop", "-w", "2", "--json", "out.json"]


@pytest.mark.parametrize(
    "rate", ["0", "-1", "nan", "inf", "-inf", "1e300", "0.01", "20000000", "fast", "", "1/s", "10%"]
)
def test_a_rate_that_makes_no_sense_is_refused_with_what_is_allowed(in_process, rate):
    ended = in_process("compare", "queue", "-W", "noop", f"--rate={rate}")
    assert ended.returncode == 2
    assert f"'--rate': '{rate}' is not possible; {ALLOWED}" in ended.stderr


@pytest.mark.parametrize("rate", ["1000", "auto"])
def test_serial_cannot_be_given_tasks_at_a_rate(in_process, rate):
    ended = in_process("compare", "serial", "queue", "-W", "noop", "--rate", rate)
    assert ended.returncode == 2
    assert (
        "serial cannot be given tasks at a rate: it runs each task in the producer when it is collected" in ended.stderr
    )


def test_a_window_is_for_closed_loop(in_process):
    ended = in_process("compare", "queue", "-W", "noop", "--rate", "1000", "--window", "8")
    assert ended.returncode == 2
    assert "--window cannot be combined with --rate" in ended.stderr


ASKED = Request("noop", None, None, 2, 1, None, "default", 5, (), 0)


def test_where_serial_was_not_named_it_is_skipped_with_the_reason():
    prepared = plan_comparison((), ASKED._replace(rate="auto"), ())
    assert "serial" not in prepared.addresses
    (skipped,) = (one for one in prepared.skipped if one.transport == "serial")
    assert "cannot be given tasks at a rate" in skipped.reason
    assert "serial" in plan_comparison((), ASKED, ()).addresses


@pytest.mark.parametrize(
    ("changes", "tasks"),
    [
        ({"rate": 1000.0}, 10_000),  # 10 s
        ({"rate": 0.5, "batch": 7}, 70),  # ten messages
        ({"rate": 1000.0, "tasks": 33}, 33),
        ({"rate": "auto"}, 20_000),  # to find the most that it can do: as many as without
    ],
)
def test_how_many_tasks_there_are_at_a_rate(changes, tasks):
    plan = plan_comparison(("queue",), ASKED._replace(**changes), ()).plan
    assert plan.tasks == tasks


def test_a_window_and_auto_go_together_since_the_most_is_found_in_closed_loop():
    assert plan_comparison(("queue",), ASKED._replace(rate="auto", window=8), ()).plan.window == 8
    with pytest.raises(UsageError):
        plan_comparison(("queue",), ASKED._replace(rate=10.0, window=8), ())


@pytest.mark.long
def test_a_typed_rate_gives_latencies_and_no_ranking_by_throughput(in_process, result):
    ended = in_process("compare", "queue", "pipe", *WORDS, "--rate", "500", "-n", "250", "-r", "2")
    assert ended.returncode == 0, ended.stderr
    assert "Latency counts from when a task was due to be sent until its outcome came back" in " ".join(
        ended.stdout.split()
    )
    found = result()
    assert found["summary"] == []
    assert {point["transport"] for point in found["loads"]} == {"queue", "pipe"}
    for run in found["runs"]:
        assert run["load"] == {"mode": "open", "window": None, "rate": 500.0, "fraction": None}
        assert run["delivery"]["completed"] == 250
        assert run["achieved_rate"] > 0
        assert run["send_delay_ms"]["p99"] <= run["latency_ms"]["max"]
        assert run["seconds"] > 0.49  # 250 tasks at 500/s


@pytest.mark.long
def test_inputs_repeat_for_as_long_as_the_rate_goes_on(in_process, folder, result):
    ended = in_process("compare", "queue", "-i", folder, "--rate", "10", "-r", "1", "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    assert result()["runs"][0]["delivery"]["completed"] == 100  # of 5 files, 10 s


@pytest.mark.long
def test_auto_finds_the_most_that_each_can_do_and_goes_to_fractions_of_it(in_process, result):
    ended = in_process("compare", "queue", "pipe", *WORDS, "--rate", "auto", "-n", "600", "-r", "2")
    assert ended.returncode == 0, ended.stderr
    runs = result()["runs"]
    assert [(run["transport"], run["load"]["fraction"]) for run in runs] == [
        ("queue", None), ("pipe", None), ("queue", None), ("pipe", None),
        *((name, part) for part in (0.5, 0.7, 0.8, 0.9, 0.95) for name in ("queue", "pipe")),
    ]  # fmt: skip
    assert re.search(r"\[(\d+)/\1\]", ended.stderr)  # all that were announced, and no more
    most = {one["transport"]: one["throughput"] for one in result()["summary"]}
    for run in runs[4:]:
        assert run["load"]["rate"] == pytest.approx(run["load"]["fraction"] * most[run["transport"]])
        assert run["delivery"]["completed"] == run["tasks"] == 600
    assert [point["fraction"] for point in result()["loads"]] == [0.5, 0.7, 0.8, 0.9, 0.95] * 2
    assert ended.stdout.index("tasks/s  ") < ended.stdout.index("Latency against load")


@pytest.mark.long
def test_a_time_limit_ends_a_run_whose_next_task_is_far_away(in_process, result):
    words = [*WORDS, "--rate", "0.1", "-r", "1", "--time-limit", "2s"]
    assert in_process("compare", "queue", *words).returncode == 0
    (run,) = result()["runs"]
    assert run["ending"] == "time limit"
    assert run["delivery"]["completed"] == 1


@pytest.mark.parametrize("words", [["--check"], ["-W", "payload", "--payload", "1k,64k"]])
def test_what_is_for_closed_loop_does_not_go_with_a_rate(in_process, words):
    ended = in_process("compare", "queue", "-W", "noop", "--rate", "auto", *words)
    assert ended.returncode == 2
    assert "cannot be combined; give one of them" in " ".join(ended.stderr.split())
