"""What every comparison does: measure cases in turn, and keep each run at once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import msgspec

from crossover.analysis import ledger
from crossover.analysis.summary import damage
from crossover.contract.errors import UnusableError
from crossover.contract.safety import Safety
from crossover.execution import interruption
from crossover.execution.measure import Observation, measure
from crossover.experiments.case import Case
from crossover.experiments.run_record import written
from crossover.progress.watcher import Silent, Turn
from crossover.recording.history import History
from crossover.results.comparison import Result
from crossover.results.records import End, Run, Skipped
from crossover.workers.fleet import interrupts_held_back
from workloads.base import Workload


class Measurement:
    """Measures cases in turn: A B C A B C, so that what disturbs the machine disturbs all of them.

    Attributes:
        result: with the runs so far.
        watcher: is told what happens.
        deadline: when to stop, in seconds of the monotonic clock.
        time_up: whether something was not measured, or cut off, because of it.

    Args:
        result: with the host and the plan, no runs yet.
        watcher: as above.
        save: called with the result after each run.
        deadline: as above.
    """

    def __init__(
        self, result: Result, watcher: Silent, save: Callable[[Result], None], deadline: float = math.inf
    ) -> None:
        self.result = result
        self.watcher = watcher
        self._save = save
        self.deadline = deadline
        self.time_up = False
        self._fullest: dict[Workload, tuple[int, Sequence[int]]] = {}
        self._gone: set[tuple[str, str]] = set()

    def rounds(
        self,
        cases: Sequence[Case],
        rounds: int,
        enough: Callable[[Sequence[Run]], bool] = lambda _: False,
        refusal: Callable[[Case], str] = lambda _: "",
    ) -> None:
        """Measure every case in every round, as long as there is time; what cannot be used any more is left out.

        Args:
            cases: what to measure.
            rounds: how often, at most.
            enough: is asked after each round, with the runs of these rounds, whether they do.
            refusal: is asked before each run why it should not be tried; nothing: it should.

        Raises:
            KeyboardInterrupt: Ctrl-C; what was measured of the run is kept.
        """
        before = len(self.result.runs)
        for number in range(1, rounds + 1):
            for case in cases:
                interruption.raise_if_requested()
                if time.monotonic() > self.deadline:
                    self.time_up = True
                    return
                if (case.label, case.detail) in self._gone:
                    continue
                turn = case.turn(number, rounds)
                if reason := refusal(case):
                    self._leave_out(case, turn, reason)
                else:
                    self._try(case, turn)
            if enough(self.result.runs[before:]):
                return

    def weighs(self, label: str, wire_bytes: float) -> None:
        """Keep what the broker's connections carry for one task."""
        self._update(wire={**self.result.wire, label: wire_bytes})

    def _try(self, case: Case, turn: Turn) -> None:
        self.watcher.begins(turn)
        try:
            self._measure(case, turn)
        except UnusableError as error:
            self._leave_out(case, turn, str(error))

    def _leave_out(self, case: Case, turn: Turn, reason: str) -> None:
        self._gone.add((case.label, case.detail))
        skipped = Skipped(transport=case.label, reason=f"{case.detail}: {reason}" if case.detail else reason)
        self._update(skipped=[*self.result.skipped, skipped])
        self.watcher.skipped(turn, reason, turn.rounds - turn.round + 1)

    def _measure(self, case: Case, turn: Turn) -> None:
        transport = case.address.create(Safety(case.safety or self.result.plan.safety))
        settled, at = self.watcher.settled, self.watcher.at
        observation = measure(transport, case.workload, case.load, settled, self.deadline, at)
        self.result.host.brokers.update(transport.brokers())
        with interrupts_held_back():  # from here on it is measured, and must be kept
            self.time_up = self.time_up or observation.ending.end is End.TIME_UP
            nothing_yet = observation.warming_up or not observation.history.settled
            if not (observation.ending.cut_off and nothing_yet):
                self._keep(case, turn, observation, transport.notes)
        if observation.interrupted:
            raise KeyboardInterrupt

    def _keep(self, case: Case, turn: Turn, observation: Observation, notes: Sequence[str]) -> None:
        differing = 0 if case.workload.checks else self._differing(case.workload, observation.history)
        run = written(self.result.plan, case, turn.round, observation, differing)
        run.warnings += notes
        if case.probe:
            self._update(probes=[*self.result.probes, run])
        else:
            self._update(runs=[*self.result.runs, run])
        self.watcher.ended(turn, f"{run.throughput:,.0f} tasks/s", run.throughput, _trouble(run))

    def _differing(self, workload: Workload, history: History) -> int:
        """Compare with the fullest run so far: without a check, only another run tells what is right."""
        settled, reference = self._fullest.get(workload, (0, history.fingerprints))
        if history.settled > settled:
            self._fullest[workload] = history.settled, history.fingerprints
        return ledger.differing(history.fingerprints, reference)

    def _update(self, **changes: object) -> None:
        self.result = msgspec.structs.replace(self.result, **changes)
        self._save(self.result)


def _trouble(run: Run) -> str:
    """Return how it ended where that was not in order, and what was lost or broken; nothing where nothing was."""
    found = dict.fromkeys([run.ending, damage(run)])
    return ", ".join(what for what in found if what and what != End.FINISHED)
