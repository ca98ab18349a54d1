"""Rows with more workers: where tasks wait, as many workers as cores say nothing about the most that can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from crossover.contract.registry import Address
from crossover.derived.task_kind import MOSTLY_COMPUTES
from crossover.execution import worker_capacity
from crossover.experiments.selection import unique_label
from crossover.results.task import TaskSample

MOST_WORKERS = 64  # that are tried without being typed
TASKS_EACH = 4  # of a run, for each worker, at least: with fewer, a run shows how it begins and ends


class Row(NamedTuple):
    """A further row of a comparison.

    Attributes:
        label: its own.
        like: label of the row that has the usual number of workers.
        address: of the transport.
    """

    label: str
    like: str
    address: Address


def more_workers(
    addresses: Mapping[str, Address], task: TaskSample | None, workers: int, cores: float, tasks: int
) -> list[Row]:
    """Return where tasks wait a second row for each transport, with as many workers as fill the cores.

    Args:
        addresses: label → transport.
        task: what a task takes; None: unknown.
        workers: of each, where its URL names no other number.
        cores: that may be used.
        tasks: of a run, at most.
    """
    most = min(filling_workers(task, cores), tasks // TASKS_EACH) if task else 0
    rows: list[Row] = []
    for label, address in addresses.items():
        if most <= workers or not _can_have_more(address, most):
            continue
        more = address.with_workers(most)
        rows.append(Row(unique_label(more.label, [*addresses, *(row.label for row in rows)]), label, more))
    return rows


def filling_workers(task: TaskSample, cores: float) -> int:
    """Return how many workers keep all cores busy with tasks that wait, as far as they are tried; 0: they compute."""
    if task.waiting < MOSTLY_COMPUTES:
        return 0
    computing = max(task.cpu_seconds / task.mean if task.mean else 0.0, 1e-3)
    return min(MOST_WORKERS, round(cores / computing))


def _can_have_more(address: Address, workers: int) -> bool:
    return not address.workers and address.has_own_workers and worker_capacity.why_not(address, workers) is None
