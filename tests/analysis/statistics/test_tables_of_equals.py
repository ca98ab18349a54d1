"""However many are compared in one table, chance alone rarely calls any of them different."""

import math
import random
import runpy
from pathlib import Path

import pytest
from sample_records import AT_MOST_ONCE_ACROSS, paced_rounds, result_of, rounds_of, run_of

from crossover.analysis.pairs import pairs
from crossover.analysis.scaling.worker_counts import compare_settings, scale_points

SIMULATED = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "differences.py"))
TABLES, ROUNDS, NOISE = 100, 10, 0.03
NEAR, OTHER = (1000, 1010, 990, 1005), (991, 1006, 977, 1000)


def tables(count):
    """Yield the throughputs of equal transports, for each transport one figure per round."""
    draw = random.Random(f"equals {count}")
    for _ in range(TABLES):
        found = SIMULATED["table"](draw, [0.0] * count, ROUNDS, [NOISE / math.sqrt(2)] * count)
        yield [list(one.values()) for one in found]


@pytest.mark.parametrize("others", [2, 12])
def test_of_equal_versions_hardly_any_command_calls_one_slower_or_faster(others):
    labels = [f"pool{number}" for number in range(others)]
    plan = result_of(run_of(), compared_with=dict.fromkeys(labels, "queue"), gate=0.0).plan
    called = 0
    for first, *more in tables(1 + others):
        runs = {label: rounds_of(label, *figures) for label, figures in zip(labels, more, strict=True)}
        found = pairs(plan, runs | {"queue": rounds_of("queue", *first)})
        called += any(one.low > 0 or one.high < 0 for one in found)
        assert all(one.breached == (one.low > 0) for one in found)
    assert called <= 0.05 * TABLES


def test_settings_of_all_transports_are_one_table():
    def of_settings(*labels):
        runs = [run for label in labels for run in rounds_of(label, *(OTHER if "=b" in label else NEAR))]
        names = list(dict.fromkeys(label.partition("?")[0] for label in labels))
        points = compare_settings(scale_points(runs, result_of(*runs).host), runs, names)
        return {one.transport: one.to_usual.p for one in points if one.to_usual}

    alone = of_settings("pool?x=a", "pool?x=b")
    both = of_settings("pool?x=a", "pool?x=b", "queue?x=a", "queue?x=b")
    assert both["pool?x=b"] == pytest.approx(2 * alone["pool?x=b"])


def test_rates_of_all_groups_are_one_table():
    def at_a_rate(*groups):
        runs = [
            run
            for group, more in groups
            for name, p99s in ((f"{group}-a", NEAR), (f"{group}-b", OTHER))
            for run in paced_rounds(name, *p99s, **more)
        ]
        return {one.transport: one.to_best.p for one in result_of(*runs, rate=1000.0).loads if one.to_best}

    local, across = ("local", {}), ("across", {"guarantee": AT_MOST_ONCE_ACROSS})
    assert at_a_rate(local, across)["local-a"] == pytest.approx(2 * at_a_rate(local)["local-a"])


def test_payloads_of_all_sizes_are_one_table():
    def of_sizes(*sizes):
        runs = [
            run
            for size in sizes
            for name, figures in (("queue", NEAR), ("pipe", OTHER))
            for run in rounds_of(name, *figures, payload_bytes=size)
        ]
        sweep = result_of(*runs, payloads=[*sizes, 1]).sweep
        return {one.payload_bytes: one.to_fastest.p for one in sweep if one.to_fastest}

    assert of_sizes(64, 1024)[64] == pytest.approx(2 * of_sizes(64)[64])
