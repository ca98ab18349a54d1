"""The parts of a meter: what it may cost, what disturbs a machine, memory counted once, threads that want a core."""

import os
from types import SimpleNamespace

import psutil
import pytest

from crossover.execution.meters import effort, machine, threads
from crossover.execution.meters.effort import Effort
from crossover.execution.meters.machine import Machine
from crossover.execution.meters.memory import PeakMemory
from crossover.execution.meters.threads import running_threads

MIB = 2**20


def test_observing_takes_a_hundredth_of_the_time_at_most(monkeypatch):
    now, cpu = [50.0], [7.0]
    monkeypatch.setattr(effort, "time", SimpleNamespace(monotonic=lambda: now[0], thread_time=lambda: cpu[0]))
    made = Effort()
    assert made.affordable
    with made.counted():
        cpu[0] += 0.02
    assert not made.affordable
    now[0] += 1.9
    assert not made.affordable
    now[0] += 0.1
    assert made.affordable  # 20 ms of 2 s
    for _ in range(2):
        with made.counted():
            cpu[0] += 0.005
    now[0] += 0.9
    assert not made.affordable
    now[0] += 0.2
    assert made.affordable


@pytest.fixture
def cores(monkeypatch):
    """A machine with three cores, of which this process may use some; each has counters of its own."""

    def made(allowed):
        times = [
            SimpleNamespace(user=10.0**n, system=2.0, nice=3.0, irq=4.0, softirq=5.0, idle=6.0, iowait=7.0, steal=8.0)
            for n in range(1, 4)
        ]
        monkeypatch.setattr(psutil, "cpu_times", lambda percpu: times if percpu else None)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: allowed)

    return made


@pytest.mark.parametrize(
    ("allowed", "busy", "idle", "stolen"),
    [
        ({0}, 24.0, 13.0, 8.0),
        ({0, 2}, 1038.0, 26.0, 16.0),
        ({2}, 1014.0, 13.0, 8.0),
        ({3, 7}, 1152.0, 39.0, 24.0),  # a container is shown its own cores only, counted from 0
    ],
)
def test_what_the_cores_did_that_this_process_may_run_on(cores, allowed, busy, idle, stolen):
    cores(allowed)
    now = Machine.now()
    assert (now.cpu_seconds, now.idle_seconds, now.stolen_seconds) == (busy, idle, stolen)


def test_where_it_is_unknown_on_which_cores_it_may_run_all_count(cores, monkeypatch):
    cores({0})
    monkeypatch.delattr(os, "sched_getaffinity")
    assert Machine.now().idle_seconds == 39.0


def test_only_what_has_grown_since_counts():
    before, now = Machine(1.0, 2.0, 3.0, 4.0, 5), Machine(11.0, 22.0, 33.0, 44.0, 55)
    assert now.since(before) == Machine(10.0, 20.0, 30.0, 40.0, 50)


def test_cores_that_were_too_hot_are_counted_and_a_counter_that_cannot_be_read_is_not(monkeypatch, tmp_path):
    for core, text in enumerate(["3", "4", "no number"]):
        (tmp_path / f"cpu{core}").mkdir()
        (tmp_path / f"cpu{core}" / "hot_throttle_count").write_text(text)
    monkeypatch.setattr(machine, "Path", lambda _: tmp_path)
    monkeypatch.setattr(machine, "HOT", "cpu*/*_throttle_count")
    assert Machine.now().too_hot == 7


class Process:
    """A process of which a test says how much memory it has, and how much of it the kernel counts as its own."""

    def __init__(self, resident, proportional, private, *, full=True):
        self.resident, self.proportional, self.private, self.full = resident, proportional, private, full
        self.alive = True

    def memory_info(self):
        if not self.alive:
            raise psutil.NoSuchProcess(1)
        return SimpleNamespace(rss=self.resident * MIB)

    def memory_full_info(self):
        if not self.full:
            raise psutil.AccessDenied(1)
        return SimpleNamespace(rss=self.resident * MIB, pss=self.proportional * MIB, uss=self.private * MIB)


@pytest.fixture
def memory():
    return PeakMemory()


def look(memory, *processes, examine=True):
    if examine:
        memory.examine("workers", processes)
    memory.look({"workers": processes})
    return memory.bytes["workers"] / MIB


def test_shared_memory_counts_in_parts_and_what_grows_later_counts_in_full(memory):
    first, second = Process(100, 60, 20), Process(100, 60, 30)
    assert look(memory, first, second) == 120
    first.resident = 110
    assert look(memory, first, second, examine=False) == 130
    assert memory.private_bytes == {"workers": 30 * MIB}
    assert memory.resident_roles == set()


def test_the_largest_is_kept(memory):
    process = Process(100, 60, 20)
    assert look(memory, process) == 60
    process.resident, process.proportional, process.private = 50, 30, 10
    assert look(memory, process) == 60
    assert memory.private_bytes == {"workers": 20 * MIB}


def test_where_the_kernel_does_not_tell_resident_memory_counts_and_that_is_known(memory):
    assert look(memory, Process(100, 60, 20), Process(100, 0, 0, full=False)) == 160
    assert memory.resident_roles == {"workers"}


def test_who_has_ended_or_was_never_examined_has_no_memory(memory):
    ended, new = Process(100, 60, 20), Process(70, 70, 70)
    look(memory, ended)
    ended.alive = False
    memory.look({"broker": [ended, new]})
    assert memory.bytes["broker"] == 0
    memory.examine("broker", [ended, new])
    memory.look({"broker": [ended, new]})
    assert memory.bytes["broker"] == 70 * MIB


def test_less_resident_than_shared_memory_is_none(memory):
    process = Process(100, 20, 20)
    look(memory, process)
    process.resident = 10
    memory.look({"other": [process]})
    assert memory.bytes["other"] == 0


def test_threads_that_run_are_counted_of_all_processes(monkeypatch, tmp_path):
    for pid, states in ((7, "RSR"), (8, "DRt")):
        for number, state in enumerate(states):
            folder = tmp_path / f"proc/{pid}/task/{number}"
            folder.mkdir(parents=True)
            (folder / "stat").write_text(f"{number} (a) R name) {state} 1 2 3")
    real = threads.Path
    monkeypatch.setattr(threads, "Path", lambda path: real(f"{tmp_path}{path}"))
    monkeypatch.setattr(
        threads, "os", SimpleNamespace(listdir=lambda path: [one.name for one in real(f"{tmp_path}{path}").iterdir()])
    )
    processes = [SimpleNamespace(pid=pid) for pid in (7, 8, 9)]
    assert running_threads(processes) == 3
    assert running_threads(processes[2:]) == 0
