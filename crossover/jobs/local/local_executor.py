"""What executors over this machine have in common: their options, which are declared here, once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import Any, ClassVar, NamedTuple

from crossover.jobs.arguments import check_initializer, refuse_safe, worker_count
from crossover.jobs.mapping import Maps


class LocalOptions(NamedTuple):
    """Options, as they were given; None: not given."""

    initializer: Callable[..., Any] | None
    initargs: tuple[Any, ...]
    max_tasks_per_child: int | None
    max_memory_per_child: int | None
    on_death: str | None
    task_timeout: float | None
    mp_context: BaseContext | None


class LocalExecutor(Maps):
    """An executor over workers of this machine.

    Attributes:
        instead_of_safe: what to do where the safe level is wanted, in words.

    Args:
        max_workers: how many; None: one for each usable core.
        safety: fast or default, which are the same here.
        initializer: called once in each worker, with initargs.
        initargs: its arguments.
        max_tasks_per_child: a worker that has done this number is replaced; None: never.
        max_memory_per_child: a worker that has used more bytes is replaced after its task; None: never.
        on_death: what becomes of the task of a worker that dies: fail, retry (at most three workers), break (all);
            None: fail.
        task_timeout: seconds that a task may run; then its worker is killed, and it raises TaskTimeoutError.
        mp_context: how workers start; None: with a fork server.

    Raises:
        ValueError, TypeError: as the executors of the standard library do; or there is no process that could be
            replaced or killed, and an option needs one.
    """

    instead_of_safe: ClassVar[str]

    def __init__(
        self,
        max_workers: int | None = None,
        *,
        safety: str | None = None,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple[Any, ...] = (),
        max_tasks_per_child: int | None = None,
        max_memory_per_child: int | None = None,
        on_death: str | None = None,
        task_timeout: float | None = None,
        mp_context: BaseContext | None = None,
    ) -> None:
        workers = self.usual_workers() if max_workers is None else worker_count(max_workers)
        refuse_safe(safety, self.instead_of_safe)
        check_initializer(initializer)
        of_processes = (max_tasks_per_child, max_memory_per_child, on_death, task_timeout, mp_context)
        self.begin(workers, LocalOptions(initializer, initargs, *of_processes))

    def usual_workers(self) -> int:
        """Return how many workers there are where nothing is said: one for each usable core."""
        return worker_count(None)

    @abstractmethod
    def begin(self, workers: int, options: LocalOptions) -> None:
        """Begin; the options that need processes are not checked yet.

        Raises:
            ValueError, TypeError: an option has no meaning here, or cannot be this.
        """
