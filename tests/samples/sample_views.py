"""A clock, turns of a command, and what its live view shows of them."""

from crossover.progress.block import block
from crossover.progress.progress import Step


class Clock:
    """Stands still until it is told."""

    now = 1000.0

    def __call__(self):
        return self.now


def lines(tally, width=80, height=24):
    found = [line.plain for line in block(tally, width, height, at=lambda ago: f"{ago:g} s ago")]
    assert max(map(len, found)) <= width
    assert len(found) < height or height == 1
    return found


def step_of(name, number=1, rounds=5, tasks=1000, **more):
    return Step(name, number, rounds, tasks, row=name, in_row=rounds, **more)


def run(tally, clock, name, number=1, seconds=2.0, rate=500.0, problem=""):
    step = step_of(name, number)
    tally.start(step)
    clock.now += seconds
    tally.finish(step, f"{rate:,.0f} tasks/s", rate, problem)
