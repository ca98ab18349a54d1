"""claims: the experiments about what is said, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from brokers.servers.address import find
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError, UsageError
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable
from crossover.contract.traits import USABLE_HERE
from crossover.execution.host import usable_cores
from crossover.experiments.claim_process import check
from crossover.experiments.claims.claim import Claim, all_claims
from crossover.experiments.selection import require_usable
from crossover.progress.progress import Progress, Step
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimRun, ClaimsPlan, ClaimsResult, SkippedClaim
from crossover.workers import interruption
from workloads.base import nearest

DEADLINE = 30.0  # seconds for one experiment


class ClaimsSetup(NamedTuple):
    """A plan, and what is needed to do it.

    Attributes:
        plan: all names and numbers.
        claims: name → claim.
        skipped: the claims that cannot be checked here, with reasons.
    """

    plan: ClaimsPlan
    claims: Mapping[str, Claim]
    skipped: list[SkippedClaim]


def plan_claims(
    names: Sequence[str], deadline: float, language: str, pythons: Sequence[str], command: Sequence[str]
) -> ClaimsSetup:
    """Make the plan.

    Args:
        names: of claims or themes; none: all.
        deadline: seconds for each.
        language: of the sentences.
        pythons: interpreters; "" for the one of this process.
        command: the command line, for the record.

    Raises:
        UsageError: a claim is unknown.
        UnusableError: a claim that was named cannot be checked here.
    """
    chosen, skipped = {}, []
    for one in chosen_claims(names):
        reason = why_not(one)
        require_usable(one.name, reason, names)
        if reason:
            skipped.append(SkippedClaim(claim=one.name, reason=reason))
        else:
            chosen[one.name] = one
    plan = ClaimsPlan(
        command=[masked(readable(word)) for word in command],
        claims=list(chosen),
        deadline=deadline,
        language=language,
        pythons=list(pythons),
        servers=_named_servers({kind for one in chosen.values() for kind in one.servers}),
    )
    return ClaimsSetup(plan, chosen, skipped)


def chosen_claims(names: Sequence[str]) -> list[Claim]:
    """Return the claims with these names, or of these themes; none: all.

    Raises:
        UsageError: a name is unknown.
    """
    known = all_claims()
    themes: dict[str, list[Claim]] = {}
    for one in known.values():
        themes.setdefault(one.theme, []).append(one)
    chosen: dict[str, Claim] = {} if names else dict(known)
    for name in names:
        if name not in known and name not in themes:
            near = nearest(name, [*known, *themes])
            raise UsageError(f"there is no claim {readable(name)!r}{near}; crossover claims --list shows all")
        chosen |= {one.name: one for one in ([known[name]] if name in known else themes[name])}
    return list(chosen.values())


def why_not(one: Claim) -> str | None:
    """Return why a claim cannot be checked on this machine, or None where it can."""
    if usable_cores() < one.cores:
        return f"it needs {one.cores} cores, and there is {usable_cores()}"
    reasons = (server_kind(kind).why_not(one.name, USABLE_HERE) for kind in one.servers)
    return next(filter(None, reasons), None)


class ClaimsExperiment:
    """Runs the experiments one after the other: what one measures must not be disturbed by another.

    Attributes:
        result: with the runs so far.

    Args:
        result: with host and plan, without runs.
        claims: name → claim.
        progress: shows the progress.
        save: called with the result after each run.
    """

    def __init__(
        self,
        result: ClaimsResult,
        claims: Mapping[str, Claim],
        progress: Progress,
        save: Callable[[ClaimsResult], None],
    ) -> None:
        self.result = result
        self._claims = claims
        self._progress = progress
        self._save = save

    def execute(self) -> None:
        """Check every claim under every interpreter.

        Raises:
            KeyboardInterrupt: Ctrl-C; an experiment that was cut off is not kept.
        """
        pythons = self.result.plan.pythons
        for one in self._claims.values():
            for number, python in enumerate(pythons, start=1):
                interruption.raise_if_requested()
                step = Step(one.name, number, len(pythons), row=one.name, in_row=len(pythons))
                self._progress.start(step)
                try:
                    urls = {kind: find(kind, "", Safety.DEFAULT).url for kind in one.servers}
                except StartError as error:
                    skipped = SkippedClaim(claim=one.name, reason=str(error))
                    self.result = replace(self.result, skipped=[*self.result.skipped, skipped])
                    self._progress.skip(step, str(error), len(pythons) - number + 1)
                    break
                self._keep(step, check(one, self.result.plan.deadline, urls, python))

    def _keep(self, step: Step, run: ClaimRun) -> None:
        self.result = replace(self.result, runs=[*self.result.runs, run])
        problem = run.reason if run.verdict is ClaimVerdict.COULD_NOT_TELL else ""
        self._progress.finish(step, str(run.verdict), problem=problem)
        self._save(self.result)


def _named_servers(kinds: Iterable[str]) -> dict[str, str]:
    named = ((kind, server_kind(kind)) for kind in sorted(kinds))
    return {kind: server.host_and_port(url) for kind, server in named if (url := server.named_url())}
