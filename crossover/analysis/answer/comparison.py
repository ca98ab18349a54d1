"""What a person should do after a comparison."""

from __future__ import annotations

from msgspec.structs import replace

from crossover.analysis.answer.choices import NO_CHOICE, fastest_limited, local_choice, remote_choice
from crossover.analysis.answer.next_command import next_command
from crossover.analysis.answer.survival import survived, survived_at_most
from crossover.analysis.limits.saturation import Saturation, saturation
from crossover.analysis.run_selection import RunsByLabel
from crossover.analysis.statistics.paired import paired_ratio, sound_rounds
from crossover.analysis.trust.enough import enough
from crossover.results.comparison import Result
from crossover.results.conclusions.answer import Answer, Enough
from crossover.results.conclusions.findings import Ratio, Standing
from crossover.results.records import ENOUGH_ROUNDS

TOO_FEW = "too few rounds"


def answer_of_comparison(result: Result, runs: RunsByLabel) -> Answer | None:
    """Return what to do; None where nothing was measured, or two versions of a function were compared.

    Args:
        result: with its summary.
        runs: label → its runs in closed loop.
    """
    if not result.summary or result.plan.against is not None:
        return None
    local, remote = (choose(result.summary, runs) for choose in (local_choice, remote_choice))
    to_local = _against_local(result, runs)
    found = Answer(local=local, remote=remote, to_local=to_local)
    if remote is not None:
        run = runs[remote.transport][0]
        found.survives, found.safe_survives = survived(run.name, result.plan.safety), survived_at_most(run.name)
        if local is not None:
            base, new = (sound_rounds(runs[one.transport]) for one in (local, remote))
            found.price = paired_ratio(base, new)
    if (needed := _saturation(result, runs, found)) is not None:
        found = replace(found, saturating=needed.workers, saturating_low=needed.low, saturating_high=needed.high)

    choices = {one.transport for one in (local, remote) if one is not None}
    if any(one.standing is Standing.UNPROVEN for one in result.summary if one.transport in choices):
        found.not_proven = enough(runs)
    elif not choices:
        found.not_proven = _more_rounds(result, runs)
    return replace(found, next=list(next_command(result, found)))


def _more_rounds(result: Result, runs: RunsByLabel) -> Enough | None:
    """Return how many rounds would do where none has enough to be chosen; None: it is not for a lack of rounds."""
    may_win = [one.transport for one in result.summary if one.standing not in NO_CHOICE and one.throughput]
    few = [label for label in may_win if len(runs[label]) < ENOUGH_ROUNDS]
    if not few:
        return None
    known = enough(runs) or Enough(tasks=0, rounds=0, transports=few, reason=TOO_FEW)
    return replace(known, rounds=max(known.rounds, ENOUGH_ROUNDS + 1))


def _saturation(result: Result, runs: RunsByLabel, found: Answer) -> Saturation | None:
    """Return how many workers would be needed: of what is chosen, or else of the fastest that had too few."""
    meant = found.local or found.remote or fastest_limited(result.summary)
    known = {one.transport: one.limit for one in result.summary if one.limit is not None}
    return None if meant is None else saturation(meant.transport, runs, known, result.host)


def _against_local(result: Result, runs: RunsByLabel) -> dict[str, Ratio]:
    """Return label → throughput through a broker, to that of the fastest local transport."""
    sharing = [one for one in result.summary if one.standing not in NO_CHOICE]
    local = [one for one in sharing if not runs[one.transport][0].guarantee.crosses_machines]
    fastest = next((one for one in local if one.standing is Standing.FASTEST), None)
    across = [one for one in sharing if runs[one.transport][0].guarantee.crosses_machines]
    if fastest is None:
        return {}
    base = sound_rounds(runs[fastest.transport])
    found = {
        one.transport: paired_ratio(base, sound_rounds(runs[one.transport]), comparisons=len(across)) for one in across
    }
    return {label: ratio for label, ratio in found.items() if ratio is not None}
