"""A fault run of which a test says second by second what becomes of it; its time passes at once."""

from types import SimpleNamespace

import pytest

from crossover.contract.errors import StartError
from crossover.contract.tasks import Receipt
from crossover.execution.faults import fault_run, fault_run_monitor
from crossover.execution.faults.fault import Fault, Moment
from crossover.execution.load.load import Load
from crossover.execution.producer.protocol import ProducerSpec, Ready, Report
from crossover.recording.journals.ledger import Ledger

SECOND = 1_000_000_000  # nanoseconds
TASKS = 10


class Producer:
    """A producer process, as its handle shows it."""

    def __init__(self, world, spec, history, should_end, _output):
        if world.refuses and world.producers:
            raise StartError(world.refuses)
        if world.producers and should_end():
            raise KeyboardInterrupt
        self.world, self.spec, self.history = world, spec, history
        self.ready, self.pid, self.activity = Ready("a run", {"workers": [7]}, {}, world.redelivery), 5, None
        self.alive, self.finished, self.broken, self.report, self.stopped = True, False, False, None, None
        world.producers.append(self)
        world.workers = ["a worker"]
        world.note("starts")

    def receive(self, timeout):
        self.world.passes(timeout if self.alive else 0)

    def descendants(self):
        return self.world.workers

    def run(self):
        self.world.note("runs")

    def finish(self):
        self.world.note("finishes")
        self.stopped, self.alive = self.world.ends and "stopped", not self.world.ends
        return self.world.ends

    def kill(self):
        self.world.note("is killed")
        self.alive = False

    def close(self):
        self.world.note("is closed")


class World:
    """What happens when: time stands still but for waiting.

    Attributes:
        now: seconds since the beginning.
        events: written to the journals so far.
        said: what the producers were told, with the second.
        busy, deadlock: whether workers are inside a task, and whether for ever.
        interrupted: whether the user pressed Ctrl-C.
    """

    def __init__(self, monkeypatch, folder):
        self.now, self.events, self.said, self.due = 0.0, 0, [], []
        self.busy, self.deadlock, self.interrupted, self.ends = False, False, False, True
        self.redelivery, self.refuses, self.workers, self.producers = 0.0, "", ["a worker"], []
        self.ledger, self.killed, self.folder = Ledger(TASKS), None, folder
        for module in (fault_run, fault_run_monitor):
            clock = SimpleNamespace(
                monotonic=lambda: 100 + self.now, sleep=self.passes, monotonic_ns=lambda: int((100 + self.now) * SECOND)
            )
            monkeypatch.setattr(module, "time", clock)
        replaced = {
            "ProducerHandle": lambda *of: Producer(self, *of),
            "event_count": lambda _: self.events,
            "busy_workers": lambda *_: iter([7] if self.busy else []),
            "Workers": lambda *_: SimpleNamespace(is_deadlock=lambda: self.deadlock),
            "ledger_of": self._ledger_of,
        }
        for name, value in replaced.items():
            monkeypatch.setattr(fault_run_monitor, name, value)

    @property
    def producer(self):
        return self.producers[-1]

    def spec(self, **changes):
        return ProducerSpec(None, None, Load(TASKS, 1, 1, 4), **changes)

    def fault(self, *of, **more):
        """Return a fault that strikes here."""
        return Strikes(self, *of, **more)

    def note(self, what):
        self.said.append(what)

    def at(self, second, happens):
        self.due.append((second, happens))
        self.due.sort(key=lambda one: one[0])
        return self

    def passes(self, seconds):
        end = self.now + seconds
        while self.due and self.due[0][0] <= end:
            at, happens = self.due.pop(0)
            self.now = max(self.now, at)
            happens()
        self.now = end

    def does(self, *tasks):
        """Do tasks: journals and record show it."""
        for task in tasks:
            self.events += 2
            self.ledger.begun[task] = self.ledger.done[task] = 1
            self.ledger.first_done[task] = int((100 + self.now) * SECOND)
            self.producer.history.deliveries[task] = 1

    def submits(self, *tasks):
        for task in tasks:
            self.producer.history.sent[task] = int((100 + self.now) * SECOND)
            self.ledger.receipts[task] = Receipt.ACCEPTED

    def finishes(self, error="", reasons=(), unexpected=0, *, broken=False):
        producer = self.producer
        counts = producer.history.counts()._replace(reasons=dict.fromkeys(reasons, 1), unexpected=unexpected)
        producer.report = Report(counts, None, error)
        producer.finished, producer.broken = not broken, broken

    def dies(self):
        self.producer.alive, self.workers = False, []

    def _ledger_of(self, _history, _folder, *, killed=False):
        self.killed = killed
        return self.ledger


class Strikes(Fault):
    """A fault that a test knows of."""

    name = "strikes"

    def __init__(self, world, moment=Moment.BUSY, delay=0.0, duration=0.0, does=lambda: None):
        self.world, self.does = world, does
        type(self).moment, type(self).delay, type(self).duration = moment, delay, duration

    def strike(self, targets):
        self.world.note(f"strike {self.world.now:.1f}")
        self.does()

    def heal(self, targets):
        self.world.note(f"heal {self.world.now:.1f}")


@pytest.fixture
def world(monkeypatch, tmp_path):
    return World(monkeypatch, tmp_path)
