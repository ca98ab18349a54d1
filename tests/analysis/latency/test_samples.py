"""Millions of samples are put in order by numpy, with the very same figures."""

import os
import random
import sys

import pytest
from msgspec.structs import astuple

from crossover.analysis.latency import samples
from crossover.analysis.latency.timing import hops, latency, send_delay
from crossover.recording.history import History

MESSAGES = 10_001


def history_of(messages=MESSAGES, interval=12_345.678, lost=0.1):
    """Delays drawn at random; some messages did not come back."""
    draw = random.Random(messages)
    history = History(messages, 1)
    history.attempted, history.began, history.interval = messages, 10**15 + 7, interval
    for message in range(messages):
        now = history.began + int(message * interval)
        came = draw.random() >= lost
        for stamps in (history.sent, history.started, history.finished, history.collected):
            now += int(draw.expovariate(1 / 50_000))
            if came or stamps is history.sent:
                stamps[message] = now
    history.submit[0] = 1_000.0
    return history


@pytest.fixture
def with_numpy(monkeypatch):
    pytest.importorskip("numpy")
    return lambda: monkeypatch.setattr(samples, "MANY", 0)


@pytest.mark.parametrize("interval", [0.0, 50_000.0, 12_345.678])
@pytest.mark.parametrize(("messages", "lost"), [(1, 0.0), (2, 0.0), (9_999, 0.5), (MESSAGES, 0.1), (MESSAGES, 0.0)])
def test_numpy_gives_the_very_same_figures(with_numpy, messages, interval, lost):
    history = history_of(messages, interval, lost)
    plain = latency(history), send_delay(history), hops(history)
    with_numpy()
    found = latency(history), send_delay(history), hops(history)
    assert found == plain
    assert all(type(value) in {float, type(None)} for part in found if part for value in astuple(part))


def test_where_nothing_came_back_numpy_has_nothing_to_say_either(with_numpy):
    with_numpy()
    assert latency(history_of(100, lost=1.0)) is None


def test_without_numpy_it_takes_longer_and_that_is_all(monkeypatch):
    history = history_of()
    plain = latency(history)
    monkeypatch.setattr(samples, "MANY", 0)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert samples.imported_numpy() is None
    assert latency(history) == plain


@pytest.mark.parametrize("before", [None, "7"])
def test_the_import_leaves_the_environment_as_it_was(monkeypatch, before):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if before is not None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", before)
    samples.imported_numpy()
    assert os.environ.get("OPENBLAS_NUM_THREADS") == before
