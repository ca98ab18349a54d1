"""Limits of control groups that a kernel really has set, one group in another; where this machine lets us make some."""

import os
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path

import pytest
from waiting import PATIENCE, eventually

MIB = 2**20
MOUNTED = Path("/sys/fs/cgroup")
LIMITS = {
    "cpu": {"cpu.cfs_quota_us": "50000"},
    "memory": {"memory.limit_in_bytes": str(512 * MIB)},
    "pids": {"pids.max": "20"},
}
SHOW = """
from crossover.cli.commands.doctor import _machine
from crossover.execution.host import host
from crossover.workers.limits import memory, processes
found = host()
print(found.cores, found.cpu_quota, found.memory_limit_bytes, memory.free_memory() // 2**20, processes.most_processes())
print(_machine(found)["cpu"], _machine(found)["memory"], sep="\\n")
"""


@pytest.fixture
def nested():
    """A group in a group, of each controller of version 1; the limits are those of the outer one."""
    name = f"crossover-test-{uuid.uuid4().hex[:8]}"
    made = []
    try:
        for controller, files in LIMITS.items():
            for folder in (MOUNTED / controller / name, MOUNTED / controller / name / "inner"):
                folder.mkdir()
                made.append(folder)
            for file, text in files.items():
                (MOUNTED / controller / name / file).write_text(text)
    except OSError as error:
        _remove(made)
        pytest.skip(f"no control groups of version 1 can be made here: {error}")
    yield made[1::2]
    _remove(made)


@pytest.mark.long
def test_the_limits_of_the_outer_group_hold_in_the_inner_one(nested):
    def enter():
        for folder in nested:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    shown = subprocess.run(
        [sys.executable, "-c", SHOW], preexec_fn=enter, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    figures, cpu, said_memory = shown.stdout.splitlines()
    cores, quota, memory, free, processes = figures.split()
    assert (cores, quota) == ("1", "0.5")
    assert int(memory) == 512 * MIB
    assert 256 < int(free) <= 512
    assert int(processes) < 20
    assert cpu.endswith("usable; the quota of a control group is 0.5 cores")
    assert said_memory.endswith("; the limit of a control group is 0.5 GiB")


def _remove(folders):
    for folder in reversed(folders):
        with suppress(OSError):
            eventually(lambda folder=folder: not (folder / "cgroup.procs").read_text())  # they have ended
            folder.rmdir()
