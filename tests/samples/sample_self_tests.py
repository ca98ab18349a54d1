"""Cells of a matrix, written by hand."""

from crossover.contract.registry import load
from crossover.results.records import Delivered, LoadShape
from crossover.results.safety import SafetyRun


def result_of(name, level):
    """Return what makes cells of a transport at a level."""

    def cell(fault, **counts):
        names = [field for field in Delivered.__struct_fields__ if field not in {"begun_again", "uncollected"}]
        return SafetyRun(
            transport=name,
            url=name,
            workload="echo",
            safety=level,
            workers=2,
            batch=1,
            load=LoadShape(mode="closed", window=64),
            fault=fault,
            round=1,
            tasks=100,
            seconds=1.0,
            throughput=100.0,
            delivery=Delivered(**{**dict.fromkeys(names, 0), **counts}),
            hung=False,
            why_hung="",
            error="",
            struck_at=50,
            recovery_seconds=None,
            taken_over=0,
            settings="",
            loss_bound=None,
            symptoms="",
            expected="",
            source="",
            differs="",
            guarantee=load(name).traits.guarantees[level],
            evidence="",
        )

    return cell
