"""Every test ends as it began: no process, no descriptor, no shared memory more than before."""

import gc
import threading
from pathlib import Path

import psutil
import pytest
from waiting import eventually

STAYS = ("resource_tracker", "forkserver")  # multiprocessing starts these once, and ends them with the process


def _children():
    found = {}
    for child in psutil.Process().children(recursive=True):
        try:
            command = " ".join(child.cmdline())
            if child.status() != psutil.STATUS_ZOMBIE and not any(name in command for name in STAYS):
                found[child.pid] = command
        except psutil.NoSuchProcess:
            continue
    return found


def _descriptors():
    return {link for link in map(_target, Path("/proc/self/fd").iterdir()) if link.startswith(("socket:", "pipe:"))}


def _target(path):
    try:
        return str(path.readlink())
    except OSError:
        return ""


@pytest.fixture(autouse=True)
def nothing_is_left():
    children, descriptors = _children(), _descriptors()
    yield
    gc.collect()  # a pool with unfinished jobs is a cycle
    assert eventually(lambda: not _children().keys() - children.keys()), f"processes left: {_children()}"
    if any(thread.name == "finish" for thread in threading.enumerate()):
        return  # Pool.terminate hangs for ever where a worker was killed with the queue's lock, and keeps its pipes
    allowed = 4  # multiprocessing's own, made on first use: the resource tracker, the fork server
    assert eventually(lambda: len(_descriptors() - descriptors) <= allowed), _descriptors() - descriptors
