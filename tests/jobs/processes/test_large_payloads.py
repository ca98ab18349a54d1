"""Payloads of every size arrive, through the pipe or through memory that has no name."""

import errno
import multiprocessing
import operator
import os
import signal
import subprocess
import sys
from pathlib import Path

import executor_calls as calls
import pytest
from waiting import PATIENCE, eventually

from crossover import Executor
from crossover.jobs.processes.segment import LARGE, Segment

SIZES = [0, 1, LARGE - 100, LARGE, LARGE + 1, 3 * 2**20, 20 * 2**20, 7]


@pytest.mark.parametrize("transport", ["pool", "shared-memory"])
def test_payloads_of_every_size_arrive_one_after_the_other(make, transport):
    executor = make(transport, 1)
    for size in SIZES:
        assert executor.submit(operator.add, b"x" * size, b"end").result(PATIENCE) == b"x" * size + b"end"


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("transport", ["pool", "shared-memory"])
def test_workers_that_start_in_another_way_take_them_too(make, transport, start):
    executor = make(transport, mp_context=multiprocessing.get_context(start))
    for size in (1, 3 * LARGE):
        assert executor.submit(operator.mul, b"x" * size, 2).result(PATIENCE) == b"x" * size * 2
    assert executor.submit(calls.crash).exception(PATIENCE) is not None
    assert executor.submit(abs, -1).result(PATIENCE) == 1


@pytest.mark.parametrize("transport", ["pool", "shared-memory"])
def test_large_exceptions_arrive(make, transport):
    error = make(transport).submit(calls.fail, "x" * 2 * LARGE).exception(PATIENCE)
    assert str(error) == "x" * 2 * LARGE
    assert "in fail" in str(error.__cause__)


@pytest.mark.parametrize("transport", ["pool", "shared-memory"])
def test_a_worker_that_dies_with_a_large_payload_takes_no_other_with_it(make, transport):
    executor = make(transport)
    large = b"x" * 3 * 2**20
    before = [executor.submit(operator.add, large, large) for _ in range(4)]
    crashed = executor.submit(calls.crash, large)
    after = [executor.submit(operator.add, large, large) for _ in range(4)]
    assert isinstance(crashed.exception(PATIENCE), Exception)
    assert all(future.result(PATIENCE) == large + large for future in before + after)


def test_the_memory_has_no_name_so_that_nothing_can_be_left(make):
    executor = make("shared-memory", 1)
    assert executor.submit(len, b"x" * 2 * LARGE).result(PATIENCE) == 2 * LARGE
    worker = Path(f"/proc/{executor.submit(os.getpid).result(PATIENCE)}")
    opened = [os.readlink(descriptor) for descriptor in (worker / "fd").iterdir()]  # noqa: PTH115 - most are no paths
    assert "/memfd:crossover (deleted)" in opened
    assert not [name for name in [*opened, (worker / "maps").read_text()] if "/dev/shm" in name]


@pytest.mark.parametrize("transport", ["pool", "shared-memory"])
def test_workers_end_with_a_script_that_is_killed(tmp_path, transport):
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal, crossover\n"
        "if __name__ == '__main__':\n"
        f"    executor = crossover.Executor({transport!r}, 1)\n"
        "    print(executor.submit(os.getpid).result(60), flush=True)\n"
        "    executor.submit(len, bytes(50_000_000))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert eventually(lambda: not Path(f"/proc/{int(done.stdout)}").exists())


def test_without_memory_for_it_a_payload_travels_through_the_pipe(make, monkeypatch):
    def no_memory(*_):
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    monkeypatch.setattr(os, "posix_fallocate", no_memory)
    executor = make("shared-memory", 1)
    assert executor.submit(len, b"x" * 2 * LARGE).result(PATIENCE) == 2 * LARGE


@pytest.mark.long
def test_memory_that_one_large_payload_needed_is_given_back():
    segment = Segment()
    try:
        with segment.read(segment.write(b"x" * 64 * 2**20)) as view:
            assert view[-1:] == b"x"
        segment.done()
        assert os.fstat(segment._descriptor).st_blocks * 512 <= 16 * 2**20
        with segment.read(segment.write(b"y" * 64 * 2**20)) as view:
            assert view[:1] == view[-1:] == b"y"
    finally:
        segment.close()


def test_a_system_without_such_memory_is_told_so(monkeypatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    with pytest.raises(ValueError, match=r"shared-memory needs memory without a name.*use pool"):
        Executor("shared-memory")
