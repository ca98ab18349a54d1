"""Whose CPU time it is: of processes that start others, wait for them, and end, in readings written by hand."""

from types import SimpleNamespace

import psutil
import pytest

from crossover.execution.meters import process_trees
from crossover.execution.meters.process_reading import Reading
from crossover.execution.meters.process_trees import ROUNDED, ProcessTrees


class Machine:
    """Processes of which a test says what they have used; each is found below the process that started it."""

    def __init__(self, monkeypatch):
        self.readings = {}
        monkeypatch.setattr(process_trees, "_processes", lambda pids: [self.process(pid) for pid in pids])
        monkeypatch.setattr(process_trees, "descendants", self.below)
        monkeypatch.setattr(process_trees, "read_process", self.readings.get)

    def process(self, pid):
        return SimpleNamespace(pid=pid, ppid=lambda: self._parent(pid))

    def below(self, pid):
        found = []
        for child, reading in sorted(self.readings.items()):
            if reading.parent == pid:
                found += [self.process(child), *self.below(child)]
        return found

    def runs(self, pid, parent, own, ended=0.0, **told):
        self.readings[pid] = Reading(parent, own, ended, **told)

    def _parent(self, pid):
        if pid not in self.readings:
            raise psutil.NoSuchProcess(pid)
        return self.readings[pid].parent


@pytest.fixture
def machine(monkeypatch):
    """A command (1) with a producer (10) and two workers (20, 21) of it."""
    made = Machine(monkeypatch)
    for pid, parent in ((1, 0), (10, 1), (20, 10), (21, 10)):
        made.runs(pid, parent, 5.0)
    return made


@pytest.fixture
def trees(machine):
    return ProcessTrees({"command": [1], "producer": [10], "workers": [20, 21]})


def used(trees):
    trees.find()
    trees.look()
    return {role: pytest.approx(seconds) for role, seconds in trees.cpu_seconds.items() if seconds}


def test_what_was_used_before_does_not_count(trees):
    assert used(trees) == {}


def test_each_role_has_what_its_processes_used(machine, trees):
    machine.runs(10, 1, 5.5)
    machine.runs(20, 10, 6.0)
    machine.runs(21, 10, 7.0)
    assert used(trees) == {"producer": 0.5, "workers": 3.0}
    assert {process.pid for process in trees.of_role("workers")} == {20, 21}


def test_a_program_belongs_to_the_worker_that_started_it_also_when_that_has_ended(machine, trees):
    machine.runs(30, 20, 1.0)
    assert used(trees) == {"workers": 1.0}
    del machine.readings[20]
    machine.runs(30, 1, 3.0)  # it has another parent now
    assert used(trees) == {"workers": 3.0}


def test_a_program_that_came_and_went_is_known_from_its_parent(machine, trees):
    machine.runs(20, 10, 5.0, ended=2.0)
    assert used(trees) == {"workers": 2.0}


def test_what_was_seen_before_it_ended_counts_once(machine, trees):
    machine.runs(30, 20, 1.5)
    assert used(trees) == {"workers": 1.5}
    del machine.readings[30]
    machine.runs(20, 10, 5.0, ended=2.0)  # it has waited for it, and is charged with all that it used
    assert used(trees) == {"workers": 2.0}


def test_a_process_that_nobody_waited_for_keeps_its_last_reading(machine, trees):
    machine.runs(30, 20, 1.5)
    assert used(trees) == {"workers": 1.5}
    del machine.readings[30]
    assert used(trees) == {"workers": 1.5}


def test_a_worker_that_died_was_not_the_producers_work(machine, trees):
    machine.runs(20, 10, 9.0)
    assert used(trees) == {"workers": 4.0}
    del machine.readings[20]
    machine.runs(10, 1, 5.0, ended=9.01)  # a clock tick more than was read last
    assert used(trees) == {"workers": 4.0, "producer": 0.01}


def test_a_worker_that_replaces_another_is_a_worker(machine, trees):
    machine.runs(40, 10, 2.0)
    assert used(trees) == {"workers": 2.0}
    machine.runs(41, 40, 1.0)
    assert used(trees) == {"workers": 3.0}


def test_without_workers_of_its_own_all_that_a_producer_starts_is_the_producers(machine):
    trees = ProcessTrees({"command": [1], "producer": [10]})
    machine.runs(40, 10, 2.0)
    assert used(trees) == {"producer": 2.0}


def test_what_a_producer_had_started_before_is_its_own(machine):
    machine.runs(15, 10, 1.0)
    trees = ProcessTrees({"command": [1], "producer": [10], "workers": [20, 21]})
    machine.runs(15, 10, 3.0)
    assert used(trees) == {"producer": 2.0}


def test_roles_that_are_left_out_of_a_look_lose_nothing(machine, trees):
    machine.runs(20, 10, 6.0)
    trees.look({"producer"})
    assert trees.cpu_seconds["workers"] == 0.0
    assert {process.pid for process in trees.of_role("workers")} == {20, 21}
    assert used(trees) == {"workers": 1.0}


def test_an_id_that_is_used_again_is_another_process(machine, trees):
    del machine.readings[20]
    trees.look()
    machine.runs(20, 1, 50.0)
    assert "workers" not in used(trees)


def test_a_process_whose_parent_has_just_ended_is_found_the_next_time(machine, trees):
    machine.runs(50, 49, 1.0)  # of 49 nothing is known
    below = machine.below
    process_trees.descendants = lambda pid: [*below(pid), *([machine.process(50)] if pid == 1 else [])]
    assert used(trees) == {}
    machine.runs(50, 20, 1.0)
    assert used(trees) == {"workers": 1.0}


def test_an_id_that_is_used_again_between_two_looks_is_another_process(machine, trees):
    machine.runs(20, 99, 50.0, started=7)
    trees.look()
    assert used(trees) == {}


def test_children_that_have_ended_add_a_rounding_error_of_their_role(machine, trees):
    machine.runs(20, 10, 6.0)
    trees.look()
    assert trees.rounding_seconds == {"command": 0.0, "producer": 0.0, "workers": 0.0}
    machine.runs(20, 10, 6.0, ended=0.0, faults=300)  # a child of less than a tick
    trees.look()
    assert trees.rounding_seconds["workers"] == ROUNDED
    machine.runs(20, 10, 6.0, ended=0.01, faults=600)
    machine.runs(21, 10, 6.0, exact=False)  # this kernel tells ticks only
    trees.look()
    assert trees.rounding_seconds["workers"] == pytest.approx(ROUNDED * 2**0.5)
    assert trees.rounding_seconds["producer"] == 0.0


def test_ticks_that_come_late_are_not_counted_twice(machine, trees):
    for round_ in range(1, 50):
        machine.runs(30, 20, 0.019, started=round_)
        trees.find()
        trees.look()
        del machine.readings[30]
        machine.runs(20, 10, 5.0, ended=int(1.9 * round_) / 100)
        trees.look()
    assert trees.cpu_seconds["workers"] == pytest.approx(49 * 0.019, abs=ROUNDED)
