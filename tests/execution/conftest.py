"""A producer of which a test says second by second what becomes of it; its time passes at once."""

from types import SimpleNamespace

import pytest

from crossover.execution import supervision
from crossover.execution.producer.protocol import Ready, Report
from crossover.recording.activity import ENTRY, ActivityFile
from crossover.recording.shared_history import SharedHistory

SECOND = 1_000_000_000  # nanoseconds


class Script:
    """What happens when: time stands still but for the supervisor's waiting.

    Args:
        monkeypatch: of pytest; the supervisor sees the time of the script.
        tasks: of the run.
        redelivery: seconds until what a dead worker held is delivered again.
        processes: role → process ids.
    """

    def __init__(self, monkeypatch, tasks=10, redelivery=0.0, processes=None, pid=1):
        self.now, self.events = 100.0, []
        monkeypatch.setattr(supervision, "time", SimpleNamespace(monotonic=lambda: self.now))
        self.history = SharedHistory(tasks, 1)
        self.activity = ActivityFile()
        self.pid, self.ready = pid, Ready("", processes or {}, {}, redelivery)
        self.report, self.alive, self.absent, self.exits = None, True, [], {}
        self.process = SimpleNamespace(exit_code=None)
        self.looks = []  # when the supervisor has looked

    def at(self, seconds, happens):
        """Let something happen a while after the beginning."""
        self.events.append((100.0 + seconds, happens))
        self.events.sort(key=lambda event: event[0])
        return self

    def submits(self, seconds, *tasks):
        return self.at(seconds, lambda: self._stamp(self.history.sent, tasks))

    def completes(self, seconds, *tasks):
        def complete():
            for task in tasks:
                self.history.deliveries[task] = 1
            self._stamp(self.history.collected, tasks)

        return self.at(seconds, complete)

    def reports(self, seconds, failure=None, error="", **counts):
        def report():
            for name, value in counts.items():
                setattr(self.history, name, value)
            self.history.attempted, self.history.settled = self.history.look()
            self.report = Report(self.history.counts(), failure, error)
            self.history.attempted = self.history.settled = 0  # the supervisor's copy knows it from the report alone
            for name, value in counts.items():
                setattr(self.history, name, type(value)())

        return self.at(seconds, report)

    def loses(self, seconds, *absent):
        return self.at(seconds, lambda: setattr(self, "absent", list(absent)))

    def dies(self, seconds):
        return self.at(seconds, lambda: setattr(self, "alive", False))

    def receive(self, timeout):
        """Wait, as the supervisor does for reports; what is due meanwhile happens."""
        end = self.now + timeout
        lived = self.alive
        while self.events and self.events[0][0] <= end + 1e-9 and self.report is None and self.alive == lived:
            at, happens = self.events.pop(0)
            self.now = max(self.now, at)
            happens()
        if self.report is None:
            self.now = max(self.now, end)

    def works(self, pid, since):
        """Write down that a worker is inside a task since then; 0: it is not."""
        with open(self.activity.path, "r+b") as file:  # noqa: PTH123 - the path of a descriptor
            file.write(ENTRY.pack(pid, pid, since))

    def supervise(self, tick=lambda _settled: None, **limits):
        """Return how the run ended, and after how many seconds."""
        if "deadline" in limits:
            limits["deadline"] += 100.0

        def look(settled):
            self.looks.append((self.now - 100.0, settled))
            tick(settled)

        ending = supervision.supervise(self, self.history, look, supervision.Limits(**limits))
        return ending, self.now - 100.0

    def close(self):
        self.activity.close()
        self.history.file.close()

    def _stamp(self, stamps, tasks):
        for task in tasks:
            stamps[task] = int(self.now * SECOND)


@pytest.fixture
def script(monkeypatch):
    made = []

    def make(**settings):
        made.append(Script(monkeypatch, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()
