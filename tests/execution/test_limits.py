"""The limits of a container count, and what is not limited is taken from the machine."""

import pytest

from crossover.contract.registry import parse
from crossover.execution import worker_capacity
from crossover.workers import limits

GIB = 2**30


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    """Write the files of a cgroup."""
    monkeypatch.setattr(limits, "CGROUP", tmp_path)

    def write(**files):
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text + "\n")

    return write


def test_without_a_container_the_machine_is_the_limit(cgroup):
    assert limits.memory_limit() is None
    assert limits.free_memory() > 2**20
    cgroup(memory_max="max", cpu_max="max 100000", pids_max="max")
    assert limits.memory_limit() is None
    assert limits.cores() >= 1
    assert limits.most_processes() > 100


def test_a_container_may_have_less(cgroup):
    cgroup(memory_max=str(GIB // 64), memory_current=str(GIB // 128), cpu_max="150000 100000", pids_max="17")
    assert limits.memory_limit() == GIB // 64
    assert limits.free_memory() == GIB // 128
    assert limits.cores() == 2  # one and a half
    assert limits.most_processes() == 17


def test_too_many_workers_are_refused_with_the_figures(cgroup):
    cgroup(memory_max=str(GIB), memory_current=str(GIB // 2), pids_max="1000")
    assert worker_capacity.why_not(parse("pipe"), 16, 40 * 2**20) == (
        "16 workers need up to 0.6 GiB (40 MiB each); 0.5 are free; --force tries it"
    )
    assert worker_capacity.why_not(parse("pipe"), 8, 40 * 2**20) is None
    too_many = worker_capacity.why_not(parse("pipe"), 2_000, 1)
    assert "2,000 workers are more than the 1,000 processes and threads" in too_many


def test_a_thread_needs_less_than_a_process_and_external_workers_need_nothing(cgroup):
    cgroup(memory_max=str(GIB // 512), memory_current="0")
    assert worker_capacity.why_not(parse("pipe"), 4).startswith("4 workers need up to ")
    assert worker_capacity.why_not(parse("threads"), 4) is None
    assert worker_capacity.why_not(parse("serial"), 4_000_000) is None
    assert worker_capacity.why_not(parse("celery+redis?workers=external"), 4) is None
