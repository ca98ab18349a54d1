"""No shared memory is left by a closed terminal or Ctrl-\\; what a killed run has left is found and removed."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from waiting import PATIENCE, eventually, workers_work

from crossover.recording.shared_files import shared_name

SHM = Path("/dev/shm")
THROUGH = "shared-memory?start=spawn"  # semaphores have names, too
SLOW = "import time, pathlib\ndef run(item): pathlib.Path('begun').touch(); time.sleep(60)"


def _left_by(pids):
    return [path.name for path in SHM.glob("*crossover-*") if int(path.name.split("-")[-3]) in pids]


@pytest.fixture
def running(begin, mine, tmp_path, family):
    """Start a run whose workers are busy; return its command, and the ids of all its processes."""
    words = mine(SLOW, [1, 2])
    process = begin("compare", THROUGH, *words, "-r", "1", "-w", "2", "-q", "--json", "out.json")
    workers_work(process, tmp_path / "begun", tmp_path / "out.json")
    pids = {one.pid for one in family()}
    assert _left_by(pids)
    return process, pids


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_to_the_group_of_the_command(running, number):
    process, pids = running
    os.killpg(process.pid, number)
    assert process.wait(PATIENCE) == 130
    assert eventually(lambda: not _left_by(pids))


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_to_every_process_of_it(running, family, number):
    process, pids = running
    for one in family():
        with suppress(psutil.NoSuchProcess):  # it has ended with one that was told before
            one.send_signal(number)
    process.wait(PATIENCE)
    assert eventually(lambda: not _left_by(pids))


@pytest.mark.long
@pytest.mark.usefixtures("cleaning")
def test_what_is_left_when_all_were_killed_is_found_and_removed(running, family, crossover):
    process, pids = running
    for one in family():
        one.suspend()
    others = crossover("doctor", "--clean").stdout
    assert not [name for name in _left_by(pids) if name in others]  # while they live
    for one in family():
        with suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait(PATIENCE)
    assert eventually(lambda: not family())
    left = _left_by(pids)
    assert left
    said = crossover("doctor", COLUMNS="200").stdout
    assert all(name in said for name in left)
    removed = crossover("doctor", "--clean", COLUMNS="200").stdout
    assert all(f"{name}: removed" in removed for name in left)
    assert not _left_by(pids)


@pytest.mark.usefixtures("cleaning")
def test_files_of_others_are_left_alone(in_process):
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    machine = shared_name().rsplit("-", 3)[0]
    theirs = SHM / f"crossover-another-4026531836-{ended.pid}-7-abcd"  # of another boot, or container
    users = SHM / f"{machine}-{ended.pid}-7-abcd"
    try:
        for path in (theirs, users):
            path.touch()
        if os.getuid() == 0:
            os.chown(users, 12345, 12345)
        in_process("doctor", "--clean")
        assert theirs.exists()
        assert users.exists() == (os.getuid() == 0)
    finally:
        for path in (theirs, users):
            path.unlink(missing_ok=True)
