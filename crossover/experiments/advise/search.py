"""The search: short runs of all candidates, then of what is near the best, then rounds of the few that may be it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from crossover.analysis.statistics.paired import paired_ratio, sound_rounds, told_apart
from crossover.analysis.verdict import damage, first_damage
from crossover.experiments.advise.candidates import Candidate, first_candidates, neighbours
from crossover.experiments.advise.planning import FINAL_SECONDS, TRIAL_SECONDS, AdviseSetup
from crossover.experiments.comparison.rounds import RoundRunner
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.results.advice import Advice, Trial
from crossover.results.records import ENOUGH_ROUNDS, Run

SEARCHING, ALL = 0.45, 0.92  # parts of the time: after the first, the last rounds begin; after the second, they end
BROKERS_UNTIL = 0.3  # of the time: a broker that would start later takes the time of the last rounds
FIRST = 4  # candidates that are tried however long that takes
NEAR = 0.85  # of the best of its side: its neighbours are tried next
AGAIN = 0.6  # of the best, after short runs: it may still be the best
LOCAL_FINALISTS, BROKER_FINALISTS = 3, 1  # transports
CLIMBERS = 2  # of each side, whose neighbours are tried next
MOST_ROUNDS = 10


class Search:
    """What was tried so far.

    Args:
        runner: measures and keeps the result.
        setup: what to measure.
    """

    def __init__(self, runner: RoundRunner, setup: AdviseSetup) -> None:
        self._runner = runner
        self._setup = setup
        self._began = time.monotonic()
        self._runs: dict[Candidate, list[Run]] = {}

    def run(self) -> None:
        """Search, measure the last rounds, and keep what was tried.

        Raises:
            KeyboardInterrupt: Ctrl-C; `runner.result` has what was measured.
        """
        task, cores = self._setup.comparison.task, self._setup.cores
        self._try(first_candidates(self._setup.comparison.addresses, task, cores))
        self._try([one for broker in (False, True) for one in self._best(AGAIN, broker=broker)])
        while self._has_time():
            leaders = [one for broker in (False, True) for one in self._best(NEAR, broker=broker)[:CLIMBERS]]
            fresh = [near for one in leaders for near in neighbours(one, task, cores) if near not in self._runs]
            if not fresh:
                break
            self._try([*leaders, *fresh])  # the leaders again: what was luck does not stay
        self._keep({})
        finalists = self._finalists()
        if finalists:
            self._measure_finalists(finalists)

    def _spent(self) -> float:
        return (time.monotonic() - self._began) / self._setup.seconds

    def _has_time(self) -> bool:
        return self._spent() < SEARCHING and not self._runner.time_up

    def _try(self, candidates: Iterable[Candidate]) -> None:
        """Run each once, for a short time, while there is time."""
        for one in dict.fromkeys(candidates):
            if len(self._runs) >= FIRST and not self._has_time():
                return
            if one.is_broker and one not in self._runs and self._spent() > BROKERS_UNTIL:
                continue
            before = len(self._runner.result.probes)
            self._runner.run_rounds([self._setup.spec(one, final=False)], 1)
            self._runs.setdefault(one, []).extend(self._runner.result.probes[before:])

    def _figure(self, one: Candidate) -> float:
        found = [run.throughput for run in self._runs[one] if not _lossy(run)]
        return statistics.median(found) if found else 0.0

    def _ordered(self, *, broker: bool) -> list[Candidate]:
        """Return what was tried of one side, the best first."""
        own = [one for one in self._runs if one.is_broker == broker and self._figure(one)]
        return sorted(own, key=self._figure, reverse=True)

    def _best(self, part: float, *, broker: bool) -> list[Candidate]:
        """Return of each transport the best settings, if they do this part of the best of their side."""
        ordered = self._ordered(broker=broker)
        best = {one.label: one for one in reversed(ordered)}
        return [
            one for one in ordered if best[one.label] == one and self._figure(one) >= part * self._figure(ordered[0])
        ]

    def _finalists(self) -> list[Candidate]:
        """Return those that may be the best of their side, as many as there is time for; the best of each side first.

        Of each transport the best settings; of the leader also another number of workers.
        """
        found: list[Candidate] = []
        for broker, most in ((False, LOCAL_FINALISTS), (True, BROKER_FINALISTS)):
            best = self._best(AGAIN, broker=broker)[:most]
            rivals = [
                one
                for one in self._ordered(broker=broker)[1:]
                if one.label == best[0].label
                and one.workers != best[0].workers
                and self._figure(one) >= NEAR * self._figure(best[0])
            ]
            found += [*best, *rivals[:1]]
        first = [one for one in found if one in {*self._ordered(broker=False)[:1], *self._ordered(broker=True)[:1]}]
        tries = sum(len(runs) for runs in self._runs.values())
        each = self._spent() / max(1, tries) + (FINAL_SECONDS - TRIAL_SECONDS) / self._setup.seconds
        most = int((ALL - self._spent()) / (ENOUGH_ROUNDS * each))
        return [*first, *(one for one in found if one not in first)][: max(len(first) + 1, most)]

    def _measure_finalists(self, finalists: Sequence[Candidate]) -> None:
        specs = [self._setup.spec(one, final=True) for one in finalists]
        labels = {one: spec.label for one, spec in zip(finalists, specs, strict=True)}
        best = finalists[0]
        plan = replace(
            self._runner.result.plan,
            transports=list(labels.values()),
            workers=best.workers,
            batch=best.batch,
            window=specs[0].load.window,
            windows={spec.label: spec.load.window for spec in specs},
            seconds=specs[0].load.seconds,
            rounds=MOST_ROUNDS,
        )
        self._runner.result = replace(self._runner.result, plan=plan)
        self._keep(labels)
        began = time.monotonic()

        def is_enough(runs: Sequence[Run]) -> bool:
            rounds = max((run.round for run in runs), default=0)
            each = (time.monotonic() - began) / max(1, rounds) / self._setup.seconds
            return self._spent() + each > ALL or (rounds >= ENOUGH_ROUNDS and _are_told_apart(specs, runs))

        self._runner.run_rounds(specs, MOST_ROUNDS, is_enough)

    def _keep(self, labels: dict[Candidate, str]) -> None:
        trials = [
            Trial(
                transport=one.label,
                name=one.address.name,
                workers=one.workers,
                batch=one.batch,
                throughput=self._figure(one),
                runs=len(runs),
                safety=runs[0].safety if runs else "",
                label=labels.get(one, ""),
                problem=first_damage(runs),
            )
            for one, runs in self._runs.items()
        ]
        advice = Advice(trials=trials, seconds=self._setup.seconds)
        self._runner.result = replace(self._runner.result, advice=advice)


def search(runner: RoundRunner, setup: AdviseSetup) -> None:
    """Do the whole search.

    Args:
        runner: measures and keeps the result.
        setup: what to measure.

    Raises:
        KeyboardInterrupt: Ctrl-C; `runner.result` has what was measured.
    """
    Search(runner, setup).run()


def _lossy(run: Run) -> bool:
    """Return whether a run shows that its transport cannot be used; tasks that fail do so through each."""
    only_failed = run.delivery.failed and not run.delivery.lost and not run.hung
    return bool(damage(run)) and not only_failed


def _are_told_apart(specs: Sequence[RunSpec], runs: Sequence[Run]) -> bool:
    """Return whether the best of each side is told apart from all others of it."""
    for broker in (False, True):
        labels = [spec.label for spec in specs if bool(spec.address.traits.server) == broker]
        rounds = {label: sound_rounds(run for run in runs if run.transport == label) for label in labels}
        known = {label: found for label, found in rounds.items() if found}
        if not known:
            continue
        best = max(known, key=lambda label: statistics.median(known[label].values()))
        others = [label for label in known if label != best]
        if not all(told_apart(paired_ratio(known[best], known[one], comparisons=len(others))) for one in others):
            return False
    return True
