"""Every test ends as it began: no process, no descriptor, no shared memory more than before.

Private servers serve all tests of a session, as they serve all runs of a command; they end with it.
"""

import gc
import threading
from pathlib import Path

import psutil
import pytest
from waiting import eventually

from crossover.contract import session_resources

STAYS = ("resource_tracker", "forkserver")  # multiprocessing starts these once, and ends them with the process


@pytest.fixture(scope="session", autouse=True)
def private_servers(tmp_path_factory):
    """End them with the session; notes about runs on servers of others are kept elsewhere than those of this user."""
    before = _children()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
    session_resources.end_all()
    assert eventually(lambda: not _children().keys() - before.keys()), f"processes left: {_children()}"


@pytest.fixture(scope="session", autouse=True)
def what_was_imported_stays():
    """Look for each test's cycles among what tests have made: in all that was imported it would take 0.1 s a test."""
    gc.freeze()


def _children():
    found, lasts = {}, _lasting()
    for child in psutil.Process().children(recursive=True):
        try:
            command = " ".join(child.cmdline())
            stays = child.pid in lasts or any(name in command for name in STAYS)
            if child.status() != psutil.STATUS_ZOMBIE and not stays:
                found[child.pid] = command
        except psutil.NoSuchProcess:
            continue
    return found


def _lasting():
    """Return the process ids of the private servers that are kept, their wardens included."""
    wardens = [server._warden.process for server in session_resources._kept.values() if server._warden.process]
    return {pid for warden in wardens for pid in (warden.pid, *_descendants(warden.pid))}


def _descendants(pid):
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


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
