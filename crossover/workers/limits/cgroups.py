"""The control groups (cgroups) of this process, of version 2 or 1: its own, and all those that this one lies in.

A limit holds for everything below a group, so the smallest one of them counts. A container sees its own group as the
root of all, or finds it mounted there; then those above are not to be seen, and the kernel applies them all the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

PROC = Path("/proc/self")
UNIFIED = "cgroup2"  # type of the file system that all controllers of version 2 share; in version 1 each has its own


class Mount(NamedTuple):
    """Where control groups are mounted.

    Attributes:
        root: the group that is mounted.
        folder: where.
    """

    root: PurePosixPath
    folder: Path


def groups(controller: str) -> Iterator[Path]:
    """Yield the folders of our group and of those above, as far as they can be seen; version 2 first.

    Args:
        controller: "cpu", "memory" or "pids".
    """
    paths, mounts = _paths(), _mounts()
    for name in ("", controller):  # version 2 has no name
        if name in paths and name in mounts:
            yield from _upwards(paths[name], mounts[name])


def number(folder: Path, *names: str) -> int | None:
    """Return the number in the first of these files that exists; None if there is none, or no limit in it."""
    for name in names:
        with suppress(OSError):
            text = (folder / name).read_text(encoding="ascii").strip()
            return int(text) if text.isdigit() else None
    return None


def table(folder: Path, name: str) -> dict[str, int]:
    """Return the lines of a file, each with a name and a number; nothing if there is no such file."""
    found = {}
    with suppress(OSError, ValueError):
        for line in (folder / name).read_text(encoding="ascii").splitlines():
            key, _, value = line.partition(" ")
            found[key] = int(value)
    return found


def _paths() -> dict[str, PurePosixPath]:
    """Return controller → our group, as in "4:cpu,cpuacct:/docker/1234"."""
    found = {}
    with suppress(OSError):
        for line in (PROC / "cgroup").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            names, _, path = line.partition(":")[2].partition(":")
            found.update(dict.fromkeys(names.split(","), PurePosixPath(path)))
    return found


def _mounts() -> dict[str, Mount]:
    """Return controller → where its groups are mounted.

    As in "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct"; there may be fields before the hyphen.
    """
    found: dict[str, Mount] = {}
    with suppress(OSError):
        for line in (PROC / "mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            place, _, source = line.partition(" - ")
            kind, _, options = source.partition(" ")
            if kind not in {UNIFIED, "cgroup"}:
                continue
            _, _, _, root, folder, *_ = place.split(" ")
            mount = Mount(PurePosixPath(_unescaped(root)), Path(_unescaped(folder)))
            for name in [""] if kind == UNIFIED else options.rpartition(" ")[2].split(","):
                found.setdefault(name, mount)
    return found


def _unescaped(path: str) -> str:
    """Return a path of mountinfo, in which blanks and the like are octal numbers."""
    for escaped, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        path = path.replace(escaped, character)
    return path


def _upwards(group: PurePosixPath, mount: Mount) -> Iterator[Path]:
    """Yield the folder of a group and those above it, up to where groups are mounted.

    A path that does not lie below what is mounted belongs to another view: of a container that mounts its own group
    only, or of a process that was moved out of its namespace ("/../other").
    """
    inside = group.relative_to(mount.root) if group.is_relative_to(mount.root) else PurePosixPath()
    folder = mount.folder / inside if ".." not in inside.parts else mount.folder
    while folder != mount.folder and not os.access(folder, os.X_OK):
        folder = folder.parent
    yield folder
    while folder != mount.folder:
        folder = folder.parent
        yield folder
