"""The limit of each figure: workers, cores, the GIL, the producer, the broker, the window, or too few tasks."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.analysis.limits.shared_resource import by_something_shared
from crossover.analysis.limits.use import Use, has_few_tasks, in_use, throughput
from crossover.analysis.run_selection import RunsByLabel, all_ours, worker_kind, workers_of
from crossover.contract.traits import WorkerKind
from crossover.derived.task_kind import MOSTLY_COMPUTES, TaskKind, holds_gil, task_kind
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Limit
from crossover.results.records import Host, Run
from crossover.results.task import TaskSample
from crossover.results.windows import WindowSearch

WHOLE = 0.9  # of one core: what has one thread cannot do more
GIL_BOUND = 1.15  # cores that threads use together, at most, if they take turns with the GIL
OUR_SHARE = 0.5  # of all cores, if these are full; with less, other processes fill them
BUSY = 0.8  # of the workers' time: the rest they need to fetch a task and to reply
AT_WORK = 0.25  # of the workers' time: with less of it, tasks are not what takes the time
IDLE = 0.5  # of all cores, and of the one of the producer: it is not what there is too little of
FEWEST_OUTSTANDING = 2  # messages for each worker: with fewer, it waits for the next one


def limits(runs: RunsByLabel, result: Result) -> dict[str, Limit]:
    """Return label → what kept it from doing more, where that is known.

    Args:
        runs: label → its runs in closed loop.
        result: with the host, the task, the searches for windows and the transports' own interpreters.
    """
    found = {}
    searches = {search.transport: search for search in result.window_searches}
    for label, rounds in runs.items():
        own = result.interpreters.get(label)
        gil = result.host.gil if own is None else own.gil
        limit = limit_of(rounds, result.host, result.task, searches.get(label), gil=gil) if rounds else None
        if limit is not None:
            found[label] = limit
    return found | by_something_shared(runs, found)


def limit_of(
    runs: Sequence[Run],
    host: Host,
    task: TaskSample | None = None,
    search: WindowSearch | None = None,
    *,
    gil: bool | None = None,
) -> Limit | None:
    """Return what kept a transport from doing more in its runs; None: nothing that was measured.

    The order is that of certainty: a producer with one core to itself cannot do more whatever the workers do; workers
    are the limit only where cores are free.

    Args:
        runs: of one transport and number of workers, in closed loop, at least one.
        host: the machine.
        task: what a task takes by itself; None: unknown.
        search: for the window of the transport; None: none.
        gil: whether the interpreter that ran the tasks has a GIL; None: as the host's.
    """
    run, kind, use = runs[0], worker_kind(runs[0]), in_use(runs, host)
    computes = task is not None and task_kind(task) is TaskKind.COMPUTES
    holds = computes and task is not None and holds_gil(task) is True
    one_at_a_time = (host.gil if gil is None else gil) and host.cores > 1 and kind is WorkerKind.THREAD
    alone = use.cores.producer >= WHOLE and kind is not WorkerKind.THREAD
    small = _window_is_small(runs, search)
    known = all(all_ours(one) for one in runs)  # else the cores are those of another machine
    want_all = computes and workers_of(run) >= host.capacity  # of the cores, even if other processes have them
    free = known and not (use.cores.full or want_all)
    others_idle = free and max(use.cores.ours / host.capacity, use.cores.producer, use.broker) <= IDLE
    found = (
        (Limit.GIL, one_at_a_time and (holds or WHOLE < use.cores.ours < GIL_BOUND)),
        (Limit.PRODUCER, alone or (computes and kind is WorkerKind.PRODUCER)),
        (Limit.CORES, _fills_cores(run, use, host, computes=computes and known)),
        (Limit.BROKER, use.broker >= WHOLE),
        (Limit.INPUT, has_few_tasks(runs)),
        (Limit.WORKERS, use.busy >= BUSY and (known or not computes)),
        (Limit.WINDOW, small),
        (Limit.WORKERS, others_idle and use.busy >= AT_WORK),
    )
    return next((limit for limit, is_it in found if is_it), None)


def _fills_cores(run: Run, use: Use, host: Host, *, computes: bool) -> bool:
    """Return whether there were no cores for more workers.

    Where other processes fill the cores, tasks that compute would use all of them, and tasks that wait would not.
    """
    all_run = use.busy >= BUSY and workers_of(run) >= host.capacity
    if computes and all_run:
        return True
    if not use.cores.full:
        return False
    at_work = use.busy * workers_of(run)
    computing = use.cores.ours / at_work if at_work else 1.0
    return use.cores.ours >= OUR_SHARE * host.capacity or (all_run and computing >= MOSTLY_COMPUTES)


def _window_is_small(runs: Sequence[Run], search: WindowSearch | None) -> bool:
    """Return whether workers had to wait for tasks because too few were outstanding."""
    run = runs[0]
    window = run.load.window
    if window is None or worker_kind(run) is WorkerKind.PRODUCER:
        return False
    if window < FEWEST_OUTSTANDING * run.batch * run.workers:
        return True
    if search is None or not search.plateau:
        return False
    most = max((point.throughput for point in search.points if point.window <= window), default=0.0)
    return most < WHOLE * search.plateau and throughput(runs) >= OUR_SHARE * most
