"""`crossover.Executor`: the one name for an executor over any transport."""

from __future__ import annotations

from abc import ABCMeta
from concurrent.futures import Executor as BaseExecutor
from typing import Any

from crossover.contract.errors import UsageError
from crossover.contract.registry import FAMILIES, import_entry
from crossover.jobs.arguments import refuse_unknown
from crossover.jobs.mapping import Maps

EXECUTORS = {
    "serial": "crossover.jobs.local.thread_executor:SerialExecutor",
    "threads": "crossover.jobs.local.thread_executor:ThreadExecutor",
    "pipe": "crossover.jobs.local.process_executor:ProcessExecutor",
    "queue": "crossover.jobs.local.process_executor:ProcessExecutor",
    "pool": "crossover.jobs.local.process_executor:ProcessExecutor",
    "executor": "crossover.jobs.local.process_executor:ProcessExecutor",
    "manager": "crossover.jobs.local.process_executor:ProcessExecutor",
    "unix-socket": "crossover.jobs.local.process_executor:ProcessExecutor",
    "redis-list": "crossover.jobs.remote.producer.remote_executor:RemoteExecutor",
    "redis-stream": "crossover.jobs.remote.producer.remote_executor:RemoteExecutor",
    "rabbitmq": "crossover.jobs.remote.producer.remote_executor:RemoteExecutor",
    "celery+redis": "crossover.jobs.remote.producer.remote_executor:RemoteExecutor",
    "celery+rabbitmq": "crossover.jobs.remote.producer.remote_executor:RemoteExecutor",
    "shared-memory": "crossover.jobs.local.process_executor:SharedMemoryExecutor",
}
"""Transport → its executor. Those with processes all have a pipe for each: what one shared queue would carry is lost,
or hangs, when a worker dies at its lock."""

REMOTE = {name for name, entry in EXECUTORS.items() if ".remote." in entry}
"""Those whose executor has a server."""
LOCAL_ONLY = ("on_death", "mp_context")
"""Options that no executor with a server has: its workers may be on any machine."""


class Executor(BaseExecutor, metaclass=ABCMeta):
    """Runs functions over a transport, with the interface of `concurrent.futures`.

    Making one returns the executor of the transport: its class says which options there are.

    Args:
        transport: a name, or a URL of a server.
        max_workers: how many workers; None: one for each usable core.
        progress: whether a bar on standard error shows how many tasks are done.
        options: of the executor: safety, initializer, initargs, max_tasks_per_child, max_memory_per_child, on_death,
            task_timeout and others, see its class.

    Raises:
        ValueError, TypeError: there is no executor over this transport, or it does not have what is asked for.
    """

    def __new__(  # type: ignore[misc]  # it makes the executor of the transport
        cls, transport: str = "pool", max_workers: int | None = None, *, progress: bool = False, **options: Any
    ) -> BaseExecutor:
        """Return the executor of a transport."""
        if not isinstance(transport, str):
            raise TypeError(
                f"transport must be a name, not {transport!r}; the number of workers follows it: Executor('pool', 3)"
            )
        name = transport.partition(":")[0].partition("?")[0]
        try:
            made = import_entry(EXECUTORS, name, "executor over", FAMILIES)
        except UsageError as error:
            raise ValueError(str(error)) from None
        if name not in REMOTE and transport != name:
            why = f"{name} has no server and no options in its name, not {transport!r}"
            raise ValueError(f"{why}: give it {name!r}, and options as keywords")
        refuse_unknown(name, options, made.__init__.__kwdefaults__, LOCAL_ONLY if name in REMOTE else ())
        where = {"transport": transport} if name in REMOTE else {}
        executor: BaseExecutor = made(max_workers, **where, **options)
        if progress:
            from crossover.jobs.progress_bar import ProgressBar, Watched  # noqa: PLC0415 - rich takes long to import

            executor = Watched(executor, ProgressBar(name))
        return executor


Executor.register(Maps)
