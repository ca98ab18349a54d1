"""Records of shared counters with everything in them, of which a test changes what it is about."""

from array import array

from crossover.analysis.shared_counters import summarise_states
from crossover.contract.counters import UpdateReport
from crossover.contract.state_registry import load_state
from crossover.results.records import Host, Percentiles
from crossover.results.share import SharePlan, ShareResult, ShareRun

SECOND = 10**9


def work(updates, began=0.0, ended=1.0, turns=100, latencies=(1_000,), **changes):
    """What a worker did, its times in seconds."""
    return UpdateReport(
        int(began * SECOND), int(ended * SECOND), updates, turns, latencies=array("q", latencies), **changes
    )


def share_run(state="value", updates=1000, lost=0, **changes):
    facts = {
        "state": state,
        "url": state,
        "safe": load_state(state.partition("?")[0]).traits.safe,
        "workers": 2,
        "round": 1,
        "updates": updates,
        "seconds": 1.0,
        "updates_per_second": float(updates),
        "lost_updates": lost,
        "unacknowledged": 0,
        "final": updates - lost,
        "overlapped": True,
        "overlap": 0.99,
        "turns": 100,
        "fairness": 1.0,
        "latency_us": Percentiles(1.0, 2.0, 3.0, None, 4.0, 1.5),
        "retries": 0,
        "errors": 0,
        "ending": "finished",
    }
    return ShareRun(**facts | changes)


def share_result(*runs, skipped=(), **changes):
    by_label = {}
    for run in runs:
        by_label.setdefault(run.state, []).append(run)
    plan = {
        "command": [],
        "states": list(by_label),
        "workers": 2,
        "rounds": max((run.round for run in runs), default=1),
        "updates": None,
        "seconds": 0.5,
    }
    traits = {label: load_state(_name(label)).traits for label in by_label}
    return ShareResult(
        tool="crossover",
        started_at="2025-01-01T00:00:00+00:00",
        host=Host("a cpu", 2, 2**30, "Linux 6", "CPython 3.11", gil=True, start_method="fork", packages={}),
        plan=SharePlan(**plan | changes),
        runs=list(runs),
        summary=summarise_states(by_label, traits),
        skipped=list(skipped),
    )


def _name(label):
    return label.partition("?")[0].partition("://")[0].partition(" ")[0]
