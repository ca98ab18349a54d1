"""What a command requests of a comparison, and which options exclude each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crossover.contract.errors import UsageError
from crossover.results.records import ENOUGH_ROUNDS

AUTO = "auto"
USUAL_ROUNDS = 5  # where none were typed
ROUNDS_UNTIL_APART, AUTO_ROUNDS = 8, 50  # at most
LONGEST_BATCH_INTERVAL = 60.0  # seconds from one message to the next, at a rate


class Request(NamedTuple):
    """The options that compare and scale share; None if an option was not typed."""

    workload: str | None
    source: str | None
    tasks: int | None
    workers: int | None
    batch: int
    window: int | str | None  # AUTO, which is also the default: the smallest one with which a transport carries most
    safety: str
    rounds: int | str | None  # AUTO: until the figures are precise enough
    payloads: Sequence[int]
    seed: int
    rate: float | str | None = None  # tasks per second, or AUTO
    check: bool = False
    backlog: int | None = None
    against: str | None = None  # another version of the function
    gate: float | None = None  # part by which nothing may be slower than what it is compared with
    once: bool = False  # no item may be run twice through a transport
    soon: bool = False  # as many rounds as are needed, where none were typed
    force: bool = False  # start more workers than memory seems to allow

    @property
    def until_apart(self) -> bool:
        """Whether rounds go on until the fastest are told apart: where only throughput in closed loop is compared."""
        others = (self.rate, self.backlog, self.against, self.gate)
        plain = all(one is None for one in others) and not (self.check or self.once) and len(self.payloads) <= 1
        return self.soon and self.rounds is None and plain

    @property
    def most_rounds(self) -> int:
        """The number of rounds, at most."""
        if self.rounds is None:
            return ROUNDS_UNTIL_APART if self.until_apart else USUAL_ROUNDS
        return AUTO_ROUNDS if isinstance(self.rounds, str) else self.rounds

    @property
    def typed_rate(self) -> float | None:
        """The rate in tasks per second, if it was typed as a number."""
        return None if isinstance(self.rate, str) else self.rate

    @property
    def typed_window(self) -> int | None:
        """The window in tasks, if it was typed as a number."""
        return None if isinstance(self.window, str) else self.window


def check_combinations(request: Request) -> None:
    """Refuse options that exclude each other.

    Raises:
        UsageError: two such options were typed.
    """
    kinds = {
        "--rate": request.rate is not None,
        "--backlog": request.backlog is not None,
        "several sizes of --payload": len(request.payloads) > 1,
        "--check": request.check,
    }
    typed = [kind for kind, was_typed in kinds.items() if was_typed]
    if len(typed) > 1:
        raise UsageError(f"{' and '.join(typed)} cannot be combined; give one of them")
    if request.check and (request.payloads or request.workload == "payload"):
        raise UsageError("--check cannot be combined with -W payload: it checks tasks that compute")
    if request.once:
        _check_once(request)
    if request.gate is not None:
        _check_gate(request, typed)
    if request.against is not None and request.workload is None:
        raise UsageError("--against compares two versions of a function of yours: name the other one with -W")
    interval = request.batch / request.typed_rate if request.typed_rate else 0.0
    if interval > LONGEST_BATCH_INTERVAL:
        due = f"a batch of {request.batch:,} at {request.rate} tasks/s is due every {interval:,.0f} s"
        raise UsageError(f"--rate: {due}; allowed: every {LONGEST_BATCH_INTERVAL:.0f} s or more often")
    if request.backlog is not None and request.tasks is not None:
        raise UsageError("--backlog and -n/--tasks cannot be combined: both are the number of tasks; give one of them")
    if request.window is not None and request.backlog is not None:
        raise UsageError("--window cannot be combined with --backlog: all tasks of a backlog are outstanding")
    if request.window is not None and request.typed_rate is not None:
        raise UsageError("--window cannot be combined with --rate: in open loop any number of tasks may be outstanding")
    check_window(request.typed_window, request.batch, "or more, or auto")


def _check_once(request: Request) -> None:
    """Refuse what runs an item again.

    Raises:
        UsageError: such an option was typed.
    """
    again = {
        "--rate auto": request.rate == AUTO,
        "--against": request.against is not None,
        "--gate": request.gate is not None,
        "several sizes of --payload": len(request.payloads) > 1,
        "-r/--rounds": request.rounds != 1,
    }
    for what, typed in again.items():
        if typed:
            raise UsageError(f"--once cannot be combined with {what}, which runs each item several times")


def _check_gate(request: Request, typed: Sequence[str]) -> None:
    """Refuse a gate that no figure can pass or fail.

    Args:
        request: with a gate.
        typed: the kinds of comparison that were typed.

    Raises:
        UsageError: nothing is compared in closed loop, or in too few rounds.
    """
    for kind in typed:
        if kind != "--check":
            raise UsageError(f"--gate cannot be combined with {kind}: it compares throughput in closed loop")
    if isinstance(request.rounds, int) and request.rounds < ENOUGH_ROUNDS:
        least = f"--gate needs {ENOUGH_ROUNDS} rounds or more (-r)"
        raise UsageError(f"{least}: fewer cannot tell a difference from noise")


def check_window(typed: int | None, batch: int, allowed: str = "or more") -> None:
    """Refuse a window that is smaller than one batch.

    Args:
        typed: in tasks; None: none was typed.
        batch: tasks per message.
        allowed: what follows the batch in the message.

    Raises:
        UsageError: it is smaller.
    """
    if typed is not None and typed < batch:
        raise UsageError(
            f"--window: {typed:,} tasks are fewer than one batch of {batch:,}; allowed: {batch:,} {allowed}"
        )
