"""Records with everything in them, of which a test changes what it is about."""

from crossover.analysis.conclusions import conclude
from crossover.contract.safety import Delivery, Guarantee
from crossover.results.comparison import Result
from crossover.results.records import Cost, Delivered, Host, LoadShape, Percentiles, Plan, Run

HOST = Host(
    "a cpu",
    2,
    2**30,
    "Linux 6",
    "CPython 3.11",
    gil=True,
    start_method="fork",
    packages={"click": "8"},
    brokers={"redis": "redis 7, appendonly"},
)
AT_MOST_ONCE_ACROSS = Guarantee(
    Delivery.AT_MOST_ONCE, ordered=True, survives_worker=False, survives_broker=False, crosses_machines=True
)

SOUND = dict.fromkeys(Delivered.__struct_fields__, 0) | {"attempted": 1000, "accepted": 1000, "completed": 1000}


def run_of(transport="queue", throughput=1000.0, delivery=None, **changes):
    facts = {
        "transport": transport,
        "url": transport,
        "workload": "power",
        "safety": "default",
        "workers": 2,
        "batch": 1,
        "payload_bytes": None,
        "load": LoadShape(mode="closed", window=32),
        "fault": "none",
        "round": 1,
        "tasks": 1000,
        "seconds": 1.0,
        "throughput": throughput,
        "latency_ms": None,
        "hops_us": None,
        "cost": Cost({"producer": 0.1}, cpu_seconds_per_1000_tasks=0.1, others_cpu_seconds=0.0, peak_rss_bytes={}),
        "delivery": Delivered(**SOUND | (delivery or {})),
        "hung": False,
        "value_digest": "0123456789abcdef",
        "ending": "finished",
    }
    return Run(**facts | changes)


def rounds_of(transport, *throughputs, **changes):
    return [run_of(transport, figure, round=number, **changes) for number, figure in enumerate(throughputs, start=1)]


def result_of(*runs, skipped=(), probes=(), **changes):
    plan = {
        "command": [],
        "transports": list(dict.fromkeys(run.transport for run in runs)),
        "workload": "power",
        "input": None,
        "safety": "default",
        "tasks": 1000,
        "workers": 2,
        "batch": 1,
        "window": 32,
        "payload_bytes": None,
        "rounds": max((run.round for run in runs), default=1),
        "seed": 0,
    }
    host = Host("a cpu", 2, 2**30, "Linux 6", "CPython 3.11", gil=True, start_method="fork", packages={})
    return conclude(
        Result(
            tool="crossover",
            started_at="2025-01-01T00:00:00+00:00",
            host=host,
            plan=Plan(**plan | changes),
            runs=list(runs),
            probes=list(probes),
            skipped=list(skipped),
        )
    )


def percentiles_of(p99, p999=None):
    return Percentiles(p50=p99 / 10, p90=p99 / 2, p99=p99, p999=p999, max=p99 * 2, mean=p99 / 5)


def paced_run(transport, p99, rate=1000.0, fraction=None, achieved=None, send_p99=0.1, p999=None, **changes):
    return run_of(
        transport,
        load=LoadShape(mode="open", rate=rate, fraction=fraction),
        latency_ms=percentiles_of(p99, p999),
        send_delay_ms=percentiles_of(send_p99),
        achieved_rate=rate if achieved is None else achieved,
        **changes,
    )


def paced_rounds(transport, *p99s, **changes):
    return [paced_run(transport, p99, round=number, **changes) for number, p99 in enumerate(p99s, start=1)]
