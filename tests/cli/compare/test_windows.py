"""Without --window, each transport has the smallest window with which it carries nearly as much as with any."""

import os
import signal

import pytest
from waiting import PATIENCE, eventually

from crossover.experiments.comparison.planning.amounts import bounded_window

NOOP = ["-W", "noop", "-w", "2", "-r", "1", "--full", "--json", "out.json"]
SLOW = "import time\ndef run(item): time.sleep(0.002)"
ENDS = """
    import os, pathlib

    def run(item):
        if not pathlib.Path("began").exists():
            pathlib.Path("began").touch()
            os._exit(3)
"""
MIB = 2**20


def searches(found):
    return {search["transport"]: search for search in found["window_searches"]}


@pytest.mark.long
def test_a_window_is_searched_used_shown_and_kept(in_process, result):
    ended = in_process("compare", "queue", "serial", *NOOP, "-n", "2000")
    assert ended.returncode == 0, ended.stderr
    found = result()
    search = searches(found)["queue"]
    tried = [point["window"] for point in search["points"]]
    assert tried[:3] == [8, 16, 32]
    assert search["plateau"] > 0
    assert search["window"] in tried
    assert search["window"] <= 2000 / 8  # a run fills its window several times
    assert all(1 <= len(point["samples"]) <= 3 for point in search["points"])  # a busy machine has time for fewer
    assert found["plan"]["windows"] == {"queue": search["window"]}  # serial has no worker that could wait
    assert {run["load"]["window"] for run in found["runs"] if run["transport"] == "queue"} == {search["window"]}
    assert f"window {search['window']} (auto)" in ended.stdout
    assert "as a part of the plateau" in " ".join(ended.stdout.split())


@pytest.mark.long
def test_a_transport_that_is_named_twice_has_the_same_window_each_time(in_process, result):
    assert in_process("compare", "queue", "queue", "queue?start=spawn", *NOOP, "-n", "2000").returncode == 0
    assert len(result()["plan"]["windows"]) == 3
    assert len(set(result()["plan"]["windows"].values())) == 1


@pytest.mark.long
def test_latency_is_shown_unloaded_and_under_the_load_that_was_run(in_process, result):
    ended = in_process("compare", "queue", *NOOP, "-n", "50", "--markdown", "out.md", "--csv", "out.csv")
    words = " ".join(ended.stdout.split())
    assert "unloaded: of a task that does nothing" in words
    assert "queued: queueing time, under the load that was run" in words
    (summary,) = result()["summary"]
    (alone,) = (run for run in result()["probes"] if run["load"]["window"] == 2)
    assert summary["unloaded_ms"] == alone["latency_ms"]


@pytest.mark.long
def test_a_typed_window_is_that_of_all_transports(in_process, result):
    ended = in_process("compare", "queue", "pipe", *NOOP, "-n", "2000", "--window", "64")
    assert ended.returncode == 0, ended.stderr
    assert {run["load"]["window"] for run in result()["runs"]} == {64}
    assert (result()["plan"]["window"], result()["plan"]["windows"], result()["window_searches"]) == (64, {}, [])
    assert "window 64," in ended.stdout
    assert "auto" not in ended.stdout


@pytest.mark.long
def test_few_tasks_need_no_search(in_process, result):
    assert in_process("compare", "queue", *NOOP, "-n", "200", "--window", "auto").returncode == 0
    assert result()["window_searches"] == []
    assert {run["load"]["window"] for run in result()["runs"]} == {32}


@pytest.mark.long
@pytest.mark.parametrize(("source", "why"), [(SLOW, "tasks take so long"), (ENDS, "it is not known how long")])
def test_for_long_tasks_the_default_will_do(in_process, mine, result, source, why):
    words = [*mine(source), "-n", "300", "-w", "2", "-r", "1", "--full", "--json", "out.json"]
    ended = in_process("compare", "queue", *words)
    assert f"The window of queue is 32: {why}" in " ".join(ended.stdout.split())
    assert searches(result())["queue"]["points"] == []


@pytest.mark.long
def test_what_a_broker_carries_at_most_is_its_plateau(in_process, result, redis_url):
    words = ["compare", "queue", "redis-list", *NOOP, "-n", "320"]
    assert in_process(*words, CROSSOVER_REDIS_URL=redis_url).returncode == 0
    found = result()
    assert searches(found)["redis-list"]["plateau"] > 0
    assert {run["load"]["window"] for run in found["probes"]} == {2}  # no other probe has to look for it


@pytest.mark.long
def test_what_a_broker_carries_at_most_is_its_plateau_whatever_window_was_typed(in_process, result, redis_url):
    words = ["compare", "queue", "redis-list", *NOOP, "-n", "320", "--window", "4"]
    ended = in_process(*words, CROSSOVER_REDIS_URL=redis_url)
    assert ended.returncode == 0, ended.stderr
    found = result()
    assert {run["load"]["window"] for run in found["runs"]} == {4}
    (search,) = found["window_searches"]
    assert search["plateau"] > 0
    assert (search["window"], found["plan"]["windows"]) == (4, {})
    said = " ".join(ended.stdout.split())
    assert "The window of redis-list is 4: it was typed." in said
    assert "is the smallest" not in said


@pytest.mark.long
def test_figures_of_tasks_that_went_wrong_show_no_window_and_no_plateau(in_process, result):
    ended = in_process("compare", "planted?what=duplicate", "queue", *NOOP, "-n", "2000")
    assert ended.returncode == 1, ended.stderr
    search = searches(result())["planted?what=duplicate"]
    assert (search["window"], search["plateau"]) == (32, None)
    said = " ".join(ended.stdout.split())
    assert "The window of planted?what=duplicate is 32: of its tasks," in said
    assert "The window of queue is the smallest with which the throughput is within 5%" in said


@pytest.mark.long
def test_a_short_time_limit_is_not_spent_on_searching(in_process, result):
    ended = in_process("compare", "queue", *NOOP, "-n", "2000", "--time-limit", "10s")
    assert ended.returncode == 0, ended.stderr
    assert "The window of queue is 32: the time limit leaves no time for it" in " ".join(ended.stdout.split())


@pytest.mark.parametrize(("size", "window"), [(None, 512), (64, 512), (1 * MIB, 256), (32 * MIB, 8), (999 * MIB, 2)])
def test_memory_bounds_the_window_of_large_payloads(size, window):
    assert bounded_window(512, workers=2, batch=1, payload_bytes=size) == window


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--window", "auto", "--rate", "100"], "--window cannot be combined with --rate"),
        (["--window", "auto", "--backlog", "10"], "--window cannot be combined with --backlog"),
        (
            ["--window", "8", "-b", "16"],
            "8 tasks are fewer than one batch of 16; allowed: 16 or more, or auto",
        ),
        (["--window", "many"], "allowed: a whole number, 1 or more; or auto"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_in_one_sentence(in_process, words, said):
    ended = in_process("compare", "queue", "-W", "noop", *words)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr


def test_a_window_that_holds_no_batch_is_refused_of_safety_too(in_process):
    ended = in_process("safety", "queue", "--window", "8", "-b", "16")
    assert ended.returncode == 2
    assert "8 tasks are fewer than one batch of 16; allowed: 16 or more" in " ".join(ended.stderr.split())


@pytest.mark.parametrize("words", [["--rate", "100", "-n", "20"], ["--backlog", "20"], ["-b", "256", "-n", "600"]])
def test_where_none_was_typed_a_rate_a_backlog_and_large_batches_go_on_as_ever(in_process, result, words):
    ended = in_process("compare", "queue", *NOOP, *words)
    assert ended.returncode == 0, ended.stderr
    assert result()["window_searches"] == []


@pytest.mark.long
def test_ctrl_c_in_a_search_leaves_nothing(begin, family, tmp_path):
    process = begin("compare", "queue", "pipe", *NOOP, "-n", "1000000")
    assert eventually(
        lambda: len(family()) >= 5 or process.poll() is not None, 30
    )  # of a search: its workers are there
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert eventually(lambda: not family())
    said = (tmp_path / "stderr").read_text()
    assert "Traceback" not in said
    assert "interrupted; 0 of 2 runs were measured: the windows of the transports were still searched" in said
