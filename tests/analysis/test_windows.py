"""The curve of windows, its plateau, and the smallest window that is within 5% of it."""

from sample_records import result_of, run_of

from crossover.analysis.windows import plateau, plateaus, smallest_window, window_points
from crossover.results.windows import WindowPoint, WindowSearch


def curve(**figures):
    """Return points; each figure is a window's throughput, or the samples of it."""
    samples = {int(name[1:]): list(found) if isinstance(found, tuple) else [found] for name, found in figures.items()}
    return [WindowPoint(window, sorted(found)[len(found) // 2], found) for window, found in samples.items()]


RISING = {"w8": 500.0, "w16": 800.0, "w32": 960.0, "w64": 1_000.0, "w128": 1_000.0}


def test_each_window_has_the_median_of_its_parts_and_the_smallest_is_first():
    parts = [WindowPoint(*part) for part in ((16, 30.0), (8, 10.0), (16, 20.0), (8, 12.0), (16, 90.0))]
    assert window_points(parts) == [WindowPoint(8, 11.0, [10.0, 12.0]), WindowPoint(16, 30.0, [30.0, 20.0, 90.0])]
    assert window_points([]) == []


def test_the_plateau_is_the_best_of_neighbours_together_so_one_lucky_part_makes_none():
    assert plateau(curve(w8=500.0, w16=1_000.0, w32=2_000.0, w64=1_000.0, w128=1_000.0)) == 1_000.0
    assert plateau(curve(w8=100.0, w16=100.0, w32=900.0, w64=900.0, w128=100.0, w256=100.0)) == 900.0
    assert plateau(curve(w8=700.0)) == 700.0
    assert plateau(curve(w8=100.0, w16=300.0)) == 200.0
    assert plateau(curve(w8=900.0, w16=900.0, w32=100.0, w64=100.0)) == 900.0
    assert plateau(curve(w8=100.0, w16=100.0, w32=900.0, w64=900.0)) == 900.0


def test_the_smallest_window_within_5_percent_is_enough():
    assert plateau(curve(**RISING)) == 1_000.0
    assert smallest_window(curve(**RISING), most=10**6) == 32
    assert smallest_window(curve(**RISING | {"w32": 949.0}), most=10**6) == 64


def test_a_long_task_needs_a_smaller_window_than_one_that_does_nothing():
    assert smallest_window(curve(**RISING), most=10**6, task_seconds=0.004) == 16  # 5 ms of 5.25, where 5 are the best
    assert smallest_window(curve(**RISING), most=10**6, task_seconds=0.1) == 8


def test_a_window_that_is_not_allowed_is_not_taken_and_the_smallest_always_is():
    assert smallest_window(curve(**RISING), most=32) == 32
    assert smallest_window(curve(**RISING), most=31) == 16  # not enough, but the best of those
    assert smallest_window(curve(**RISING), most=1) == 8


def test_a_window_with_which_nothing_came_back_is_never_enough():
    assert smallest_window(curve(**RISING | {"w8": 0.0}), most=10**6, task_seconds=10.0) == 16
    assert smallest_window(curve(w8=0.0, w16=0.0), most=10**6) == 8


def test_plateaus_are_known_of_transports_that_were_searched():
    result = result_of(run_of("queue"))
    result.window_searches = [
        WindowSearch("queue", 64, workers=2, batch=1, plateau=5_000.0),
        WindowSearch("pipe", 64, workers=2, batch=1),
    ]
    assert plateaus(result) == {"queue": 5_000.0}
