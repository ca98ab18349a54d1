"""What follows from the answers of a Redis: which transports cannot use it, and what their users should know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from brokers.redis.inquiry.needs import REMOTE_CONTROL, needed_commands, needed_connections
from brokers.redis.inquiry.rehearsal import Forbidden
from brokers.servers.facts import ServerFacts
from crossover.contract.safety import Safety
from crossover.contract.text import byte_count
from crossover.contract.traits import RunRequest

CELERY = "celery+redis"
UNKNOWN = "unknown"


class Answers(NamedTuple):
    """What a server has said.

    Attributes:
        product, version: as its own name for itself.
        where: host and port.
        user: whose rights these are.
        info: of INFO; empty where this user may not ask.
        settings: of CONFIG GET; likewise.
        forbidden: command → what of it this user may not use.
    """

    product: str
    version: str
    where: str
    user: str
    info: Mapping[str, Any]
    settings: Mapping[str, str]
    forbidden: Mapping[str, Forbidden]

    @property
    def title(self) -> str:
        """What messages call it."""
        return f"{self.product.capitalize()} at {self.where}"

    def setting(self, name: str) -> str:
        """Return a setting, from CONFIG GET or INFO, else "unknown"."""
        return str(self.settings.get(name, self.info.get(name.replace("-", "_"), UNKNOWN)))

    def number(self, name: str) -> int | None:
        """Return a setting that is a number; None where it is unknown."""
        value = self.setting(name)
        return int(value) if value.isdecimal() else None


class RedisFacts(ServerFacts):
    """What a Redis, or a Valkey, has said of itself.

    Args:
        answers: what it has said.
    """

    def __init__(self, answers: Answers) -> None:
        super().__init__(description(answers))
        self._answers = answers

    def why_not(self, name: str, request: RunRequest) -> str | None:
        """Return why it cannot be used: missing permissions, an eviction that breaks a promise, no free connections."""
        return (
            self._why_forbidden(name, request)
            or (self._eviction(name, request.safety) if request.safety is Safety.SAFE else None)
            or (self._why_no_connections(name, request.workers) if request.workers else None)
        )

    def warnings(self, name: str, request: RunRequest) -> Sequence[str]:
        """Return what may be lost because of its settings."""
        return [] if self.why_not(name, request) else list(self._warnings(name, request.safety))

    def _why_forbidden(self, name: str, request: RunRequest) -> str | None:
        answers, level = self._answers, request.safety
        needed = {command: answers.forbidden.get(command) for command in sorted(needed_commands(name, level))}
        of_kind = {kind: [command for command, found in needed.items() if found is kind] for kind in Forbidden}
        by_whom = f"which {name} needs" + (f" at the {level} level" if level else "")
        if commands := of_kind[Forbidden.UNKNOWN]:
            return f"{answers.title} has no command {', '.join(commands)}, {by_whom}"
        if commands := of_kind[Forbidden.COMMAND]:
            return f"{answers.title}: the user {answers.user} may not use {', '.join(commands)}, {by_whom}"
        if commands := of_kind[Forbidden.KEY]:
            may_not = f"{answers.title}: the user {answers.user} may not use {', '.join(commands)} on keys"
            return f"{may_not} that begin with crossover:, {by_whom}; ACL SETUSER {answers.user} ~crossover:*"
        if name == CELERY and getattr(request.options, "tuned", "no") == "no" and REMOTE_CONTROL in answers.forbidden:
            may_not = f"{answers.title}: the user {answers.user} may not subscribe to patterns of channels"
            return f"{may_not}, {by_whom} without tuned=yes; ACL SETUSER {answers.user} allchannels"
        if of_kind[Forbidden.CHANNEL]:
            may_not = f"{answers.title}: the user {answers.user} may not use channels that begin with crossover:"
            return f"{may_not}, {by_whom}; ACL SETUSER {answers.user} &crossover:*"
        return None

    def _eviction(self, name: str, level: Safety | None) -> str | None:
        """Return what it evicts of what goes through it, in a sentence; None where nothing."""
        answers = self._answers
        limit, policy = answers.number("maxmemory"), answers.setting("maxmemory-policy")
        results_only = policy.startswith("volatile-")  # of our keys, only Celery's results have a time to live
        if not limit or policy in {"noeviction", UNKNOWN} or (results_only and name != CELERY):
            return None
        what = "results, unnoticed" if results_only else "tasks and results, unnoticed"
        evicts = f"{answers.title} evicts keys when its {byte_count(limit)} are full (maxmemory-policy {policy})"
        if level is Safety.SAFE:
            return f"{evicts}, so it may lose {what}; the {level} level needs maxmemory-policy noeviction"
        return f"{evicts}: it may lose {what}; set maxmemory-policy noeviction"

    def _why_no_connections(self, name: str, workers: int) -> str | None:
        answers = self._answers
        most, used = answers.number("maxclients"), answers.info.get("connected_clients")
        if most is None or used is None:
            return None
        free, needed = most - (int(used) - 1), needed_connections(name, workers)  # one is the one that asked
        if needed <= free:
            return None
        allows = f"{answers.title} allows {most:,} connections (maxclients), of which {free:,} are free"
        return f"{allows}; {name} with {workers:,} workers needs up to {needed:,}"

    def _warnings(self, name: str, level: Safety | None) -> Iterator[str]:
        answers = self._answers
        if level is not Safety.SAFE and (eviction := self._eviction(name, level)):
            yield eviction
        losing = {Safety.FAST} if name == "redis-stream" else {Safety.FAST, Safety.DEFAULT}
        if level in losing and (idle := answers.number("timeout")):
            closes = f"{answers.title} closes connections that are idle for {idle:,} s (timeout {idle})"
            yield f"{closes}: at the {level} level, the outcome of a task that takes longer may be lost"
        if level is Safety.SAFE and (kept := _why_not_kept(answers)):
            yield f"{answers.title} {kept}: what it has accepted may be lost when it ends; the safe level counts on it"


def _why_not_kept(answers: Answers) -> str | None:
    """Return why messages do not outlive the server, or None where they do, or where it is unknown."""
    match answers.info.get("aof_enabled"), answers.setting("appendfsync"):
        case 0, _:
            return "has no append-only file (appendonly no)"
        case 1, ("everysec" | "no") as fsync:
            return f"syncs its append-only file later (appendfsync {fsync})"
    return None


def description(answers: Answers) -> str:
    """Return version, allocator and persistence."""
    match answers.info.get("aof_enabled"):
        case None:
            persistence = "persistence unknown"
        case 0:
            persistence = "nothing on disk but snapshots"
        case _:
            persistence = f"appendonly, fsync {answers.setting('appendfsync')}"
    return (
        f"{answers.product} {answers.version}, {answers.info.get('mem_allocator', 'allocator unknown')}, {persistence}"
    )
