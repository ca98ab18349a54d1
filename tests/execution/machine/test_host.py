"""What is said of the machine that results were measured on."""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from crossover.execution import host as host_module
from crossover.execution.host import host
from crossover.workers.limits import cpu
from crossover.workers.limits.cpu import usable_cores


def test_it_is_this_machine_with_what_is_installed_here():
    found = host()
    assert found.all_cores == os.cpu_count()
    assert found.memory_bytes == psutil.virtual_memory().total
    assert found.kernel == f"{platform.system()} {platform.release()}"
    assert found.python == f"CPython {platform.python_version()}"
    assert found.cpu
    assert "\n" not in found.cpu
    assert found.packages["msgspec"] == metadata.version("msgspec")
    assert "" not in found.packages.values()


def test_the_processor_has_the_name_that_the_kernel_gives_it():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    assert not names or host().cpu in names


def test_a_package_that_is_missing_is_left_out(monkeypatch):
    monkeypatch.setattr(host_module, "PACKAGES", ("msgspec", "of-which-nobody-has-heard"))
    assert host().packages.keys() == {"msgspec"}


def test_without_a_gil_that_is_said(monkeypatch):
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert not host().gil
    monkeypatch.delattr(sys, "_is_gil_enabled")
    assert host().gil  # an older Python


@pytest.mark.parametrize(("allowed", "quota", "cores"), [({0}, 8, 1), ({0, 1, 5}, 8, 3), ({0, 1, 5}, 2, 2)])
def test_the_cores_that_may_be_used_are_those_of_this_process_and_of_its_container(monkeypatch, allowed, quota, cores):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: allowed if pid == 0 else set(range(64)))
    monkeypatch.setattr(cpu, "cores", lambda: quota)
    assert usable_cores() == host().cores == cores


def test_where_the_system_does_not_tell_they_are_those_of_the_machine(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(cpu, "cores", lambda: 64)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert usable_cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1


def test_a_system_without_proc_names_its_kind_of_processor(monkeypatch):
    class Absent(type(Path())):
        def read_text(self, *_, **__):
            raise FileNotFoundError

    monkeypatch.setattr(host_module, "Path", Absent)
    for processor, shown in (("a processor", "a processor"), ("", platform.machine())):
        monkeypatch.setattr(platform, "processor", lambda found=processor: found)
        assert host().cpu == shown


def test_a_package_without_a_description_has_the_version_that_python_knows(monkeypatch):
    package = SimpleNamespace(read_text=lambda _: None, version="1.2")
    monkeypatch.setattr(metadata, "distribution", lambda _: package)
    assert set(host().packages.values()) == {"1.2"}
