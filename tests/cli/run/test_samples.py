"""A sample runs before the rest, or instead of it; auto looks at the first lines."""

import json
import re
import signal

import pytest
from waiting import PATIENCE, eventually

FUNCTIONS = """
    import os, time

    def noted(item):
        with open("noted", "a") as file:
            file.write(f"{item}\\n")
        return item

    def wait(item):
        time.sleep(0.02)
        return os.getpid()

    def slow(item):
        time.sleep(0.3)

    def compute(item):
        sum(range(100_000))
        return os.getpid()

    def some(item):
        if item % 2:
            raise ValueError("odd")
"""


@pytest.fixture(autouse=True)
def _ready(functions, tmp_path):
    functions(FUNCTIONS)
    (tmp_path / "in.jsonl").write_text("".join(f"{number}\n" for number in range(1, 2_001)))


@pytest.mark.parametrize("order", [(), ("--ordered",)])
def test_a_sample_runs_first_and_each_line_once(in_process, tmp_path, order, outcome):
    words = ("run", "mine:noted", "serial", "-i", "in.jsonl", "-o", "out.jsonl", "--sample", "20", *order)
    ended = in_process(*words)
    assert ended.returncode == 0, ended.stderr
    assert "the sample: 20 done, 0 failed" in ended.stderr
    noted = [int(line) for line in (tmp_path / "noted").read_text().splitlines()]
    assert sorted(noted) == [*range(1, 2_001)]
    assert max(noted[:20]) > 1_000
    assert noted[20:] == sorted(noted[20:])
    assert outcome() == {number: number for number in range(1, 2_001)}
    if order:
        assert list(outcome()) == [*range(1, 2_001)]


@pytest.mark.long
def test_while_and_after_a_sample_runs_progress_is_of_the_whole_input(begin, tmp_path):
    words = ("run", "mine:slow", "threads", "-w", "2", "-i", "in.jsonl", "-o", "out.jsonl", "--sample", "10")
    process = begin(*words)
    assert eventually(lambda: " lines done, " in (tmp_path / "stderr").read_text())
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert re.search(r"^[1-9]\d* of (about )?2,\d{3} lines done, ", (tmp_path / "stderr").read_text(), re.MULTILINE)


def test_a_dry_run_writes_nothing_and_says_what_would_run_and_how_long(in_process, tmp_path):
    before = {path.name for path in tmp_path.iterdir()}
    ended = in_process("run", "mine:wait", "threads", "-w", "4", "-i", "in.jsonl", "-o", "out.jsonl", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in tmp_path.iterdir()} - {"__pycache__"} == before
    said = ended.stdout
    assert "mine:wait would be called with each of 2,000 lines of in.jsonl.\n" in said
    assert "It would run over threads with 4 workers; values would be written to out.jsonl.\n" in said
    found = re.search(r"A sample of (\d+) lines, drawn over the whole input with seed 0, has run: none failed\.", said)
    assert 4 <= int(found[1]) <= 1_000
    found = re.search(r"All that is left would take about ([\d.]+) s \(95 % interval: ([\d.]+) s to ([\d.]+) s\)", said)
    seconds, low, high = map(float, found.groups())
    assert seconds >= 2_000 * 0.02 / 4
    assert low <= seconds <= high


def test_a_dry_run_of_a_job_that_was_begun_knows_what_is_done_and_of_failures(in_process, tmp_path):
    words = ("run", "mine:some", "serial", "-i", "in.jsonl", "-o", "out.jsonl")
    assert in_process(*words).returncode == 1
    ended = in_process(*words, "--dry-run", "--sample", "5")
    assert ended.returncode == 1
    assert "1,000 of the lines are in out.jsonl already.\n" in ended.stdout
    assert (
        "A sample of 5 lines, drawn over the whole input with seed 0, has run: 5 failed, the first one" in ended.stdout
    )
    assert "ValueError: odd" in ended.stdout
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 1_000


@pytest.mark.long
@pytest.mark.parametrize("option", [("--dry-run",), ("--sample", "3")])
def test_lines_of_standard_input_cannot_be_drawn(crossover, option):
    ended = crossover("run", "mine:some", "serial", "-i", "-", "-o", "out.jsonl", *option, input="1\n")
    assert ended.returncode == 2
    assert f"{option[0]} draws lines over the whole input, and standard input can be read once only" in ended.stderr


@pytest.mark.parametrize(
    ("function", "said", "is_here"),
    [
        ("wait", r"auto: threads with \d+ workers, because a line waits for ", True),
        ("compute", "auto: pool with ", False),
    ],
)
def test_auto_says_what_it_chooses_and_why(in_process, tmp_path, function, said, is_here):
    (tmp_path / "in.jsonl").write_text("1\n2\n3\n4\n")
    ended = in_process("run", f"mine:{function}", "auto", "-i", "in.jsonl", "-o", "out.jsonl")
    assert ended.returncode == 0, ended.stderr
    assert re.search(said, ended.stderr)
    values = {json.loads(line)["value"] for line in (tmp_path / "out.jsonl").read_text().splitlines()}
    assert (len(values) == 1) or not is_here


@pytest.mark.long
def test_auto_looks_at_the_first_lines_of_a_pipe_which_are_not_lost(crossover, outcome):
    ended = crossover("run", "mine:some", "auto", "-i", "-", "-o", "out.jsonl", input="2\n4\n6\n")
    assert ended.returncode == 0, ended.stderr
    assert outcome() == {1: None, 2: None, 3: None}
