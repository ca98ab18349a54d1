"""claims: the experiments about what is said, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from brokers.servers.address import find
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError, UsageError
from crossover.contract.options import interpreter
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable
from crossover.contract.traits import USABLE_HERE
from crossover.execution.measure import Phase
from crossover.execution.template.interpreters import require_crossover
from crossover.experiments.claim_process import check, lacking
from crossover.experiments.claims.claim import Claim, all_claims
from crossover.experiments.selection import require_usable
from crossover.progress.progress import Progress, Step
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimRun, ClaimsPlan, ClaimsResult, SkippedClaim
from crossover.workers import interruption
from crossover.workers.limits.cpu import usable_cores
from workloads.base import nearest

DEADLINE = 30.0  # seconds for one experiment


class ClaimsSetup(NamedTuple):
    """A plan, and what is needed to do it.

    Attributes:
        plan: all names and numbers.
        claims: name → claim.
        pythons: name → the interpreters that can check it.
        skipped: the claims that cannot be checked here, or not by one of the interpreters, with reasons.
    """

    plan: ClaimsPlan
    claims: Mapping[str, Claim]
    pythons: Mapping[str, Sequence[str]]
    skipped: list[SkippedClaim]

    @property
    def runs(self) -> int:
        """How many experiments there will be."""
        return sum(map(len, self.pythons.values()))


def plan_claims(
    names: Sequence[str], deadline: float, language: str, pythons: Sequence[str], command: Sequence[str]
) -> ClaimsSetup:
    """Make the plan.

    Args:
        names: of claims or themes; none: all.
        deadline: seconds for each.
        language: of the sentences.
        pythons: further interpreters, as typed.
        command: the command line, for the record.

    Raises:
        UsageError: a claim is unknown.
        UnusableError: a claim that was named cannot be checked here, or an interpreter cannot be used.
    """
    claims = chosen_claims(names)
    others = list(dict.fromkeys(interpreter("claims", typed) for typed in pythons))
    for python in others:
        require_crossover(python)
    chosen, checked_by, skipped = {}, {}, []
    for one in claims:
        reasons = {python: why_not_under(python, one) if python else why_not(one) for python in ["", *others]}
        for python, reason in reasons.items():
            require_usable(one.name, reason, [name for name in names if name == one.name])
            if reason:
                skipped.append(SkippedClaim(claim=one.name, reason=reason, python=python))
            if reason and not python:
                break
        else:
            chosen[one.name] = one
            checked_by[one.name] = [python for python, reason in reasons.items() if not reason]
    plan = ClaimsPlan(
        command=[masked(readable(word)) for word in command],
        claims=list(chosen),
        deadline=deadline,
        language=language,
        pythons=["", *others],
        servers=_named_servers({kind for one in chosen.values() for kind in one.servers}),
    )
    return ClaimsSetup(plan, chosen, checked_by, skipped)


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
            raise UsageError(f"there is no claim {name!r}{near}; crossover claims --list shows all")
        chosen |= {one.name: one for one in ([known[name]] if name in known else themes[name])}
    return list(chosen.values())


def why_not_under(python: str, one: Claim) -> str | None:
    """Return why a claim cannot be checked by another interpreter, or None where it can.

    Args:
        python: its path.
        one: the claim.
    """
    missing = lacking(python, *sorted(server_kind(kind).library for kind in one.servers)) if one.servers else []
    return f"{python} lacks {' and '.join(missing)}" if missing else None


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
        setup: what is checked by what.
        progress: shows the progress.
        save: called with the result after each run.
    """

    def __init__(
        self,
        result: ClaimsResult,
        setup: ClaimsSetup,
        progress: Progress,
        save: Callable[[ClaimsResult], None],
    ) -> None:
        self.result = result
        self._setup = setup
        self._progress = progress
        self._save = save

    def execute(self) -> None:
        """Check every claim by every interpreter.

        Raises:
            KeyboardInterrupt: Ctrl-C; an experiment that was cut off is not kept.
        """
        for one in self._setup.claims.values():
            pythons = self._setup.pythons[one.name]
            for number, python in enumerate(pythons, start=1):
                interruption.raise_if_requested()
                name = f"{one.name} ({python})" if python else one.name
                step = Step(name, rounds=0, row=one.name, in_row=len(pythons))
                self._progress.start(step)
                self._progress.enter(Phase.MEASURING)
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
