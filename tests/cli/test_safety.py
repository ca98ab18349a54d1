"""`crossover safety`: faults are injected into real runs, and the matrix shows what was lost."""

import json
import signal

import pytest
import redis
from waiting import PATIENCE, eventually

from crossover.execution.faults import process_faults
from crossover.recording.journals.journal import FOLDER, SUFFIX

SHORT = ("-n", "100", "-q")
HELD_UNTIL_ONE_IS_KILLED = f"""
    import os, pathlib, time
    import psutil

    def run(item):
        journals = pathlib.Path(os.environ.get({FOLDER!r}, ""))
        while item > 75 and "kill-worker-busy" in journals.name and all(map(lives, journals.glob("*{SUFFIX}"))):
            time.sleep(0.005)
        time.sleep(0.002)
        return item

    def lives(journal):
        try:
            return psutil.Process(int(journal.stem)).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
"""


def is_filled(path):
    return path.exists() and path.stat().st_size > 0  # it is made, empty, before anything is measured


@pytest.fixture
def written(tmp_path):
    return lambda name="s.json": json.loads((tmp_path / name).read_text())


@pytest.mark.long
def test_the_self_test_can_be_run_alone(crossover, written):
    done = crossover("safety", "--self-test", "--json", "s.json", "-q")
    assert done.returncode == 0
    assert "Self-test: the checker found all planted errors" in done.stdout
    found = written()
    assert {one["what"] for one in found["self_test"]} == {
        "nothing",
        "loss",
        "duplicate",
        "reorder",
        "corrupt",
        "hang",
    }
    assert all(one["planted"] == one["found"] for one in found["self_test"])
    assert found["runs"] == []
    assert len(done.stdout.splitlines()) <= 3
    assert crossover("safety", "--self-test", "queue", "-q").returncode == 0


@pytest.mark.long
def test_a_matrix_shows_what_was_lost_and_what_was_expected(in_process, mine, written):
    words = mine(HELD_UNTIL_ONE_IS_KILLED, range(100))
    done = in_process("safety", "pipe", "--fault", "kill-worker-busy", *words, *SHORT, "--full", "--json", "s.json")
    assert done.returncode == 0
    control, killed = written()["runs"]
    assert (control["fault"], control["symptoms"]) == ("none", "")
    assert (killed["fault"], killed["symptoms"], killed["expected"]) == ("kill-worker-busy", "L", "L")
    assert killed["delivery"]["lost"] > 0
    assert "pipe" in killed["source"]
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "tasks/s" in done.stdout


@pytest.mark.long
def test_a_fault_that_makes_no_sense_is_recorded_with_the_reason(in_process, written):
    in_process("safety", "queue", "--fault", "kill-broker", *SHORT, "--json", "s.json")
    (cell,) = written()["unmeasured"]
    assert (cell["fault"], cell["reason"], cell["meaningless"]) == ("kill-broker", "there is no broker", True)


@pytest.mark.long
def test_a_fault_that_cannot_be_injected_is_explained_and_the_others_run(in_process, written, monkeypatch):
    """A busy machine lets a worker be caught even in tasks that do nothing, so the search is replaced here."""
    monkeypatch.setattr(process_faults, "kill_busy_worker", lambda *_: False)
    long_enough = (
        "-n",
        "1000",
        "-q",
    )  # for a second: on a busy machine, too, the fault strikes before the run has ended
    words = ("--fault", "none", "--fault", "kill-worker-busy", *long_enough, "--json", "s.json")
    done = in_process("safety", "queue", *words)
    assert done.returncode == 0
    assert [run["fault"] for run in written()["runs"]] == ["none"]
    (cell,) = written()["unmeasured"]
    assert "too short" in cell["reason"]
    assert "too short" in done.stderr
    assert "?" in done.stdout


@pytest.mark.long
def test_a_slow_task_is_not_counted_as_lost(in_process, mine, written):
    words = mine("import time\ndef run(item): time.sleep(item); return item", [2.5])
    in_process("safety", "queue", "--fault", "none", *words, "-n", "4", "-q", "--json", "s.json")
    (run,) = written()["runs"]
    assert (run["delivery"]["completed"], run["symptoms"], run["hung"]) == (4, "", False)


@pytest.mark.long
def test_the_check_of_a_function_need_not_be_picklable(in_process, mine, written):
    words = mine("def run(item): return item\nrun.check = lambda item, value: item == value", [1, 2])
    done = in_process("safety", "pipe", "--fault", "none", *words, *SHORT, "--json", "s.json")
    assert done.returncode == 0
    assert written()["runs"][0]["symptoms"] == ""


@pytest.mark.long
def test_a_changed_input_starts_a_new_matrix(in_process, begin, mine, written, tmp_path):
    words = mine("import time\ndef run(item): time.sleep(0.01); return item", [1, 2])
    asked = ("safety", "queue", "--fault", "none", "-r", "40", *words, *SHORT, "--json", "s.json")
    running = begin(*asked)
    assert eventually(lambda: is_filled(tmp_path / "s.json") and written()["runs"])
    running.send_signal(signal.SIGINT)
    assert running.wait(PATIENCE) == 130
    before = written()
    mine("import time\ndef run(item): time.sleep(0.01); return item", [3, 4])
    again = begin(*asked)
    assert eventually(lambda: written()["plan"]["input_digest"] != before["plan"]["input_digest"])
    again.send_signal(signal.SIGINT)
    assert again.wait(PATIENCE) == 130
    assert not [run for run in written()["runs"] if run in before["runs"]]
    assert "were there" not in (tmp_path / "stderr").read_text()


@pytest.mark.long
def test_the_files_of_a_killed_matrix_are_removed_by_the_next_one(in_process, begin, family, written, tmp_path):
    words = ("safety", "queue", "--fault", "none", "-r", "6", *SHORT, "--json", "s.json")
    running = begin(*words)
    assert eventually(lambda: is_filled(tmp_path / "s.json") and written()["runs"])
    running.kill()
    running.wait(PATIENCE)
    assert eventually(lambda: not family())
    assert in_process(*words).returncode == 0
    assert not (tmp_path / "s.evidence.d").exists()


@pytest.mark.long
def test_an_interrupted_matrix_resumes(in_process, begin, written, tmp_path):
    words = ("safety", "queue", "pipe", "--fault", "kill-producer", "-r", "4", *SHORT, "--json", "s.json")
    running = begin(*words)
    assert eventually(lambda: (tmp_path / "s.json").exists() and len(written()["runs"]) >= 3)
    running.send_signal(signal.SIGINT)
    assert running.wait(PATIENCE) == 130
    before = written()["runs"]
    assert 3 <= len(before) < 16
    done = in_process(*words)
    assert done.returncode == 0
    assert f"{len(before)} cells were measured before" in done.stderr
    after = written()["runs"]
    assert len(after) == 16
    assert [run for run in after if run in before] == before


@pytest.mark.long
def test_two_commands_at_once_do_not_share_their_evidence(in_process, begin, tmp_path):
    words = ("safety", "queue", "--fault", "none", "-r", "50", *SHORT, "--json", "s.json")
    begin(*words)
    assert eventually((tmp_path / "s.json").exists)
    done = in_process(*words)
    assert done.returncode == 2
    assert "is in use by another crossover" in " ".join(done.stderr.split())


@pytest.mark.long
def test_a_finished_matrix_starts_again(in_process, written):
    words = ("safety", "manager", "--fault", "none", *SHORT, "--json", "s.json")
    in_process(*words)
    assert "were there" not in in_process(*words).stderr
    assert len(written()["runs"]) == 1


@pytest.mark.long
def test_a_server_named_by_url_is_not_struck(in_process, redis_url, written):
    words = ("--fault", "kill-broker", "--fault", "fill-broker-memory", *SHORT, "--json", "s.json", "-s", "default")
    done = in_process("safety", "redis-list", *words, CROSSOVER_REDIS_URL=redis_url)
    assert done.returncode == 0
    assert [run["fault"] for run in written()["runs"]] == ["none"]
    assert all("was named by its URL" in cell["reason"] for cell in written()["unmeasured"])


@pytest.mark.long
def test_a_server_given_as_destructive_is_filled(in_process, redis_url, written):
    place = redis_url.rpartition("@")[2].partition("/")[0]
    words = ("--fault", "fill-broker-memory", *SHORT, "--json", "s.json", "-s", "default", "--destructive", place)
    in_process("safety", "redis-list", "redis-stream", *words, CROSSOVER_REDIS_URL=redis_url)
    faults = sorted(run["fault"] for run in written()["runs"])
    assert faults == ["fill-broker-memory", "fill-broker-memory", "none", "none"]
    with redis.Redis.from_url(redis_url) as client:
        assert client.config_get("maxmemory") == {"maxmemory": "0"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fault", "kill-wroker-busy"), "did you mean 'kill-worker-busy'"),
        (("quee",), "did you mean 'queue'"),
        (("--quick", "--fault", "none"), "--quick and --fault both choose the faults"),
        (("queue", "--destructive", "localhost:1"), "no such server is used here"),
        (("queue", "-s", "safe"), "queue has no safe level"),
        (("celery+redis?workers=external",), "external workers keep no journal"),
        (("-n", "0"), "a whole number, 1 or more"),
        (("-W", "ecko"), "did you mean 'echo'"),
    ],
)
def test_a_wrong_word_is_refused_with_what_is_allowed(in_process, words, said):
    done = in_process("safety", *words)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
