"""What a run uses: the CPU time of all that it starts, and memory that processes share counted once."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from waiting import PATIENCE, eventually

from crossover.execution.meters.meter import COMMAND, Meter
from crossover.workers.processes.parent_end import adopt_orphans

BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"
MIB = 2**20
MODEL = 64 * MIB
ROUNDED = 0.25  # seconds that a program used which used 0.3: the kernel counts in hundredths
PR_SET_CHILD_SUBREAPER = 36  # from linux/prctl.h
FORK = multiprocessing.get_context("fork")


def burner(seconds):
    return [sys.executable, "-S", "-c", BURN.format(seconds=seconds)]


@pytest.fixture
def worker():
    """Start a process that does something; when it has done it, it waits for its end, which is that of its programs."""
    started = []
    adopt_orphans()

    def start(do):
        done, told = FORK.Event(), FORK.Event()

        def work():
            told.wait()
            do()
            done.set()
            signal.pause()

        process = FORK.Process(target=work)
        process.start()
        started.append(process)
        process.tell, process.done = told.set, done
        return process

    yield start
    for process in started:
        process.kill()
        process.join()
        process.close()
    burning = [one for one in psutil.Process().children() if any("process_time()" in word for word in one.cmdline())]
    for program in burning:
        program.kill()
        program.wait()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0)


def metered(process, others=()):
    return Meter({"producer": [os.getpid()], "workers": [process.pid, *(one.pid for one in others)]})


def test_the_cpu_time_of_a_program_that_a_task_runs_is_the_tasks(worker):
    process = worker(lambda: subprocess.run(burner(0.3), check=True))
    meter = metered(process)
    process.tell()
    assert process.done.wait(PATIENCE)
    used = meter.read().cpu_seconds
    assert used["workers"] >= ROUNDED
    assert used["producer"] < ROUNDED


def test_a_program_that_still_runs_counts(worker):
    process = worker(lambda: subprocess.Popen(burner(600)))
    meter = metered(process)
    process.tell()
    assert eventually(lambda: meter.read().cpu_seconds["workers"] >= 0.2)


@pytest.mark.long
def test_a_program_whose_starter_has_ended_counts(worker):
    process = worker(
        lambda: subprocess.run(["sh", "-c", f"'{sys.executable}' -S -c '{BURN}' &".format(seconds=600)], check=True)
    )
    meter = metered(process)
    process.tell()
    assert eventually(lambda: meter.read().cpu_seconds["workers"] >= 0.2)


def test_what_a_dead_worker_used_counts_once_though_its_producer_has_waited_for_it(worker):
    process = worker(lambda: subprocess.run(burner(0.3), check=True))
    meter = metered(process)
    process.tell()
    assert process.done.wait(PATIENCE)
    meter.look()
    process.kill()
    process.join()  # this process is charged with all that it used
    used = meter.read().cpu_seconds
    assert ROUNDED <= used["workers"] < 2 * ROUNDED
    assert used["producer"] < ROUNDED


def test_what_was_used_before_does_not_count(worker):
    process = worker(lambda: subprocess.run(burner(0.3), check=True))
    process.tell()
    assert process.done.wait(PATIENCE)
    assert metered(process).read().cpu_seconds["workers"] < ROUNDED


def test_our_own_programs_are_not_what_keeps_the_machine_busy(worker):
    meter = Meter({"workers": [worker(lambda: None).pid]})
    subprocess.run(burner(0.3), check=True)  # like a server of another transport, or a template
    assert meter.read().cpu_seconds.keys() == {"workers"}
    assert meter._trees.cpu_seconds[COMMAND] >= ROUNDED


def test_memory_that_forked_workers_share_counts_once(worker):
    model = bytearray(os.urandom(MIB)) * (MODEL // MIB)
    first, *others = [worker(lambda: None) for _ in range(4)]
    for process in (first, *others):
        process.tell()
        assert process.done.wait(PATIENCE)
    usage = metered(first, others).read()
    once = psutil.Process().memory_info().rss
    assert len(model) <= sum(usage.peak_rss_bytes.values()) < 1.5 * once  # and not 5 times
    assert usage.shared_once == ["producer", "workers"]
    assert usage.private_bytes < MODEL / 2


@pytest.mark.long
def test_memory_that_a_worker_has_to_itself_is_what_one_more_needs(worker):
    kept = []
    process = worker(lambda: kept.append(os.urandom(MIB) * (MODEL // MIB)))
    process.tell()
    assert process.done.wait(PATIENCE)
    assert MODEL <= metered(process).read().private_bytes < 2 * MODEL


def test_threads_of_a_task_that_want_a_core_are_counted(worker):
    def work():
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: [zlib.compress(bytes(MIB)) for _ in range(600)], range(4)))

    process = worker(work)
    meter = metered(process)
    assert meter.read().running_threads is None
    process.tell()

    def wants_several_cores():
        meter.look()
        return (meter.read().running_threads or 0) > 1.5

    assert eventually(wants_several_cores)


SEEN_BY_ANOTHER_USER = """
import os, psutil
from crossover.execution.meters.memory import PeakMemory
os.setuid(65534)
memory = PeakMemory()
theirs = [psutil.Process({pid})]
memory.examine("broker", theirs)
memory.look({{"broker": theirs}})
print(memory.resident_roles, memory.bytes["broker"], theirs[0].memory_info().rss)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_of_another_users_process_resident_memory_counts_and_that_is_said():
    shown = subprocess.run(
        [sys.executable, "-c", SEEN_BY_ANOTHER_USER.format(pid=os.getpid())],
        capture_output=True,
        text=True,
        check=True,
    )
    roles, counted, resident = shown.stdout.split()
    assert roles == "{'broker'}"
    assert int(counted) == pytest.approx(int(resident), rel=0.1)
