"""The programs of the guide to executors run as they stand, and print what the text says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "executor.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
PROGRAMS = [block for block in BLOCKS if "not run here" not in block]
FACTORIALS = "[1, 1, 2, 6, 24]"


def printed(program, tmp_path):
    script = tmp_path / "program.py"
    script.write_text(program)
    ended = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=tmp_path
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


@pytest.mark.long
@pytest.mark.parametrize("number", range(3))
def test_a_loop_processes_and_a_broker_give_the_same(number, tmp_path):
    assert printed(PROGRAMS[number], tmp_path) == [FACTORIALS]


@pytest.mark.long
def test_a_worker_that_dies_fails_its_own_call(tmp_path):
    lines = printed(PROGRAMS[3], tmp_path)
    assert [line for line in lines if "exited with status 7" not in line] == ["0", "1", "2", "4", "5"]
    assert len(lines) == 6


def test_a_call_that_takes_too_long_is_ended(tmp_path):
    assert printed(PROGRAMS[4], tmp_path) == ["TaskTimeoutError"]


def test_no_program_is_left_out():
    assert len(PROGRAMS) == 5
