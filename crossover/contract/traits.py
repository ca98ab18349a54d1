"""What is known of a transport or a shared state without starting it, and what can be wanted of one."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from crossover.contract.options import Options
from crossover.contract.safety import Guarantee, Safety
from workloads.base import Workload


class WorkerKind(StrEnum):
    """What runs the tasks."""

    PRODUCER = "producer"  # the producer itself: there are no workers
    THREAD = "thread"  # threads of the producer
    PROCESS = "process"


class RunRequest(NamedTuple):
    """What is wanted of a transport or a shared state; `why_not` judges only what is set.

    Attributes:
        options: an instance of its `options_type`; `Address.why_not` sets it.
        server_address: where its server is, as in a URL; likewise.
        usable_here: whether this machine, or the server, must be able to run it now. Judging that may connect.
        safety: the level.
        workload: what runs.
        vary_workers: whether the number of workers must make a difference.
        paced: whether tasks are sent at a rate.
        pausable: whether the workers must stand still for a while, as for a backlog.
        journals: whether the workers must keep journals.
        workers: how many there will be, at most; 0: not known yet.
        answers: what servers have said, by kind and URL: who asks one writes its answer here, so that each is asked
            once. None: it is asked anew.
    """

    options: Options = Options()
    server_address: str = ""
    usable_here: bool = False
    safety: Safety | None = None
    workload: Workload | None = None
    vary_workers: bool = False
    paced: bool = False
    pausable: bool = False
    journals: bool = False
    workers: int = 0
    answers: MutableMapping[tuple[str, str], Any] | None = None


USABLE_HERE = RunRequest(usable_here=True)
"""Wants nothing but that this machine, or the server, can run it now."""

JOURNALS = RunRequest(journals=True)
"""Wants nothing but workers that keep journals."""


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of each run of a transport."""

    name: str
    """The name in the registry, in URLs and in tables."""

    guarantees: Mapping[Safety, Guarantee]
    """What it promises, for each safety level that it has."""

    missing_levels: Mapping[Safety, str] = {}
    """Why it does not have the other levels."""

    level_settings: Mapping[Safety, str]
    """What each of its levels sets, in the terms of its library."""

    options_type: type[Options] = Options
    """What can be set in its URL (`name://?option=value`), with defaults."""

    server: str = ""
    """The kind of server that it goes through ("redis"); empty for a local transport."""

    worker_kind: WorkerKind = WorkerKind.PROCESS
    """What runs the tasks."""

    worker_parent: bool = False
    """Whether a process of its own starts the workers; it is the last one among them in `processes`."""

    broker_process: bool = False
    """Whether one of its local processes is a broker."""

    unpaced: str | None = None
    """Why tasks cannot be sent through it at a rate; None where they can."""

    resumable: bool = False
    """Whether its tasks outlive the producer, so that another process can take over the run."""

    @property
    def worker_processes(self) -> bool:
        """Whether its workers are processes of their own."""
        return self.worker_kind is WorkerKind.PROCESS

    def why_not(self, request: RunRequest) -> str | None:
        """Return why no transport with these traits can do what is requested, or None where one may."""
        name, level = self.name, request.safety
        if level is not None and level not in self.guarantees:
            return f"{name} has no {level} level: {self.missing_levels[level]}; allowed: {', '.join(self.guarantees)}"
        if request.vary_workers and self.worker_kind is WorkerKind.PRODUCER:
            return f"{name} has no workers, so its number of workers cannot be varied; crossover compare measures it"
        if request.paced and self.unpaced:
            return f"{name} cannot be given tasks at a rate: {self.unpaced}"
        if request.pausable and not self.worker_processes:
            return f"{name} cannot have a backlog, because its worker is the producer's own process"
        return None


class StateTraits(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of each run of a shared state."""

    name: str
    """The name in the registry, in URLs and in tables."""

    made_safe_by: str = "nothing"
    """What makes an update safe."""

    safe: bool = False
    """Whether it promises that no update is lost."""

    without: str = ""
    """The name of the state that does the same without what makes this one safe; empty where there is none."""

    shared: bool = True
    """Whether its workers share anything at all."""

    threads: bool = False
    """Whether its workers are threads of the producer; else they are processes."""

    server: str = ""
    """The kind of server that it goes through ("redis"); empty for a local state."""

    options_type: type[Options] = Options
    """What can be set in its URL (`name://?option=value`), with defaults."""
