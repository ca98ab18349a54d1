"""The end of workers: regularly where they can, by force where they cannot; with all that they have started."""

import signal
import subprocess
import sys
import threading
import time
from multiprocessing import resource_tracker

import psutil
import pytest
from processes import is_running
from waiting import PATIENCE, eventually

from crossover.workers.library_messages import TRACKER_IS_QUIET
from crossover.workers.processes import process_tree
from crossover.workers.processes.lifetime import end, start_resource_tracker
from crossover.workers.processes.process_tree import TRACKER, descendants

FAMILY = "sleep 600 & sleep 600 & wait"
TRACKING = f"import time; time.sleep(600)  # from multiprocessing{TRACKER}"


@pytest.fixture
def family():
    """Start a process that starts two; return its id and theirs."""
    with subprocess.Popen(["sh", "-c", FAMILY]) as parent:
        assert eventually(lambda: len(descendants(parent.pid)) == 2)
        pids = [parent.pid, *(process.pid for process in descendants(parent.pid))]
        yield pids
        for pid in pids:
            if is_running(pid):
                psutil.Process(pid).kill()


def test_a_worker_that_ends_regularly_is_given_the_time_and_what_it_has_started_is_ended(family):
    ended = []

    def finish():
        psutil.Process(family[0]).terminate()
        ended.append(eventually(lambda: not is_running(family[0])))

    end([family[0]], finish)
    assert ended == [True]
    assert not any(map(is_running, family))


def test_one_that_does_not_end_is_killed(family):
    end([family[0]])
    assert not any(map(is_running, family))


def test_a_finish_that_hangs_is_not_waited_for(family):
    released = threading.Event()
    began = time.monotonic()
    end([family[0]], lambda: released.wait(PATIENCE), grace=0.05)
    assert time.monotonic() - began < 60
    assert not any(map(is_running, family))
    released.set()
    assert eventually(lambda: not any(thread.name == "finish" for thread in threading.enumerate()))


def test_a_finish_that_fails_is_no_failure(family, capfd):
    end([family[0]], lambda: 1 // 0)
    assert not any(map(is_running, family))
    assert capfd.readouterr().err == ""


def test_the_end_of_what_has_ended_already_is_no_failure(family):
    end([family[0]])
    end([family[0], 2**22 + 1])


def test_a_tracker_has_the_time_to_remove_what_the_others_have_left_and_is_then_ended():
    with subprocess.Popen([sys.executable, "-c", TRACKING]) as tracker:
        assert eventually(lambda: psutil.Process(tracker.pid).cmdline()[1:2] == ["-c"])
        ending = threading.Thread(target=end, args=([tracker.pid],), kwargs={"grace": 0.3})
        ending.start()
        assert tracker.poll() is None
        ending.join(PATIENCE)
        assert tracker.wait(PATIENCE) == -signal.SIGKILL


def test_what_it_has_started_is_killed_until_there_is_nothing_more(family):
    outside = psutil.Process(family[0])
    assert [process.pid for process in descendants(outside.pid)] == family[1:]
    for process in descendants(outside.pid):
        assert process_tree.kill_unless_tracker(process)
    assert eventually(lambda: not any(map(is_running, family)))


STARTS_TRACKER = """
import signal, sys
from multiprocessing import resource_tracker
from pathlib import Path
from crossover.workers.processes.lifetime import start_resource_tracker
start_resource_tracker()
process = Path(f"/proc/{resource_tracker._resource_tracker._pid}")
while "resource_tracker" not in (process / "cmdline").read_text():  # it has just been forked
    pass
blocked = next(line for line in (process / "status").read_text().splitlines() if line.startswith("SigBlk"))
print((process / "cmdline").read_text().split("\\0"))
print(sys.warnoptions, signal.pthread_sigmask(signal.SIG_BLOCK, []), int(blocked.split()[1], 16))
"""


def test_the_tracker_warns_of_nothing_and_outlives_a_closed_terminal_and_this_process_stays_as_it_is():
    command = [sys.executable, "-c", STARTS_TRACKER]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.splitlines()
    assert f"-W{TRACKER_IS_QUIET}" in said[0]
    assert said[1].startswith("[] set() ")
    for number in (signal.SIGHUP, signal.SIGQUIT):
        assert int(said[1].split()[-1]) >> (number - 1) & 1


def test_a_tracker_that_runs_stays_and_so_does_this_process():
    before = [*sys.warnoptions], signal.pthread_sigmask(signal.SIG_BLOCK, [])
    start_resource_tracker()
    assert ([*sys.warnoptions], signal.pthread_sigmask(signal.SIG_BLOCK, [])) == before
    tracker = resource_tracker._resource_tracker._pid
    start_resource_tracker()
    assert resource_tracker._resource_tracker._pid == tracker
