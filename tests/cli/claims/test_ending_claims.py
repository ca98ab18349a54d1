"""Whatever ends the command: what was checked is shown and saved, and nothing is left."""

import json
import os
import signal
from pathlib import Path

import pytest
from waiting import PATIENCE, eventually

from brokers.servers.warden.folders import read
from crossover.experiments.claims.claim import all_claims

OVER_A_SERVER = [name for name, one in all_claims().items() if one.servers]


@pytest.fixture
def in_the_middle(begin, hanging, tmp_path):
    """Start the command and come back when one experiment is over and another one works; return it, and its memory."""
    process = begin("claims", "pool-map", "--python", hanging, "--json", "out.json")
    assert eventually(lambda: (tmp_path / "memory").exists() or process.poll() is not None)
    assert process.poll() is None, (tmp_path / "stderr").read_text()
    assert eventually((tmp_path / "memory").read_text)
    return process, Path("/dev/shm", (tmp_path / "memory").read_text())


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_keeps_what_was_checked(in_the_middle, family, result, tmp_path, number):
    process, memory = in_the_middle
    os.killpg(process.pid, number)
    assert process.wait(PATIENCE) == 130
    assert eventually(lambda: not family() and not memory.exists())
    assert [run["verdict"] for run in result()["runs"]] == ["false"]
    assert "pool-map" in (tmp_path / "stdout").read_text()
    said = (tmp_path / "stderr").read_text()
    assert "interrupted; 1 of 2 claims were checked" in said
    assert "Traceback" not in said


@pytest.mark.long
def test_a_killed_command_leaves_nothing(in_the_middle, family):
    process, memory = in_the_middle
    process.kill()
    assert eventually(lambda: not family()), family()
    assert eventually(lambda: not memory.exists())


@pytest.mark.long
def test_a_killed_command_leaves_no_server(begin, family, temporary):
    process = begin("claims", OVER_A_SERVER[0])
    servers = len(all_claims()[OVER_A_SERVER[0]].servers)

    def all_are_there():
        """Return whether no further server begins: a folder is there for some milliseconds before its warden is."""
        return sum(bool(found and found.processes) for found in map(read, temporary.glob("crossover-*"))) == servers

    assert eventually(lambda: all_are_there() or process.poll() is not None)
    assert process.poll() is None
    process.kill()
    assert eventually(lambda: not family()), family()
    assert eventually(lambda: not list(temporary.glob("crossover-*")))


@pytest.mark.long
def test_two_at_once_are_independent(begin, tmp_path):
    both = [begin("claims", "pools", "-q", "--json", f"{name}.json") for name in ("a", "b")]
    assert [process.wait(PATIENCE) for process in both] == [0, 0], (tmp_path / "stderr").read_text()
    found = [json.loads((tmp_path / f"{name}.json").read_text())["runs"] for name in ("a", "b")]
    verdicts = [{run["claim"]: run["verdict"] for run in runs} for runs in found]
    assert verdicts[0] == verdicts[1]


@pytest.mark.long
@pytest.mark.parametrize(
    ("streams", "status", "said"),
    [
        (">&-", 1, "standard output is closed, so the result is not shown"),
        (">/dev/full", 1, "standard output cannot be written: No space left on device"),
        ("2>&-", 0, "pool-map"),
        ("--json /dev/full", 1, "/dev/full cannot be written: No space left on device"),
        ("| true", 0, ""),
    ],
)
def test_a_stream_that_cannot_be_written_is_said(shell, tmp_path, streams, status, said):
    ended = shell(f"$crossover claims pool-map -q --csv out.csv {streams}; exit ${{PIPESTATUS[0]}}")
    assert ended.returncode == status, ended.stderr
    assert said in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert "pool-map" in (tmp_path / "out.csv").read_text(encoding="utf-8")
