"""The loop over rounds: measures every spec in each round, and saves each run at once."""

from __future__ import annotations

import math
import time
from bisect import insort
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from crossover.analysis.verdict import damage
from crossover.contract.errors import UnusableError
from crossover.contract.safety import Safety
from crossover.contract.transport import Transport
from crossover.execution.bookkeeping import bookkeeping
from crossover.execution.measure import Observation, measure
from crossover.experiments.comparison.run_record import make_run_record
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.experiments.comparison.values import ValueRecord
from crossover.experiments.random_order import in_random_order
from crossover.progress.progress import Progress, Step
from crossover.recording.history import History
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import ValueComparison
from crossover.results.records import End, Run, Skipped
from crossover.results.windows import WindowSearch
from crossover.workers import interruption

ENOUGH_TIME = 10.0  # seconds left, for what is not a run


class Place(NamedTuple):
    """The place of a run among all: which call, which round, which of the specs; and when it was its turn."""

    phase: int
    number: int
    spec: int
    position: int


class RoundRunner:
    """Measures specs in interleaved rounds, A B C B C A, so that a disturbance of the machine hits all of them.

    The order within a round is random: in a fixed one, what a run leaves behind would always hit the same neighbour.

    Attributes:
        result: with the runs so far.
        progress: shows the progress.
        deadline: when to stop, in seconds of the monotonic clock.
        hang_after: seconds of silence that may be a hang; None: this follows from the tasks so far.
        time_up: whether a run was left out or cut off because of the deadline.
        why_no_time: label → why the deadline left no time to measure it.
        left_out: what was not measured because an answer was due, in words.
        began, seconds: when it was made (monotonic clock); title of a spec → how long each of its runs took.

    Args:
        result: with host and plan, without runs.
        progress: as above.
        save: called with the result after each run.
        deadline, hang_after: as above.
    """

    def __init__(
        self,
        result: Result,
        progress: Progress,
        save: Callable[[Result], None],
        deadline: float = math.inf,
        hang_after: float | None = None,
    ) -> None:
        self.result = result
        self.progress = progress
        self._save = save
        self.deadline = deadline
        self.hang_after = hang_after
        self.time_up = False
        self.why_no_time: dict[str, str] = {}
        self.began = time.monotonic()
        self.left_out: list[str] = []
        self.seconds: dict[str, list[float]] = {}
        self._values = ValueRecord()
        self._skipped_specs: set[tuple[str, str]] = set()
        self._repeated: dict[str, int] = {}  # label → tasks of its first run, where the input repeats
        self._phase = 0
        self._places: dict[str, list[Place]] = {"runs": [], "probes": []}

    def run_rounds(
        self,
        specs: Sequence[RunSpec],
        rounds: int,
        is_enough: Callable[[Sequence[Run]], bool] = lambda _: False,
        why_not: Callable[[RunSpec], str | None] = lambda _: None,
        *,
        in_order: bool = False,
        first: int = 1,
    ) -> None:
        """Measure every spec in each round until the deadline; a spec that fails to start is skipped from then on.

        Args:
            specs: what to measure.
            rounds: number of the last round, at most.
            is_enough: called after each round with the runs of these rounds; True ends the loop.
            why_not: called before each run; returns why it must not be started, or None.
            in_order: whether each round has the order of the specs; else the seed of the plan gives each its own.
            first: number of the first round; those before it were measured.

        Raises:
            KeyboardInterrupt: Ctrl-C; what was measured of the run is kept.
        """
        before = len(self.result.runs)
        most = self.result.plan.rounds if self.result.plan.until_apart else rounds  # more may follow in another call
        self._phase += 1

        for number in range(first, rounds + 1):
            places, seed = range(len(specs)), self.result.plan.seed
            order = places if in_order else in_random_order(places, seed, number, lambda place: specs[place].label)
            for position, place in enumerate(order, start=1):
                spec = specs[place]
                interruption.raise_if_requested()
                if time.monotonic() > self.deadline:
                    self.time_up = True
                    return
                if (spec.label, spec.detail) in self._skipped_specs:
                    continue
                if spec.load.distinct:  # as many tasks as in the first run: so rounds are comparable
                    spec = spec.with_tasks(self._repeated.get(spec.label))
                step = spec.step(number, rounds if spec.probe else most)
                if reason := why_not(spec):
                    self._skip(spec, step, reason)
                else:
                    self._run(spec, step, Place(self._phase, number, place, position))
            if is_enough(self.result.runs[before:]):
                return

    def sweep(self, spec: RunSpec, deadline: float) -> Observation | None:
        """Measure a sweep over windows, which is no run; a spec that fails to start is skipped from then on.

        Args:
            spec: with the windows in its load.
            deadline: when to stop, in seconds of the monotonic clock.

        Returns:
            What was observed; None: it failed to start.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        step = Step(f"{spec.label} (window)")
        self.progress.start(step)
        transport = spec.address.create(Safety(self.result.plan.safety))
        try:
            found = self._observe(spec, transport, min(deadline, self.deadline))
        except UnusableError as error:
            self._skip(spec, spec.step(1, self.result.plan.rounds), str(error))
            return None
        if found.interrupted:
            raise KeyboardInterrupt
        self.result.host.brokers.update(found.brokers)
        self.progress.finish(step, f"{len(found.parts)} parts")
        return found

    def measure_bookkeeping(self) -> None:
        """Measure what our own bookkeeping takes per task, and keep it; not where no time is left.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        plan, left = self.result.plan, self.deadline - time.monotonic()
        if left >= ENOUGH_TIME:  # a short time limit is for the runs
            self._update(bookkeeping=bookkeeping(plan.batch, plan.window, left))

    def keep_window_search(self, search: WindowSearch, *, used: bool = True) -> None:
        """Keep what a search has found; if it is used, the plan then has the window of its transport."""
        if used:
            self.result.plan.windows[search.transport] = search.window
        self._update(window_searches=[*self.result.window_searches, search])

    def keep_wire_bytes(self, label: str, wire_bytes: float) -> None:
        """Keep how many bytes the broker's connections carry per task."""
        self._update(wire={**self.result.wire, label: wire_bytes})

    def _run(self, spec: RunSpec, step: Step, place: Place) -> None:
        began = time.monotonic()
        self.progress.start(step)
        try:
            self._measure(spec, step, place)
        except UnusableError as error:
            self._skip(spec, step, str(error))
        self.seconds.setdefault(spec.title, []).append(time.monotonic() - began)

    def _skip(self, spec: RunSpec, step: Step, reason: str) -> None:
        self._skipped_specs.add((spec.label, spec.detail))
        skipped = Skipped(transport=spec.label, reason=f"{spec.detail}: {reason}" if spec.detail else reason)
        self._update(skipped=[*self.result.skipped, skipped])
        self.progress.skip(step, reason, step.rounds - step.round + 1)

    def _measure(self, spec: RunSpec, step: Step, place: Place) -> None:
        transport = spec.address.create(Safety(spec.safety or self.result.plan.safety))
        observation = self._observe(spec, transport, self.deadline)
        self.result.host.brokers.update(observation.brokers)
        self.time_up = self.time_up or observation.ending.end is End.TIME_UP
        if observation.ending.end is End.TIME_UP and observation.ending.detail:
            self.why_no_time.setdefault(spec.label, observation.ending.detail)
        if not observation.ending.cut_off or (observation.history.settled and not observation.warming_up):
            self._keep(spec, step, place, observation)
        if observation.interrupted:
            raise KeyboardInterrupt

    def _observe(self, spec: RunSpec, transport: Transport, until: float) -> Observation:
        advance, enter = self.progress.advance, self.progress.enter
        return measure(transport, spec.workload, spec.load, advance, until, enter, hang_after=self.hang_after)

    def _keep(self, spec: RunSpec, step: Step, place: Place, observation: Observation) -> None:
        run = make_run_record(self.result.plan, spec, step.round, observation)
        run.position = place.position
        run.warnings += [*observation.notes, *([] if spec.probe else spec.workload.notes)]
        if spec.probe:
            self._update(probes=self._with(run, "probes", place))
        else:
            if spec.load.distinct and observation.ending.end is End.FINISHED:
                self._repeated.setdefault(spec.label, run.tasks)
            self._update(runs=self._with(run, "runs", place), values=self._compare_values(spec, observation.history))
        self.progress.finish(step, f"{run.throughput:,.0f} tasks/s", run.throughput, _problem(run))

    def _with(self, run: Run, kind: str, place: Place) -> list[Run]:
        """Return all runs of a kind in the order of rounds and specs, whenever each was measured."""
        insort(self._places[kind], place)
        found = list(getattr(self.result, kind))
        found.insert(self._places[kind].index(place), run)
        return found

    def _compare_values(self, spec: RunSpec, history: History) -> ValueComparison:
        """Compare the values of a run with those of all runs before; not where a check decides which are right."""
        if spec.workload.checks:
            return ValueComparison(checked=True)
        self._values.add(spec.label, history.fingerprints[: history.attempted])
        return self._values.comparison()

    def _update(self, **changes: object) -> None:
        self.result = msgspec.structs.replace(self.result, **changes)
        self._save(self.result)


def _problem(run: Run) -> str:
    """Return what went wrong in a run, in words: how it ended, what was lost or damaged; "" if nothing did."""
    found = dict.fromkeys([run.ending, damage(run)])
    return ", ".join(what for what in found if what and what != End.FINISHED)
