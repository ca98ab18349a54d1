"""What the live view has been told."""

import pytest
from clocks import Clock
from sample_views import run, turn_of

from crossover.progress.tally import Tally
from crossover.progress.watcher import Ahead


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told(clock):
    """Return what has been told what is to come, and nothing else yet."""
    return lambda *ahead, **more: Tally(Ahead(*ahead, **more), clock)


@pytest.fixture
def busy(told, clock):
    """A comparison in its second round, in the middle of a run."""
    tally = told(10, 4)
    for number, rate in (1, 500), (2, 700):
        run(tally, clock, "queue", number, rate=rate)
    run(tally, clock, "pipe", rate=1200, trouble="a process died: worker 12, 3 lost")
    tally.begins(turn_of("pipe", 2))
    tally.settled(0)
    clock.now += 0.5
    tally.settled(400)
    return tally
