"""Command, workers and broker are killed in the middle of a job: each line once, says a checker that knows files only.

python benchmarks/job_kills does the same with 200,000 lines and ten kills.
"""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from skips import need
from waiting import PATIENCE

from brokers.servers.registry import server_kind

ROOT = Path(__file__).parents[3]
KILLS = ROOT / "benchmarks" / "job_kills"
KINDS = [("pool", None), ("redis-stream", "redis"), ("redis-list", "redis"), ("rabbitmq", "rabbitmq")]


@pytest.mark.long
@pytest.mark.parametrize(("transport", "server"), KINDS)
def test_each_line_is_done_once_whatever_is_killed(transport, server):
    if server is not None:
        need(server_kind(server).install_hint())
    words = [sys.executable, KILLS, transport, "--lines", "3000", "--kills", "3"]
    ended = subprocess.run(
        words, cwd=ROOT, capture_output=True, encoding="utf-8", env=None, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "each line once" in ended.stdout


@pytest.mark.parametrize(
    ("output", "failures", "said"),
    [
        ('{"line": 1, "value": "no"}\n', "", ["line 1 has the value 'no'", "line 2 is there 0 times"]),
        ("", '{"line": 1, "input": "a"}\n{"line": 1, "input": "a"}\n{"line": 2, "input": "b"}\n',
         ["line 1 is there 2 times"]),
        ("", '{"line": 1, "input": "a"}\n{"line": 2, "input": "a"}\n{"line": 3, "input": ""}\n',
         ["bad has 'a' for line 2, which is b'b'", "there is no line 3"]),
    ],
)  # fmt: skip
def test_the_checker_finds_what_is_wrong_lost_and_doubled(tmp_path, output, failures, said):
    source, out, bad = (tmp_path / name for name in ("in", "out", "bad"))
    source.write_text("a\nb\n")
    out.write_text(output)
    bad.write_text(failures)
    found = runpy.run_path(KILLS / "each_line_once.py")["faults"](source, out, bad)
    assert [sentence.replace("b'a' for", "'a' for") for sentence in found] == said
