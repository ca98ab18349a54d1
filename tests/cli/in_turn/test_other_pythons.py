"""`python=` runs a transport under another interpreter: its producer, its workers, and all that these start."""

import pytest
from other_pythons import make_python

WHERE = """
    import sys

    def run(item):
        return item == sys.prefix

    run.check = lambda item, value: value and run(item)
"""
QUICK = ("-r", "1", "-w", "2", "-n", "4", "-q", "--json", "out.json")


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """An interpreter with the same libraries; its name has a +, as those of uv have."""
    return make_python(tmp_path_factory.mktemp("pythons") / "cpython+freethreaded")


@pytest.mark.long
@pytest.mark.parametrize(
    "through",
    [
        ("serial", "threads", "queue", "queue?start=spawn", "pool?start=forkserver", "executor", "shared-memory"),
        ("redis-list", "celery+redis"),
    ],
)
def test_every_process_of_a_run_has_the_interpreter_that_was_named(in_process, mine, result, redis_url, other, through):
    urls = [f"{name}{'&' if '?' in name else '?'}python={other}" for name in through]
    words = (*mine(WHERE, [str(other.parents[1])]), *QUICK)
    ended = in_process("compare", *urls, *words, CROSSOVER_REDIS_URL=redis_url)
    assert ended.returncode == 0, ended
    found = result()
    assert [run["transport"] for run in found["runs"]] == urls
    assert found["interpreters"].keys() == set(urls)
    assert all(one["path"] == str(other) for one in found["interpreters"].values())


@pytest.mark.long
def test_two_interpreters_run_the_same_tasks_in_one_table(in_process, result, other):
    urls = ["queue", f"queue?python={other}"]
    ended = in_process(
        "compare", *urls, "-W", "echo", "-n", "50", "-w", "2", "-r", "2", "-q", "--full", "--json", "out.json"
    )
    assert ended.returncode == 0, ended
    found = result()
    assert [run["transport"] for run in found["runs"]] == [*urls, *urls]
    assert len({run["value_digest"] for run in found["runs"]}) == 1
    assert [*found["interpreters"]] == urls[1:]
    version = found["host"]["python"]
    assert f"{urls[1]}: {version}.".replace(" ", "") in "".join(ended.stdout.split())


@pytest.mark.long
def test_scale_and_safety_run_under_another_interpreter_too(in_process, mine, result, other):
    url = f"queue?python={other}"
    words = mine(WHERE, [str(other.parents[1])])
    ended = in_process("scale", url, *words, "-w", "1,2", "-r", "1", "-n", "4", "-q", "--json", "out.json")
    assert ended.returncode == 0, ended
    assert {run["workers"] for run in result()["runs"]} == {1, 2}
    ended = in_process("safety", url, *words, "-n", "20", "--fault", "kill-worker-idle", "-q", "--json", "safety.json")
    assert ended.returncode == 0, ended
    found = result("safety.json")
    assert not any(run["delivery"]["failed"] or run["delivery"]["corrupted"] for run in found["runs"])
    assert [*found["interpreters"]] == [url]


@pytest.mark.long
def test_a_function_may_need_what_only_its_interpreter_has(in_process, mine, result, tmp_path, other):
    (own,) = other.parents[1].glob("lib/python*/site-packages")
    (own / "only_there.py").write_text("TWO = 2\n")
    words = (*mine("from only_there import TWO\n\ndef run(item): return TWO * item"), *QUICK)
    ended = in_process("compare", f"pipe?python={other}", *words)
    assert ended.returncode == 0, ended
    assert result()["runs"][0]["delivery"]["completed"] == 4
    ended = in_process("compare", f"pipe?python={other}", "pipe", *words)
    assert ended.returncode == 2
    assert "module 'mine' cannot be imported: ModuleNotFoundError: No module named 'only_there'" in ended.stderr


def test_a_path_may_be_relative(in_process, result, other):
    words = ("-W", "noop", "-n", "10", "-r", "1", "-q", "--json", other.parents[2] / "out.json")
    ended = in_process("compare", "serial?python=cpython+freethreaded/bin/python", *words, cwd=other.parents[2])
    assert ended.returncode == 0, ended
