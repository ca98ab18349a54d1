"""Lines that fail: tried again, given up, kept aside, done again; and when it is too many."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("functions")
FUNCTIONS = """
    import os, pathlib, signal, sys, threading, time

    class Late(TimeoutError):
        pass

    class Unprintable(Exception):
        def __str__(self):
            raise KeyError

    def beginnings(name):
        with open(f"tries of {name}", "a") as file:
            file.write("x")
        return pathlib.Path(f"tries of {name}").stat().st_size

    def at_the_third_time(item):
        if beginnings(item) < 3:
            raise Late(f"not yet {item}")
        return item

    def kills(item):
        if item == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    def unless_mended(item):
        def deep():
            raise ValueError(f"no {item}")
        if item % 2 and not os.path.exists("mended"):
            deep()
        return item

    def in_its_own_way(item):
        if item == 1:
            sys.exit("one")
        if item == 2:
            os._exit(7)
        if item == 3:
            raise Unprintable
        if item == 4:
            return {1}
        if item == 5:
            threading.Thread(target=time.sleep, args=(60,)).start()
        return item

    def hangs(item):
        time.sleep(60 if item == 20 else 0.002)
        return item
"""
RUN = ("-i", "in.jsonl", "-o", "out.jsonl", "--failures", "bad.jsonl", "-w", "1")


@pytest.fixture
def job(functions, tmp_path, in_process):
    """Run a function with the numbers from 1 to a last one."""
    functions(FUNCTIONS)

    def run(function, last, transport, *words):
        (tmp_path / "in.jsonl").write_text("".join(f"{number}\n" for number in range(1, last + 1)))
        return in_process("run", f"mine:{function}", transport, *RUN, *words)

    return run


@pytest.fixture
def letters(tmp_path):
    """Return number → dead letter."""

    def read():
        found = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_bytes().splitlines()]
        assert len({letter["line"] for letter in found}) == len(found)
        return {letter["line"]: letter for letter in found}

    return read


@pytest.mark.parametrize("names", [(), ("Late",), ("OSError",), ("mine.Late", "NeverRaised")])
def test_a_line_is_tried_again_after_errors_of_a_class_or_of_its_bases(job, outcome, letters, names):
    ended = job("at_the_third_time", 4, "serial", "--retries", "2", *(f"--retry-on={name}" for name in names))
    assert ended.returncode == 0, ended.stderr
    assert outcome() == {number: number for number in range(1, 5)}
    assert letters() == {}


def test_other_errors_and_too_many_are_given_up_with_what_there_is_to_know(job, outcome, letters):
    assert job("at_the_third_time", 2, "serial", "--retries", "5", "--retry-on", "KeyError").returncode == 1
    letter = letters()[2]
    assert (letter["error"], letter["attempts"], letter["input"]) == ("Late: not yet 2", 1, "2")
    assert letter["traceback"].splitlines()[1].endswith("in at_the_third_time")
    assert outcome() == {}


def test_a_line_in_the_file_of_failures_is_not_run_again_until_it_is_asked_for(job, outcome, letters, tmp_path):
    assert job("unless_mended", 6, "serial").returncode == 1
    again = job("unless_mended", 6, "serial")
    assert again.returncode == 1
    assert "3 lines had failed before. They are in" in " ".join(again.stdout.split())
    assert "3 lines had been done before and were not run again." in again.stdout
    assert {number: letter["attempts"] for number, letter in letters().items()} == {1: 1, 3: 1, 5: 1}
    assert job("unless_mended", 6, "serial", "--retry-failed").returncode == 1
    assert {number: letter["attempts"] for number, letter in letters().items()} == {1: 2, 3: 2, 5: 2}
    (tmp_path / "mended").touch()
    assert job("unless_mended", 6, "serial", "--retry-failed").returncode == 0
    assert letters() == {}
    assert outcome() == {number: number for number in range(1, 7)}


def test_a_line_that_is_in_both_files_after_a_kill_leaves_the_failures(job, letters, tmp_path):
    job("unless_mended", 6, "serial")
    before = (tmp_path / "bad.jsonl").read_bytes()
    (tmp_path / "mended").touch()
    job("unless_mended", 6, "serial", "--retry-failed")
    (tmp_path / "bad.jsonl").write_bytes(before + before + b'{"line": 5, "err')
    (tmp_path / "bad.jsonl.new").write_bytes(b"{")
    assert job("unless_mended", 6, "serial").returncode == 0
    assert letters() == {}
    assert not (tmp_path / "bad.jsonl.new").exists()


@pytest.mark.parametrize("written", range(6))
def test_a_value_is_at_the_place_of_its_line_also_where_a_kill_came_before_the_null_of_a_failure(
    job, letters, tmp_path, written
):
    job("unless_mended", 5, "serial", "--values")
    whole = (tmp_path / "out.jsonl").read_text()
    assert whole.split() == ["null", "2", "null", "4", "null"]
    (tmp_path / "out.jsonl").write_text("".join(whole.splitlines(keepends=True)[:written]))
    again = job("unless_mended", 5, "serial", "--values")
    assert again.returncode == 1
    assert (tmp_path / "out.jsonl").read_text() == whole
    assert {number: letter["attempts"] for number, letter in letters().items()} == {1: 1, 3: 1, 5: 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--values",), "null stands in the place"),
        (("--ordered",), "leave --ordered out"),
    ],
)
def test_what_cannot_be_done_again_is_refused(job, words, said):
    ended = job("unless_mended", 2, "serial", "--retry-failed", *words)
    assert ended.returncode == 2
    assert said in ended.stderr


def test_a_job_that_halts_at_once_says_of_one_line_that_it_has_failed(job):
    ended = job("unless_mended", 20, "serial", "--halt", "1")
    assert ended.returncode == 99
    assert "1 line has failed (--halt 1): nothing more began" in ended.stderr
    assert "Halted. Go on with: crossover run mine:unless_mended" in " ".join(ended.stdout.split())


@pytest.mark.parametrize(("halt", "most"), [("5", 12), ("20%", 120)])
def test_a_job_halts_when_too_much_fails_and_goes_on_later(job, outcome, letters, tmp_path, halt, most):
    ended = job("unless_mended", 2_000, "serial", "--halt", halt)
    assert ended.returncode == 99
    assert f"(--halt {halt}): nothing more began" in ended.stderr
    assert len(outcome()) + len(letters()) < 2_000
    (tmp_path / "mended").touch()
    assert job("unless_mended", 2_000, "serial", "--halt", halt).returncode == 1  # what had failed before has not gone
    assert len(outcome()) + len(letters()) == 2_000
    assert job("unless_mended", 2_000, "serial", "--retry-failed").returncode == 0
    assert len(outcome()) == 2_000


def test_a_line_that_kills_its_workers_is_given_up_after_three_and_the_others_are_done(job, outcome, letters):
    assert job("kills", 40, "pool").returncode == 1
    assert set(outcome()) == {*range(1, 41)} - {3}
    assert letters()[3]["error"].startswith("it has ended 3 workers; the last one: worker process ")
    assert letters()[3]["attempts"] == 3


def test_functions_fail_in_many_ways_and_each_fails_its_line_alone(job, outcome, letters):
    assert job("in_its_own_way", 6, "pool").returncode == 1
    assert outcome() == {5: 5, 6: 6}
    errors = {number: letter["error"] for number, letter in letters().items()}
    assert errors[1] == "SystemExit: one"
    assert "exited with status 7" in errors[2]
    assert errors[3].startswith("Unprintable")
    assert errors[4] == "value is no JSON: TypeError: Object of type set is not JSON serializable"


@pytest.mark.parametrize("limit", ["1s", "300%"])
def test_the_worker_of_a_line_that_takes_too_long_is_killed(job, outcome, letters, limit):
    assert job("hangs", 40, "pool", "--task-timeout", limit).returncode == 1
    assert set(outcome()) == {*range(1, 41)} - {20}
    assert letters()[20]["error"].startswith("TaskTimeoutError: the task took longer than 1 s")


@pytest.mark.long
@pytest.mark.parametrize("transport", ["redis-stream", "rabbitmq", "celery+redis", "celery+rabbitmq"])
def test_a_line_that_kills_workers_is_given_up_after_three_at_the_safe_level_too(
    job, letters, redis_url, running_rabbitmq, monkeypatch, transport
):
    monkeypatch.setenv("CROSSOVER_REDIS_URL", redis_url)
    assert job("kills", 5, transport, "-s", "safe").returncode == 1
    assert letters()[3]["attempts"] == 3
