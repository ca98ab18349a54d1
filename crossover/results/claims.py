"""The result of `claims`."""

from __future__ import annotations

from typing import Any

from msgspec import field

from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.records import CLAIMS, KIND, SCHEMA_VERSION, Host, Record


class ClaimsPlan(Record):
    """Which claims are checked.

    Attributes:
        command: the command line.
        claims: their names.
        deadline: seconds for each of them.
        language: of the sentences: en, zh.
        pythons: interpreters that check them: "" for the one of the command, or a path.
        servers: kind of server → its address, of those that we did not start.
    """

    command: list[str]
    claims: list[str]
    deadline: float
    language: str = "en"
    pythons: list[str] = field(default_factory=lambda: [""])
    servers: dict[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """Names of what is checked."""
        return self.claims


class ClaimRun(Record):
    """One claim, checked once by an experiment in a process of its own.

    Attributes:
        claim: its name.
        theme: what it is about: the module of its experiment.
        verdict: what follows from the facts.
        facts: name → figure, word, list of these, or label → figure. The sentences of the report are made from them.
        seconds: that the experiment took, with the start of its process.
        reason: why it could not tell; empty if it could.
        code: the lines that were run.
        python: the interpreter that ran it, as in the plan.
        version: what that interpreter is, in words.
    """

    claim: str
    theme: str
    verdict: ClaimVerdict
    facts: dict[str, Any]
    seconds: float
    reason: str = ""
    code: str = ""
    python: str = ""
    version: str = ""


class SkippedClaim(Record):
    """A claim that could not be checked here.

    Attributes:
        claim: its name.
        reason: why.
        python: the interpreter that could not check it, as in the plan.
    """

    claim: str
    reason: str
    python: str = ""

    @property
    def label(self) -> str:
        """Name of what was skipped."""
        return self.claim


class ClaimsResult(Record, kw_only=True, tag_field=KIND, tag=CLAIMS):
    """All claims that one command has checked."""

    schema_version: int = SCHEMA_VERSION
    tool: str
    started_at: str
    host: Host
    plan: ClaimsPlan
    runs: list[ClaimRun] = field(default_factory=list)
    skipped: list[SkippedClaim] = field(default_factory=list)
    server_warnings: dict[str, list[str]] = field(default_factory=dict)
