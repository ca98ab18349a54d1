"""Processes that the kernel has ended for lack of memory are counted from what it writes down."""

import pytest

from crossover.execution import oom_killer
from crossover.execution.oom_killer import oom_kills


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    container, machine = tmp_path / "memory.events", tmp_path / "vmstat"
    monkeypatch.setattr(oom_killer, "COUNTERS", (container, machine))
    return container, machine


def test_those_of_the_container_and_of_the_machine_are_counted(kernel):
    container, machine = kernel
    container.write_text("low 0\nhigh 7\noom 9\noom_kill 2\noom_group_kill 4\n")
    machine.write_text("nr_free_pages 9\noom_kill 3\n\nunevictable 5\n")
    assert oom_kills() == 5
    machine.write_text("nr_free_pages 9\noom_kill 4\n")
    assert oom_kills() == 6


def test_a_kernel_that_does_not_count_them_has_ended_none(kernel):
    container, _ = kernel
    assert oom_kills() == 0
    container.write_text("low 8\nhigh 7\n")
    assert oom_kills() == 0
