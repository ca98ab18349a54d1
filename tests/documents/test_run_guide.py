"""The guide to jobs: its programs and commands run as they stand, here on a few files, and say what the text says."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from skips import need
from waiting import PATIENCE

from brokers.servers.registry import server_kind

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "run.md").read_text()
PROGRAMS = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", GUIDE, re.DOTALL))
COMMANDS = [block for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if "not run here" not in block]
LOOP, ON_ALL_CORES, OVER_A_BROKER, AGAIN = COMMANDS
PRINTED = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
FILES = {f"{name}.py": f"def {name}():\n    pass\n" for name in "abdef"} | {"c.py": "print 'no'\n"}
FIGURE = re.compile(r"[\d,.]+( ms| s| µs)?")


@pytest.fixture
def folder(tmp_path):
    """The programs, and a library with a broken file in its middle."""
    (tmp_path / "lib").mkdir()
    for name, text in FILES.items():
        (tmp_path / "lib" / name).write_text(text)
    for name, program in PROGRAMS.items():
        (tmp_path / name).write_text(program)
    return tmp_path


def typed(folder, command):
    """Run a command of the guide as a shell does."""
    words = f"{sys.executable} -m crossover.cli.main" if command.startswith("crossover") else sys.executable
    script = f"{words} {command.partition(' ')[2]}"
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "80"},
    )  # fmt: skip


def lines(folder, name):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def shapes(text):
    """Return the lines of a summary without their figures."""
    return {
        " ".join(FIGURE.sub("#", line).split())
        for line in text.splitlines()
        if line.startswith(("command:", "workers:"))
    }


def test_a_loop_ends_at_the_first_broken_file(folder):
    ended = typed(folder, LOOP)
    assert ended.returncode == 1
    assert PRINTED[0].strip().partition(".")[0] in ended.stderr
    assert [one["functions"] for one in lines(folder, "loop.jsonl")] == [1, 1]


@pytest.mark.long
def test_a_job_does_each_file_once_and_the_broken_one_again_when_it_is_asked_to(folder):
    ended = typed(folder, ON_ALL_CORES)
    assert ended.returncode == 1, ended.stderr
    assert shapes(ended.stdout) == shapes(PRINTED[1])
    assert sorted(one["line"] for one in lines(folder, "stats.jsonl")) == [1, 2, 4, 5, 6]
    assert [one["line"] for one in lines(folder, "bad.jsonl")] == [3]
    (folder / "lib" / "c.py").write_text("print('yes')\n")
    again = typed(folder, AGAIN)
    assert again.returncode == 0, again.stderr
    assert "5 lines had been done before" in again.stdout
    assert sorted(one["line"] for one in lines(folder, "stats.jsonl")) == [1, 2, 3, 4, 5, 6]


@pytest.mark.long
def test_the_same_over_celery(folder):
    need(server_kind("redis").install_hint())
    ended = typed(folder, OVER_A_BROKER)
    assert ended.returncode == 1, ended.stderr
    assert shapes(ended.stdout) == shapes(PRINTED[2])
    assert len(lines(folder, "stats.jsonl")) == 5
    assert json.loads((folder / "job.json").read_text())["runs"][0]["failed"] == 1


def test_what_it_says_to_type_next_is_what_the_guide_types(folder):
    said = " ".join(PRINTED[1].split()).removeprefix("Interrupted. Go on with: ").partition(" stats:count over")[0]
    assert shlex.split(said) == shlex.split(ON_ALL_CORES)
