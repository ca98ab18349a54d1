"""A small or missing file system of shared memory: a sentence, never a signal. Each with a real one, in a namespace."""

import os
import shutil
import subprocess
import sys

import pytest
from waiting import PATIENCE

COMMAND = [sys.executable, "-m", "crossover.cli.main"]
SHORT = ("-W", "noop", "-n", "20", "-r", "1", "-w", "2", "-q")


@pytest.fixture
def where_shm_is(tmp_path):
    """Run the command where /dev/shm is mounted with some options."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("mount namespaces cannot be made here")

    def run(options, *words, before="true"):
        script = f'mount -t tmpfs -o {options} shm /dev/shm && {before} && exec "$@"'
        return subprocess.run(
            ["unshare", "-m", "sh", "-c", script, "sh", *COMMAND, *words],
            cwd=tmp_path,
            env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "COLUMNS": "200"},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.mark.long
@pytest.mark.parametrize("slots", ["1300", "2100"])
def test_both_rings_are_counted(where_shm_is, slots):
    ended = where_shm_is("size=64m", "compare", f"shared-memory?slots={slots}", *SHORT)
    assert ended.returncode == 69, ended
    assert "bytes of shared memory do not fit into /dev/shm: 67,108,864 free" in ended.stderr


@pytest.mark.long
def test_one_that_is_full(where_shm_is):
    fill = "head -c 1M /dev/zero >/dev/shm/filled 2>/dev/null || true"
    ended = where_shm_is("size=1m", "share", "shared-memory", "-r", "1", "-w", "2", "-n", "10", "-q", before=fill)
    assert ended.returncode == 69, ended
    assert "/dev/shm: No space left on device" in ended.stderr


@pytest.mark.parametrize("name", ["queue", "pool", "shared-memory"])
def test_one_that_cannot_be_written(where_shm_is, name):
    ended = where_shm_is("ro", "compare", name, *SHORT)
    assert ended.returncode == 69, ended
    reason = "multiprocessing has no semaphores here: /dev/shm: Read-only file system"
    assert f"{name} cannot be used here: {reason}" in ended.stderr


@pytest.mark.long
def test_doctor_says_so(where_shm_is):
    ended = where_shm_is("ro", "doctor")
    assert ended.returncode == 0
    assert "multiprocessing has no semaphores here" in ended.stdout


@pytest.mark.long
def test_what_needs_no_semaphores_works(where_shm_is):
    ended = where_shm_is("ro", "compare", "serial", "threads", "pipe", "unix-socket", "manager", *SHORT)
    assert ended.returncode == 0, ended


@pytest.mark.long
def test_a_counter_says_so_too(where_shm_is):
    ended = where_shm_is("ro", "share", "value", "manager-dict", "-r", "1", "-w", "2", "-n", "10", "-q")
    assert "value cannot be used here: multiprocessing has no semaphores here" in ended.stderr
    assert "Traceback" not in ended.stderr
