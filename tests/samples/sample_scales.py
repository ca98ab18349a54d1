"""Literal runs with several numbers of workers."""

import msgspec
from sample_records import result_of, run_of

from crossover.analysis.conclusions import conclude
from crossover.results.records import Cost

COUNTS = (1, 2, 3, 4, 6, 8)


def law(alpha, beta, gamma=1_000.0):
    return lambda n: gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))


def scaled(
    transport,
    throughput,
    counts=COUNTS,
    rounds=3,
    task_ms=1.0,
    cpu_ms=0.9,
    producer=0.1,
    others=0.0,
    running=None,
    **more,
):
    """Return runs of a second each.

    Args:
        transport: its name.
        throughput: number of workers → tasks per second.
        counts: of workers.
        rounds: how many.
        task_ms: of a worker, for each task.
        cpu_ms: of workers, for each task.
        producer, others: CPU seconds.
        running: threads of the workers that want a core.
        more: fields of the runs.
    """
    runs = []
    for number in range(1, rounds + 1):
        for workers in counts:
            tasks = round(throughput(workers) * (1 + 0.001 * number))  # the rounds are not all the same
            cpu = {"producer": producer, "workers": tasks * cpu_ms / 1e3}
            if transport == "threads":
                cpu = {"producer": tasks * cpu_ms / 1e3}
            facts = {
                "round": number,
                "workers": workers,
                "delivery": {"completed": tasks},
                "execute_seconds": tasks * task_ms / 1e3,
                "cost": Cost(
                    cpu,
                    sum(cpu.values()) / tasks * 1e3,
                    others,
                    {"producer": 2**25, "workers": workers << 24},
                    running_threads=running,
                ),
            }
            runs.append(run_of(transport, tasks, **facts | more))
    return runs


def scale_of(*runs, cores=8, plan=(), **changes):
    """Return a result with its conclusions, on a machine with many cores."""
    counts = sorted({run.workers for run in runs})
    result = result_of(*runs, **{"worker_counts": counts, "seconds": 0.5} | changes)
    host = msgspec.structs.replace(result.host, cores=cores)
    labels = list(plan) or result.plan.transports
    asked = msgspec.structs.replace(result.plan, transports=labels)
    return conclude(msgspec.structs.replace(result, host=host, plan=asked))
