"""compare --backlog: everything is sent while the workers stand still; and what it weighs on the wire otherwise."""

import os
import signal

import psutil
import pytest
from broker_leftovers import keys
from waiting import PATIENCE, eventually

CLEAN = {"lost": 0, "duplicated": 0, "unexpected": 0, "corrupted": 0, "failed": 0}


def stand_still(family):
    """Say whether a worker is held."""
    try:
        return any(process.status() == psutil.STATUS_STOPPED for process in family())
    except psutil.NoSuchProcess:
        return False


@pytest.mark.long
def test_a_backlog_is_shown_with_the_process_that_holds_it(in_process, result):
    asked = ["--backlog", "2,000", "-W", "noop", "-r", "2", "--json", "out.json"]
    ended = in_process("compare", "queue", "manager", *asked)
    assert ended.returncode == 0, ended.stderr
    assert (result()["plan"]["backlog"], result()["plan"]["tasks"]) == (True, 2000)
    for run in result()["runs"]:
        assert run["delivery"].items() >= {**CLEAN, "completed": 2000}.items()
        assert run["load"] == {"mode": "backlog", "window": None, "rate": None, "fraction": None}
        assert run["backlog"]["role"] == {"queue": "producer", "manager": "broker"}[run["transport"]]
    assert {point["transport"] for point in result()["backlogs"]} == {"queue", "manager"}
    assert not result()["wire"]


def test_the_page_of_a_backlog_has_its_own_figures(in_process):
    ended = in_process("compare", "pipe", "-W", "noop", "--backlog", "500", "-r", "1")
    assert "noop: a backlog of 500 tasks, 1 round" in ended.stdout
    for heading in ("fill/s", "drain/s", "held by", "MiB", "bytes/task"):
        assert heading in ended.stdout
    assert "time goes" not in ended.stdout


@pytest.mark.parametrize("transport", ["serial", "threads"])
def test_who_has_no_worker_processes_is_refused_where_it_was_named(in_process, transport):
    ended = in_process("compare", transport, "--backlog", "100")
    assert ended.returncode == 2
    assert f"{transport} cannot have a backlog, because its worker is the producer's own process" in ended.stderr


@pytest.mark.parametrize("how", ["by the URL", "by the environment"])
def test_external_workers_cannot_be_held(in_process, how):
    url, variables = "celery+redis", {"CROSSOVER_WORKERS": "external"}
    if how == "by the URL":
        url, variables = "celery+redis://?workers=external", {}
    ended = in_process("compare", url, "-W", "noop", "--backlog", "100", **variables)
    assert ended.returncode == 2
    assert (
        "celery+redis cannot have a backlog, because its workers are external: crossover did not start them"
        in ended.stderr
    )


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5", ""])
def test_a_backlog_is_a_whole_number_from_one(in_process, number):
    ended = in_process("compare", "queue", "--backlog", number)
    assert ended.returncode == 2
    assert f"'--backlog': '{number}' is not possible; allowed: a whole number, 1 or more" in ended.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-n", "10"], "--backlog and -n/--tasks cannot be combined: both are the number of tasks; give one of them"),
        (["--window", "10"], "--window cannot be combined with --backlog: all tasks of a backlog are outstanding"),
        (["-W", "payload", "--payload", "64M", "--backlog", "100000"], "--backlog: 100,000 tasks need 6,250.0 GiB"),
        (["--backlog", "1000000000000"], "--backlog: 1,000,000,000,000 tasks need"),
    ],
)
def test_options_that_contradict_a_backlog_are_refused(in_process, words, sentence):
    ended = in_process("compare", "queue", "-W", "noop", "--backlog", "100", *words)
    assert ended.returncode == 2
    assert sentence in ended.stderr


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("transport", ["manager", "pool", "redis-list"])
def test_an_interruption_while_workers_are_held_leaves_no_process(begin, family, tmp_path, transport, number):
    process = begin("compare", transport, "-W", "noop", "--backlog", "3000000", "-r", "1")
    assert eventually(lambda: stand_still(family) or process.poll() is not None)
    assert process.poll() is None, (tmp_path / "stderr").read_text()
    os.killpg(process.pid, number)
    assert process.wait(PATIENCE) == 130
    assert eventually(lambda: not family())
    assert "Traceback" not in (tmp_path / "stderr").read_text()


@pytest.mark.long
@pytest.mark.parametrize("transport", ["manager", "queue://?start=forkserver", "redis-list"])
def test_sigkill_while_workers_are_held_leaves_no_process(begin, family, transport):
    process = begin("compare", transport, "-W", "noop", "--backlog", "3000000", "-r", "1")
    assert eventually(lambda: stand_still(family) or process.poll() is not None)
    process.kill()
    process.wait(PATIENCE)
    assert eventually(lambda: not family()), family()


@pytest.mark.long
def test_a_time_limit_ends_the_filling(in_process, result):
    asked = ["-W", "noop", "--backlog", "3000000", "-r", "1", "--time-limit", "5s", "--json", "out.json"]
    ended = in_process("compare", "manager", *asked)
    assert "time limit; 1 of 1 runs were measured" in ended.stderr
    (run,) = result()["runs"]
    assert run["ending"] == "time limit"
    assert 0 < run["delivery"]["attempted"] < 3_000_000
    assert run["delivery"]["lost"] == 0


@pytest.mark.long
@pytest.mark.parametrize("level", ["default", "safe"])
def test_a_payload_is_on_the_wire_four_times(in_process, result, level):
    asked = ["-W", "payload", "--payload", "10000", "-n", "400", "-r", "1", "-s", level, "--json", "out.json"]
    transports = ["redis-list", "redis-stream"]
    ended = in_process("compare", *transports, *asked)
    assert ended.returncode == 0, ended.stderr
    assert result()["wire"].keys() == set(transports)
    for summary in result()["summary"]:
        assert 40_000 <= summary["wire_bytes"] < 60_000


@pytest.mark.long
def test_inside_the_machine_nothing_is_on_a_wire(in_process, result):
    ended = in_process("compare", "queue", "-W", "noop", "-n", "100", "-r", "1", "--json", "out.json")
    assert ended.returncode == 0
    assert result()["wire"] == {}
    assert result()["summary"][0]["wire_bytes"] is None


@pytest.mark.long
def test_counting_bytes_leaves_nothing_on_a_foreign_server(in_process, result, redis_url):
    asked, before = ["-W", "noop", "-n", "200", "-r", "1", "--json", "out.json"], keys(redis_url)
    ended = in_process("compare", "redis-list", *asked, CROSSOVER_REDIS_URL=redis_url)
    assert ended.returncode == 0, ended.stderr
    assert result()["wire"]["redis-list"] > 0
    assert keys(redis_url) <= before


@pytest.mark.long
def test_tasks_that_take_long_are_not_run_again_only_to_count_bytes(in_process, mine, result):
    words = mine("import time\ndef run(item): time.sleep(2.5); return item", [1])
    asked = ["-n", "1", "-w", "1", "-r", "1", "--json", "out.json"]
    assert in_process("compare", "redis-list", *words, *asked).returncode == 0
    assert result()["wire"] == {}
