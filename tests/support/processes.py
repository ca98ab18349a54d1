"""Processes that have been started since a test began; to look at these alone is fast, also on a busy machine."""

import os
from pathlib import Path


def pids():
    """Return the ids of all processes."""
    return {int(name) for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208 - a Path costs more than twice as much


def is_running(pid):
    """Return whether a process runs: one that has ended and was not waited for yet does not."""
    return _state_and_parent(pid)[0] not in {"", "Z", "X"}


def ancestors(pid):
    """Return the ids of a process's parent, of its parent, and so on."""
    found = []
    while (parent := _state_and_parent(found[-1] if found else pid)[1]) > 1:
        found.append(parent)
    return found


def command(pid):
    """Return the command line of a process; nothing where it has ended."""
    return _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace").strip()


def is_marked(pid, name, value):
    """Return whether a process has been given a value of an environment variable."""
    return f"{name}={value}".encode() in _read(pid, "environ").split(b"\0")


def works_in(pid, folder):
    """Return whether the working directory of a process is inside a folder."""
    try:
        return folder in Path(f"/proc/{pid}/cwd").readlink().parents
    except OSError:
        return False


def _state_and_parent(pid):
    """Return its state and its parent, as /proc/pid/stat names them behind the name of the program."""
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return (fields[0].decode(), int(fields[1])) if fields else ("", 0)


def _read(pid, name):
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
