"""share: counters that several workers change at once, in interleaved rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from crossover.analysis.shared_counters import judge_updates, summarise_states, went_wrong
from crossover.contract.errors import UnusableError
from crossover.contract.state_registry import STATES, StateAddress, parse_state
from crossover.contract.text import masked, readable
from crossover.contract.traits import RunRequest
from crossover.execution.counters.measure_counter import measure_counter
from crossover.experiments.random_order import in_random_order
from crossover.experiments.selection import named_servers, require_usable, server_warnings, unique_label
from crossover.progress.progress import Progress, Step
from crossover.results.records import End
from crossover.results.share import SharePlan, ShareResult, ShareRun, SkippedState
from crossover.workers import interruption
from crossover.workers.limits.cpu import usable_cores

RUN_SECONDS = 0.5  # of a run without a number of updates
FEWEST_WORKERS = 2  # one worker alone loses nothing
ORDER_SEED = 0  # of the order in each round; a plan of shared states has no seed of its own


class ShareSetup(NamedTuple):
    """A plan, and what is needed to do it.

    Attributes:
        plan: all numbers.
        addresses: label → shared state.
        skipped: the states that cannot be used here, with reasons.
        server_warnings: label → what the user should know of the server that is used.
    """

    plan: SharePlan
    addresses: Mapping[str, StateAddress]
    skipped: list[SkippedState]
    server_warnings: dict[str, list[str]]


def plan_share(
    urls: Sequence[str], updates: int | None, workers: int | None, rounds: int, command: Sequence[str]
) -> ShareSetup:
    """Make the plan of an experiment with shared states.

    Args:
        urls: names or URLs of shared states; none: all that can be used here.
        updates: per run, of all workers together; None: what half a second takes.
        workers: number of workers; None: one per core, at least two.
        rounds: runs of each state.
        command: the command line, for the record.

    Raises:
        UsageError: a state or an option of it is unknown.
        UnusableError: a state that was named cannot be used here.
    """
    addresses: dict[str, StateAddress] = {}
    skipped = []
    workers = workers or max(FEWEST_WORKERS, usable_cores())
    here = RunRequest(usable_here=True, workers=workers, answers={})
    for address in [parse_state(url) for url in urls or STATES]:
        unusable = address.why_not(here)
        require_usable(address.name, unusable, urls)
        if unusable:
            skipped.append(SkippedState(state=address.url, reason=unusable))
        else:
            addresses[unique_label(address.label, addresses)] = address
    plan = SharePlan(
        command=[masked(readable(word)) for word in command],
        states=list(addresses),
        workers=workers,
        rounds=rounds,
        updates=updates,
        seconds=RUN_SECONDS if updates is None else None,
        servers=named_servers((label, one.traits.server, one.server_address) for label, one in addresses.items()),
    )
    return ShareSetup(plan, addresses, skipped, server_warnings(addresses, [here]))


class ShareExperiment:
    """Measures shared states in interleaved rounds of random order, so that what disturbs the machine hits all of them.

    Attributes:
        result: with the runs so far and their summary.

    Args:
        result: with host and plan, without runs.
        addresses: label → shared state; the runs have these labels.
        progress: shows the progress.
        save: called with the result after each run.
        hang_after: seconds without an update after which a run hangs; None: a minute.
    """

    def __init__(
        self,
        result: ShareResult,
        addresses: Mapping[str, StateAddress],
        progress: Progress,
        save: Callable[[ShareResult], None],
        hang_after: float | None = None,
    ) -> None:
        self.result = result
        self._addresses = dict(addresses)
        self._traits = {label: address.traits for label, address in addresses.items()}
        self._progress = progress
        self._save = save
        self._hang_after = hang_after

    def execute(self) -> None:
        """Measure every state in each round; a state that fails to start is skipped from then on.

        Raises:
            KeyboardInterrupt: Ctrl-C; a run that was cut off is not kept.
        """
        for round_number in range(1, self.result.plan.rounds + 1):
            order = in_random_order(list(self._addresses), ORDER_SEED, round_number)
            for position, label in enumerate(order, start=1):
                address = self._addresses[label]
                interruption.raise_if_requested()
                step = Step(label, round_number, self.result.plan.rounds, row=label, in_row=self.result.plan.rounds)
                self._progress.start(step)
                try:
                    self._keep(step, self._measure(label, address, round_number, position))
                except UnusableError as error:
                    del self._addresses[label]
                    self._update(skipped=[*self.result.skipped, SkippedState(state=label, reason=str(error))])
                    self._progress.skip(step, str(error), step.rounds - step.round + 1)

    def _measure(self, label: str, address: StateAddress, number: int, position: int) -> ShareRun:
        plan = self.result.plan
        state = address.create()
        seconds = plan.seconds or RUN_SECONDS
        counter_run = measure_counter(
            state, plan.workers, seconds, plan.updates, self._progress.enter, self._hang_after
        )
        self.result.host.brokers.update(counter_run.brokers)
        return ShareRun(
            state=label,
            url=address.url,
            safe=state.traits.safe,
            workers=plan.workers,
            round=number,
            position=position,
            ending=str(counter_run.ending),
            **judge_updates(counter_run.reports, counter_run.final, shared=state.traits.shared),
        )

    def _keep(self, step: Step, run: ShareRun) -> None:
        in_order = {label: place for place, label in enumerate(self.result.plan.states)}
        runs = sorted([*self.result.runs, run], key=lambda one: (one.round, in_order[one.state]))
        self._update(runs=runs)
        rate = run.updates_per_second
        self._progress.finish(step, f"{rate:,.0f} updates/s", rate, _problem(run))

    def _update(self, **changes: Any) -> None:
        """Change the result, bring its summary up to date, and save it."""
        result = msgspec.structs.replace(self.result, **changes)
        by_label: dict[str, list[ShareRun]] = {}
        for run in result.runs:
            by_label.setdefault(run.state, []).append(run)
        self.result = msgspec.structs.replace(result, summary=summarise_states(by_label, self._traits))
        self._save(self.result)


def _problem(run: ShareRun) -> str:
    """Return what was unexpected in a run, in words; "" if nothing was: without a lock, losses are expected."""
    if not went_wrong(run):
        return ""
    counts = {"lost": run.lost_updates, "counted twice": run.unacknowledged, "given up": run.errors}
    ending = [run.ending] if run.ending != End.FINISHED else []
    return ", ".join([*ending, *(f"{count:,} {what}" for what, count in counts.items() if count)])
