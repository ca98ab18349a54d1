"""The smallest window that is enough is found, in a second of tasks, where it is known what each window carries."""

import math

import pytest
from sample_pacing import SECOND, Pipeline

from crossover.analysis.windows import plateau, smallest_window, window_points
from crossover.contract.system import Clock
from crossover.execution.load.load import Load
from crossover.recording.history import History
from workloads.noop import Noop

WINDOWS = [8 * 2**power for power in range(11)]
TASKS = 100_000


@pytest.fixture
def swept(monkeypatch):
    """Sweep over windows in the time of the transport; return a point for each."""

    def sweep(transport, tasks=TASKS, windows=WINDOWS):
        monkeypatch.setattr(Clock, "monotonic_ns", lambda: int(transport.now))
        monkeypatch.setattr(Clock, "monotonic", lambda: transport.now / SECOND)
        history = History(tasks, 1)
        loop = Load(tasks, 2, 1, 32, windows=windows).loop(transport, Noop(), history)
        loop.run()
        assert history.settled == history.attempted == sum(history.deliveries)
        return window_points(loop.parts)

    return sweep


@pytest.mark.parametrize("knee", [6, 20, 100, 500])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_the_window_is_that_of_the_knee_within_a_factor_of_two(swept, knee, noise):
    points = swept(Pipeline(10_000, knee / 10_000, noise=noise))
    assert plateau(points) == pytest.approx(10_000, rel=0.2)
    nearest = max(8, 2 ** math.ceil(math.log2(0.95 * knee)))
    assert nearest / 2 <= smallest_window(points, most=TASKS) <= 2 * nearest


def test_a_window_that_is_too_large_is_not_taken(swept):
    points = swept(Pipeline(10_000, 100 / 10_000, crowd=300))
    assert 64 <= smallest_window(points, most=TASKS) <= 256
    assert plateau(points) == pytest.approx(10_000, rel=0.1)


def test_the_search_ends_soon_after_larger_windows_bring_nothing(swept):
    transport = Pipeline(10_000, 20 / 10_000)
    assert max(point.window for point in swept(transport)) <= 256
    assert transport.now < 1.5 * SECOND


def test_a_slow_transport_is_searched_for_seconds_and_not_for_minutes(swept):
    transport = Pipeline(100, 0.02)
    points = swept(transport)
    assert smallest_window(points, most=TASKS) == 8
    assert transport.now < 5 * SECOND


def test_what_was_measured_counts_where_the_tasks_run_out(swept):
    points = swept(Pipeline(10_000, 100 / 10_000), tasks=1_000)
    assert points
    assert points[0].window == 8


def test_long_tasks_need_a_small_window_and_short_ones_a_large_one(swept):
    points = swept(Pipeline(10_000, 500 / 10_000))
    each = [smallest_window(points, most=TASKS, task_seconds=seconds) for seconds in (0.0, 20e-6, 1e-3, 1.0)]
    assert each == sorted(each, reverse=True)
    assert each[-1] == 8
    assert each[0] == 512


def test_no_window_is_larger_than_allowed(swept):
    points = swept(Pipeline(10_000, 500 / 10_000))
    assert smallest_window(points, most=100) == 64
    assert smallest_window(points, most=1) == 8
