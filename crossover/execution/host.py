"""The machine that results were measured on."""

from __future__ import annotations

import importlib.metadata
import multiprocessing
import platform
import re
import sys
from pathlib import Path

import psutil

from crossover.results.records import Host
from crossover.workers.limits import cpu, memory
from crossover.workers.processes.python_process import hash_seed

PACKAGES = ("celery", "click", "hiredis", "kombu", "msgspec", "pika", "psutil", "pymemcache", "redis", "rich")


def host() -> Host:
    """Return what a user without root can learn about this machine."""
    return Host(
        cpu=_cpu(),
        cores=cpu.usable_cores(),
        all_cores=psutil.cpu_count() or 0,
        memory_bytes=psutil.virtual_memory().total,
        kernel=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        gil=getattr(sys, "_is_gil_enabled", lambda: True)(),
        start_method=multiprocessing.get_context().get_start_method(),
        hash_seed=hash_seed(),
        packages={name: version for name in PACKAGES if (version := _version(name))},
        cpu_quota=cpu.cpu_quota(),
        memory_limit_bytes=memory.memory_limit(),
    )


def _version(package: str) -> str:
    """Return the version of a package, "" where it is missing; without parsing all of its description.

    `importlib.metadata.version` would parse that.
    """
    try:
        distribution = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:  # another interpreter may lack what no transport of its needs
        return ""
    found = re.search(r"^Version: *(.+)$", distribution.read_text("METADATA") or "", re.MULTILINE)
    return found[1].strip() if found else distribution.version


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
