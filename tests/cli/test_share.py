"""`crossover share`: what a person gets, and what is left behind."""

import json
import os
import signal
from contextlib import suppress

import psutil
import pytest
from broker_leftovers import keys
from skips import need
from waiting import PATIENCE, eventually

from brokers.servers.registry import server_kind
from crossover.contract.state_registry import STATES

pytestmark = pytest.mark.long

LOCAL = ["process-global", "value", "value-lock"]
ENDLESS = ["-n", "10000000000", "-r", "1", "-w", "2"]


@pytest.fixture
def working(begin, family, tmp_path):
    """Start a run without an end, and come back when its workers work; return the command and its workers."""

    def start(*words, **variables):
        process = begin("share", *words, *ENDLESS, "--json", "out.json", **variables)

        def busy():
            workers = [one for one in workers_of(process, family()) if working_for(one) > 0.05]
            return workers if len(workers) >= 2 else None

        assert eventually(busy), (tmp_path / "stderr").read_text()
        return process, busy()

    return start


def workers_of(command, family):
    """Return the workers of a producer, whose parent is the template; a resource tracker is none."""
    parents = {}
    for one in family:
        with suppress(psutil.NoSuchProcess):
            parents[one.pid] = 0 if "resource_tracker" in " ".join(one.cmdline()) else one.ppid()
    return [one for one in family if parents.get(parents.get(parents.get(one.pid))) == command.pid]


def working_for(process):
    try:
        return sum(process.cpu_times()[:2])
    except psutil.Error:
        return 0.0


def test_a_table_is_shown_and_a_file_is_written(crossover, result):
    ended = crossover("share", *LOCAL, "-r", "2", "-w", "2", "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == "shared counters: 2 workers, 2 rounds, 0.5 s per run"
    table = next(number for number, line in enumerate(lines) if line.startswith("state "))
    assert [line.split()[0] for line in lines[table + 1 : table + 4]] == LOCAL
    assert all(len(line) <= 80 for line in lines)
    assert "[6/6] round 2 " in ended.stderr
    assert "round 2 value-lock: " in ended.stderr
    found = result()
    assert [run["state"] for run in found["runs"]] == LOCAL * 2
    assert [run["round"] for run in found["runs"]] == [1, 1, 1, 2, 2, 2]
    assert [one["state"] for one in found["summary"]] == LOCAL


def test_the_file_has_what_the_design_calls_a_result(in_process):
    ended = in_process("share", "value", "-r", "1", "-w", "2", "-n", "20_000", "-q", "--json", "-")
    assert ended.returncode == 0
    assert not ended.stderr
    found = json.loads(ended.stdout)
    names = [
        "kind",
        "schema_version",
        "tool",
        "started_at",
        "host",
        "plan",
        "runs",
        "summary",
        "skipped",
        "server_warnings",
    ]
    assert list(found) == names
    (run,) = found["runs"]
    assert run["updates"] == 20_000
    assert run["updates_per_second"] == pytest.approx(20_000 / run["seconds"])
    assert run["lost_updates"] == 20_000 - run["final"]
    assert run["overlapped"] in {True, False}
    assert set(run["latency_us"]) == {"p50", "p90", "p99", "p999", "max", "mean"}
    assert found["plan"]["states"] == ["value"]


def test_without_a_name_all_are_shown_that_can_be_used_here(in_process, result, running_rabbitmq):
    need(server_kind("rabbitmq").install_hint())
    ended = in_process("share", "-r", "1", "-w", "2", "-n", "200", "-q", "--json", "out.json", **running_rabbitmq)
    assert ended.returncode == 0, ended.stderr
    found = result()
    assert {run["state"] for run in found["runs"]} | {one["state"] for one in found["skipped"]} == set(STATES)
    assert all(run["ending"] == "finished" for run in found["runs"])
    assert not [run for run in found["runs"] if run["safe"] and run["lost_updates"]]


def test_a_state_whose_server_is_missing_is_skipped_with_the_reason(in_process, result):
    ended = in_process(
        "share", "-r", "1", "-n", "100", "-q", "--json", "out.json", "--full", PATH="/nowhere", **NOWHERE
    )
    assert ended.returncode == 0
    skipped = {one["state"]: one["reason"] for one in result()["skipped"]}
    assert set(skipped) == {name for name in STATES if name.startswith(("redis", "memcached", "rabbitmq"))}
    assert skipped["redis-incr"] == "no Redis at 127.0.0.1:1: connection refused"
    assert "skipped: memcached-cas: no memcached at 127.0.0.1:1: connection refused" in " ".join(ended.stdout.split())


NOWHERE = {
    "CROSSOVER_REDIS_URL": "redis://127.0.0.1:1",
    "CROSSOVER_MEMCACHED_URL": "memcached://127.0.0.1:1",
    "CROSSOVER_RABBITMQ_URL": "amqp://127.0.0.1:1",
}


@pytest.mark.parametrize("name", ["redis-incr", "memcached-cas", "rabbitmq-owner"])
def test_a_state_that_was_named_and_cannot_be_used_is_an_error(in_process, name):
    ended = in_process("share", name, **NOWHERE)
    assert ended.returncode == 69
    assert ended.stderr.startswith(f"crossover: {name} cannot be used here: no ")
    assert "127.0.0.1:1" in ended.stderr
    assert not ended.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["value-lok"], "there is no shared state 'value-lok' (did you mean 'value-lock'?); there are thread-global,"),
        (["queue"], "there is no shared state 'queue'; there are thread-global,"),
        (["value?start=spawn"], "value has no option 'start'; allowed: none"),
        (["value?python=/usr/bin/python3"], "value: python is for transports; a shared state is changed by"),
        (["redis-lock?sleep=0"], "redis-lock: sleep cannot be '0'; allowed: 0.0001 to 1 (seconds)"),
        (["value-lock://host"], "value-lock is inside this machine and takes no host or path"),
        (["redis-incr://:a/b@host:1"], "the URL of redis-incr cannot be read: each / ? # @"),
        (["value", "-w", "0"], "'0' is not possible; allowed: a whole number, 1 or more"),
        (["value", "-n", "many"], "'many' is not possible; allowed: a whole number, 1 or more"),
        (["value", "-s", "safe"], "crossover share has no option -s; it belongs to crossover compare, "),
    ],
)
def test_wrong_words_are_refused_in_one_sentence(in_process, words, sentence):
    ended = in_process("share", *words)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert not ended.stdout
    assert "Traceback" not in ended.stderr


def test_a_file_that_cannot_be_written_is_refused_before_anything_runs(in_process, tmp_path):
    ended = in_process("share", "value", "--json", "missing/out.json")
    assert ended.returncode == 2
    assert "missing/out.json cannot be written" in ended.stderr


def test_a_run_too_short_to_overlap_is_said_to_prove_nothing(in_process):
    ended = in_process("share", "thread-global", "-r", "1", "-n", "2", "-w", "2")
    assert ended.returncode == 0
    assert "Not proven, workers hardly overlapped: thread-global." in ended.stdout
    assert "No update lost" not in ended.stdout


def test_a_foreign_server_is_left_clean_and_its_password_is_shown_nowhere(in_process, redis_url, tmp_path):
    before = keys(redis_url)
    place = redis_url.removeprefix("redis://")
    secret = place.partition("@")[0][1:]
    ended = in_process("share", f"redis-incr://{place}", "-r", "1", "-n", "500", "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    assert keys(redis_url) == before
    shown = ended.stdout + ended.stderr + (tmp_path / "out.json").read_text()
    assert secret not in shown
    assert "redis-incr://:**@" in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("name", ["value-lock", "manager-dict", "memcached-cas"])
def test_ctrl_c_keeps_what_was_measured_and_leaves_nothing(working, family, result, tmp_path, name, number):
    process, _ = working(name)
    os.killpg(process.pid, number)
    assert process.wait(PATIENCE) == 130
    assert eventually(lambda: not family()), family()
    assert "interrupted; 0 of 1 runs were measured" in (tmp_path / "stderr").read_text()
    assert "Traceback" not in (tmp_path / "stderr").read_text()
    assert result()["runs"] == []


def test_ctrl_c_in_threads_ends_at_once(begin, family, tmp_path):
    process = begin("share", "thread-global", *ENDLESS)
    assert eventually(lambda: any(working_for(one) > 1.5 for one in family()))
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert "interrupted" in (tmp_path / "stderr").read_text()


def test_ctrl_c_between_runs_shows_the_runs_that_were_measured(begin, result, tmp_path):
    process = begin("share", "value", "-r", "1000", "-w", "2", "--json", "out.json")
    assert eventually(lambda: "[2/1000]" in (tmp_path / "stderr").read_text())
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    measured = len(result()["runs"])
    assert measured >= 2
    assert f"interrupted; {measured} of 1000 runs were measured" in (tmp_path / "stderr").read_text()
    assert "value" in (tmp_path / "stdout").read_text()


@pytest.mark.parametrize("name", ["value", "value-lock", "shared-memory-lock", "redis-watch"])
def test_a_worker_that_is_killed_is_reported_and_nothing_hangs(working, result, tmp_path, name):
    process, workers = working(name)
    workers[0].kill()
    assert process.wait(PATIENCE) == 1
    (run,) = result()["runs"]
    assert run["ending"] == f"a process died: worker {workers[0].pid} was ended by SIGKILL"
    assert run["updates"] > 0
    assert run["ending"] in " ".join((tmp_path / "stdout").read_text().split())


def test_workers_that_make_no_update_any_more_hang_which_is_noticed_in_seconds(working, result):
    process, workers = working("value-lock", "--hang-after", "1s")
    for worker in workers:
        worker.suspend()
    assert process.wait(PATIENCE) == 1
    (run,) = result()["runs"]
    assert run["ending"].startswith("hung: 2 of 2 workers did not report, and made no update for ")


@pytest.mark.parametrize("name", ["value-lock", "shared-memory", "manager-list-lock", "redis-incr", "memcached-incr"])
def test_when_the_command_is_killed_everything_goes_with_it(working, family, name):
    process, _ = working(name)
    process.kill()
    assert eventually(lambda: not family()), family()


@pytest.mark.usefixtures("cleaning")
def test_what_a_killed_command_leaves_on_a_foreign_server_can_be_removed(working, crossover, redis_url):
    before = keys(redis_url)
    process, _ = working("redis-watch", CROSSOVER_REDIS_URL=redis_url)
    process.kill()
    process.wait(PATIENCE)
    assert len(keys(redis_url) - before) == 1
    assert "removed 1 keys" in crossover("doctor", "--clean", CROSSOVER_REDIS_URL=redis_url).stdout
    assert keys(redis_url) == before
