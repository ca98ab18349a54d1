"""What the live view has been told."""

import pytest
from sample_views import Clock, run, step_of

from crossover.progress.progress import Schedule
from crossover.progress.tally import Tally


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told(clock):
    """Return what has been told what is to come, and nothing else yet."""
    return lambda *schedule, **more: Tally(Schedule(*schedule, **more), clock)


@pytest.fixture
def busy(told, clock):
    """A comparison in its second round, in the middle of a run."""
    tally = told(10, 4)
    for number, rate in (1, 500), (2, 700):
        run(tally, clock, "queue", number, rate=rate)
    run(tally, clock, "pipe", rate=1200, problem="a process died: worker 12, 3 lost")
    tally.start(step_of("pipe", 2))
    tally.advance(0)
    clock.now += 0.5
    tally.advance(400)
    return tally
