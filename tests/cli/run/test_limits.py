"""Limits of a job: lines per second, memory and niceness of workers; each is refused where it cannot be kept."""

import pytest

pytestmark = pytest.mark.usefixtures("functions")
FUNCTIONS = """
    import os, time

    def moment(item):
        return time.time()

    def moment_of_a_failure(item):
        with open("moments", "a") as file:
            file.write(f"{time.time()}\\n")
        raise ValueError(item)

    def niceness(item):
        return os.nice(0)

    def grows(item):
        global kept
        kept = bytearray(200 * 2**20)
        kept[:] = b"x" * len(kept)
        return os.getpid()
"""


@pytest.fixture
def job(functions, tmp_path, in_process):
    """Run a function with a number of lines."""
    functions(FUNCTIONS)

    def run(function, lines, transport, *words):
        (tmp_path / "in.jsonl").write_text("1\n" * lines)
        return in_process("run", f"mine:{function}", transport, "-i", "in.jsonl", "-o", "out.jsonl", *words)

    return run


def most_in_a_second(moments):
    return max(sum(begin <= moment < begin + 1 for moment in moments) for begin in moments)


def test_lines_begin_at_a_rate_over_all_workers(job, outcome):
    assert job("moment", 50, "threads", "-w", "4", "--rate", "20").returncode == 0
    moments = sorted(outcome().values())
    assert most_in_a_second(moments) <= 20 * 1.1 + 1
    assert moments[-1] - moments[0] > 49 / 20 * 0.9


def test_attempts_count_for_the_rate_and_the_rate_for_no_attempt(job, tmp_path):
    assert job("moment_of_a_failure", 10, "threads", "--rate", "20", "--retries", "2").returncode == 1
    moments = [*map(float, (tmp_path / "moments").read_text().split())]
    assert len(moments) == 30
    assert most_in_a_second(moments) <= 20 * 1.1 + 1


def test_workers_give_way_to_other_programs(job, outcome):
    before = job("niceness", 1, "serial") and outcome()[1]
    assert job("niceness", 2, "pool", "-w", "1", "--nice", "3", "--force").returncode == 0
    assert set(outcome().values()) == {before + 3}


@pytest.mark.long
def test_a_worker_that_uses_too_much_memory_is_replaced_after_its_line(job, outcome):
    assert job("grows", 3, "pool", "-w", "1", "--memory-per-worker", "150M").returncode == 0
    assert len(set(outcome().values())) == 3


@pytest.mark.parametrize("transport", ["threads", "redis-stream://localhost?workers=external"])
@pytest.mark.parametrize("words", [("--memory-per-worker", "1G"), ("--nice", "5")])
def test_limits_of_processes_are_refused_where_there_are_none_of_ours(job, transport, words):
    ended = job("moment", 1, transport, *words)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"crossover: {words[0]}: {transport[:7]}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--task-timeout", "1s"), "no worker process that could be killed: use pool"),
        (("--task-timeout", "80%"), "a percentage above 100%"),
        (("--halt", "101%"), "a percentage of 100% or less"),
        (("--halt", "0"), "a whole number, 1 or more"),
        (("--rate", "0"), "per second"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(job, words, said):
    ended = job("moment", 1, "threads", *words)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())
