"""CPU time that came in too few ticks is not shown as if it were known."""

import pytest
from sample_records import run_of

from crossover.analysis.summary import cpu_us
from crossover.derived.told_cpu_time import told_cpu_seconds
from crossover.results.records import Cost


def cost(rounding, **cpu):
    return Cost(cpu, sum(cpu.values()), 0.0, {}, rounding_seconds=rounding)


@pytest.mark.parametrize(
    ("rounding", "told"),
    [({}, 0.4), ({"workers": 0.02}, 0.4), ({"workers": 0.021}, None), ({"producer": 1.0}, 0.4)],
)
def test_a_role_is_told_where_rounding_is_a_twentieth_of_it_at_most(rounding, told):
    run = run_of(cost=cost(rounding, producer=0.1, workers=0.4))
    assert told_cpu_seconds(run, "workers") == told
    assert told_cpu_seconds(run, "broker") is None


def test_the_errors_of_roles_add_up_as_independent_ones_do():
    assert told_cpu_seconds(run_of(cost=cost({"producer": 0.03, "workers": 0.04}, workers=1.0))) == 1.0
    assert told_cpu_seconds(run_of(cost=cost({"producer": 0.03, "workers": 0.041}, workers=1.0))) is None


def test_a_transport_has_no_cpu_time_per_task_where_a_round_has_none():
    exact, rounded = (run_of(cost=cost(rounding, workers=0.1)) for rounding in ({}, {"workers": 0.02}))
    assert cpu_us([exact, exact]) == pytest.approx(100.0)
    assert cpu_us([exact, rounded]) is None
