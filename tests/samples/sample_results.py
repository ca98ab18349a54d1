"""Results of every kind, with everything in them that a page can show."""

from msgspec.structs import replace
from sample_claims import every_theme
from sample_jobs import troubled
from sample_records import AT_MOST_ONCE_ACROSS, HOST, paced_rounds, result_of, rounds_of
from sample_scales import law, scale_of, scaled
from sample_shares import share_result, share_run

from crossover.analysis.differences.difference import difference
from crossover.contract.safety import IN_MEMORY
from crossover.report.page.page import page as made
from crossover.results.conclusions.findings import Check
from crossover.results.records import Backlog, Cost, Delivered, Hops, LoadShape, Percentiles, Skipped
from crossover.results.safety import SafetyCost, SafetyPlan, SafetyResult, SafetyRun, Unmeasured

NONE = Delivered(**dict.fromkeys(Delivered.__struct_fields__, 0) | {"attempted": 400, "accepted": 400})


def compared(rounds=5, names=("queue", "pipe", "pool"), **changes):
    runs = []
    for number, name in enumerate(names, start=1):
        facts = {
            "latency_ms": Percentiles(0.5 * number, 1.0 * number, 4.0 * number, 20.0 * number, 50.0, 1.0),
            "hops_us": Hops(1.0, 10.0 * number, 5.0, 20.0),
            "cost": Cost(
                {"producer": 0.2, "workers": 0.1 * number, "broker": 0.3},
                0.6,
                0.0,
                {"producer": 2**25, "workers": 2**26, "broker": 2**24},
            ),
        }
        speeds = [40_000 / number + turn for turn in range(rounds)]
        guarantee = {"guarantee": AT_MOST_ONCE_ACROSS} if name.startswith("redis") else {}
        runs += rounds_of(name, *speeds, **facts | guarantee | changes)
    probes = [run for name in names for run in rounds_of(name, 1000, workload="noop", load=LoadShape("closed", 2))]
    result = result_of(*runs, probes=probes, command=["compare", *names], skipped=[Skipped("rabbitmq", "no server")])
    result.host = HOST
    result.checks = [Check("queue", 2.0, 0.95, 0.94, 0.93, 0.95, holds=True)]
    return result


def at_loads():
    runs = [*rounds_of("queue", 1000, 1010), *rounds_of("pipe", 900, 905)]
    for name, factor in (("queue", 1), ("pipe", 2)):
        for fraction in (0.5, 0.8, 0.95):
            p99s = (factor * fraction * 10, factor * fraction * 12)
            runs += paced_rounds(name, *p99s, fraction=fraction, rate=1000 * fraction)
    return result_of(*runs, fractions=[0.5, 0.8, 0.95])


def at_a_rate():
    runs = [*paced_rounds("queue", 5, 6, 5, 6, p999=9.0), *paced_rounds("pipe", 7, 8, 7, 8, p999=12.0)]
    return result_of(*runs, rate=1000.0)


def scaled_up():
    runs = [*scaled("queue", law(0.05, 0.01)), *scaled("pool", law(0.2, 0.001))]
    return scale_of(*runs)


def with_payloads():
    runs = [
        run
        for name, factor in (("queue", 1), ("pipe", 2))
        for size in (1024, 65536)
        for run in rounds_of(name, factor * 1e6 / size, factor * 1.1e6 / size, payload_bytes=size)
    ]
    return result_of(*runs, payloads=[1024, 65536])


def with_a_backlog():
    held = {"load": LoadShape("backlog"), "backlog": Backlog("producer", 2**24, 0.5)}
    return result_of(*rounds_of("queue", 1000, 1100, **held), *rounds_of("pipe", 900, 950, **held), backlog=True)


def shared():
    runs = [share_run("value", lost=200, round=turn) for turn in (1, 2, 3)]
    return share_result(*runs, *(share_run("value-lock", updates=500, round=turn) for turn in (1, 2, 3)))


def struck(level="default", fault="kill-worker-busy", lost=0, transport="redis-list", **changes):
    counts = {"completed": 400 - lost, "lost": lost}
    facts = {
        "transport": transport,
        "url": transport,
        "workload": "echo",
        "safety": level,
        "workers": 2,
        "batch": 1,
        "load": LoadShape("closed", 64),
        "fault": fault,
        "round": 1,
        "tasks": 400,
        "seconds": 1.0,
        "throughput": 400.0,
        "hung": False,
        "why_hung": "",
        "error": "",
        "struck_at": 100,
        "recovery_seconds": 0.8,
        "taken_over": 0,
        "settings": "BLPOP",
        "loss_bound": None,
        "symptoms": "L" if lost else "",
        "expected": "L",
        "source": "a test",
        "differs": "",
        "guarantee": IN_MEMORY,
        "evidence": "",
    }
    delivery = Delivered(**{name: getattr(NONE, name) for name in Delivered.__struct_fields__} | counts)
    return SafetyRun(**facts | {"delivery": delivery} | changes)


def judged(*runs):
    found = list(runs) or [struck("fast", lost=7), struck("default", lost=3), struck("safe")]
    faults = list(dict.fromkeys(["none", *(run.fault for run in found)]))
    transports = list(dict.fromkeys(run.transport for run in found))
    plan = SafetyPlan(
        ["safety"], transports, ["fast", "default", "safe"], faults, "echo", None, "", {}, 400, 2, 1, 64, 1, 0
    )
    costs = [
        SafetyCost(run.transport, run.safety, 40_000 / (3 * number), run.delivery.lost, 0, 400)
        for number, run in enumerate(found, start=1)
    ]
    unmeasured = [Unmeasured(transports[0], "fast", "none", "nothing dies", meaningless=True)]
    return SafetyResult(
        tool="crossover",
        started_at="2025-01-01T00:00:00+00:00",
        host=HOST,
        plan=plan,
        runs=found,
        unmeasured=unmeasured,
        costs=costs,
        finished=True,
    )


KINDS = {
    "compare": compared,
    "load": at_loads,
    "rate": at_a_rate,
    "scale": scaled_up,
    "payload": with_payloads,
    "backlog": with_a_backlog,
    "share": shared,
    "safety": judged,
    "claims": every_theme,
    "job": troubled,
}


def slower(base, part, rounds=5, new="1"):
    """Return what is different where a comparison has become slower by a part."""
    now = compared(rounds)
    for run in now.runs:
        run.throughput *= 1 - part
    return replace(difference(base, now, 0.1), base="0", new=new)


def page(results, changes=()):
    """Return a page of results that are named 0, 1, 2 ..."""
    return made({str(number): result for number, result in enumerate(results)}, changes)


def everything():
    return [make() for make in KINDS.values()]
