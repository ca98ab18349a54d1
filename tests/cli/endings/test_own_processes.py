"""A task may start processes, through every transport; none outlives the command, however it ends."""

import os
import signal

import pytest
from waiting import PATIENCE, eventually

STARTS = """
    import multiprocessing, os, subprocess, time

    def square(number):
        return number * number

    def run(item):
        subprocess.Popen(["sleep", "600"])
        subprocess.run(["sh", "-c", "setsid sleep 600 & echo > began"], check=True)
        with multiprocessing.Pool(2) as pool:
            return pool.map(square, range(item))
"""

STAYS = STARTS.replace("return pool", "time.sleep(600)\n            return pool")

TRANSPORTS = ["serial", "threads", "queue", "pool", "executor"]  # the others have workers like those of queue
OTHERS = ["queue?start=spawn", "pool?start=forkserver", "executor?start=spawn", "celery+redis"]


@pytest.mark.long
@pytest.mark.parametrize("transports", [TRANSPORTS, OTHERS])
def test_a_task_may_start_processes_and_leave_them_behind(crossover, mine, family, result, transports):
    ended = crossover("compare", *transports, *mine(STARTS, [3]), "-n", "2", "-w", "1", "-r", "1", "--json", "out.json")
    left = family()
    assert (ended.returncode, left) == (0, []), ended.stderr
    assert len({run["value_digest"] for run in result()["runs"]}) == 1


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("transport", ["serial", "queue", "pool?start=forkserver"])
def test_they_end_with_a_command_that_is_interrupted_or_killed(begin, mine, family, tmp_path, transport, number):
    process = begin("compare", transport, *mine(STAYS, [3]), "-n", "2", "-w", "1", "-r", "1")
    assert eventually(lambda: (tmp_path / "began").exists() or process.poll() is not None)
    assert eventually(lambda: len(family()) > 5)
    os.kill(process.pid, number)
    assert process.wait(PATIENCE) in {130, -signal.SIGKILL}
    assert eventually(lambda: not family())
