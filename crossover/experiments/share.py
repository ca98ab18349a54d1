"""share: counters that several workers change at once, rounds interleaved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from crossover.analysis.share.lost_updates import judge
from crossover.analysis.share.summary import summarise_states, went_wrong
from crossover.contract.errors import UnusableError
from crossover.contract.state_registry import StateAddress
from crossover.execution import interruption
from crossover.execution.counters.counter_run import contend
from crossover.experiments.share_planning import RUN
from crossover.progress.watcher import Silent, Turn
from crossover.results.records import End
from crossover.results.share import ShareResult, ShareRun, SkippedState


class Sharing:
    """Measures shared states in turn: A B C A B C, so that what disturbs the machine disturbs all of them.

    Attributes:
        result: all there is so far, complete after each run.

    Args:
        result: with the host and the plan, no runs yet.
        addresses: label → shared state. The labels are those of the runs.
        watcher: is told what happens.
        save: called with the result after each run.
    """

    def __init__(
        self,
        result: ShareResult,
        addresses: Mapping[str, StateAddress],
        watcher: Silent,
        save: Callable[[ShareResult], None],
    ) -> None:
        self.result = result
        self._addresses = dict(addresses)
        self._kinds = {label: address.kind for label, address in addresses.items()}
        self._watcher = watcher
        self._save = save

    def execute(self) -> None:
        """Measure every state in every round.

        Raises:
            KeyboardInterrupt: Ctrl-C; a run that it cut off says nothing, and is not kept.
        """
        for round_number in range(1, self.result.plan.rounds + 1):
            for label, address in list(self._addresses.items()):
                interruption.raise_if_requested()
                turn = Turn(label, round_number, self.result.plan.rounds, row=label, turns=self.result.plan.rounds)
                self._watcher.begins(turn)
                try:
                    self._keep(turn, self._measure(label, address, round_number))
                except UnusableError as error:
                    del self._addresses[label]
                    self._update(skipped=[*self.result.skipped, SkippedState(state=label, reason=str(error))])
                    self._watcher.skipped(turn, str(error), turn.rounds - turn.round + 1)

    def _measure(self, label: str, address: StateAddress, number: int) -> ShareRun:
        plan = self.result.plan
        state = address.create()
        contest = contend(state, plan.workers, plan.seconds or RUN, plan.updates, self._watcher.at)
        self.result.host.brokers.update(state.brokers())
        return ShareRun(
            state=label,
            url=address.url,
            safe=state.safe,
            workers=plan.workers,
            round=number,
            ending=str(contest.ending),
            **judge(contest.works, contest.final, shared=state.shared),
        )

    def _keep(self, turn: Turn, run: ShareRun) -> None:
        self._update(runs=[*self.result.runs, run])
        rate = run.updates_per_second
        self._watcher.ended(turn, f"{rate:,.0f} updates/s", rate, _trouble(run))

    def _update(self, **changes: Any) -> None:
        """Change the result, its summary with it, and save it."""
        result = msgspec.structs.replace(self.result, **changes)
        by_label: dict[str, list[ShareRun]] = {}
        for run in result.runs:
            by_label.setdefault(run.state, []).append(run)
        self.result = msgspec.structs.replace(result, summary=summarise_states(by_label, self._kinds))
        self._save(self.result)


def _trouble(run: ShareRun) -> str:
    """Return what nobody expects of a run, in words; nothing where nothing was: without a lock, losses are expected."""
    if not went_wrong(run):
        return ""
    counts = {"lost": run.lost_updates, "counted twice": run.unacknowledged, "given up": run.errors}
    ending = [run.ending] if run.ending != End.FINISHED else []
    return ", ".join([*ending, *(f"{count:,} {what}" for what, count in counts.items() if count)])
