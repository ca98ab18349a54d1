"""From what was asked for to what will be done: shared states, workers, updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crossover.contract.state_registry import STATES, StateAddress, parse_state
from crossover.contract.text import masked, readable
from crossover.execution.host import usable_cores
from crossover.experiments.selection import insist, label_of, servers_of
from crossover.results.share import SharePlan, SkippedState

RUN = 0.5  # seconds, where nobody says how many updates
FEWEST_WORKERS = 2  # one alone loses nothing


class PreparedShare(NamedTuple):
    """What will be done.

    Attributes:
        plan: the numbers.
        addresses: label → shared state.
        skipped: what cannot be used here.
    """

    plan: SharePlan
    addresses: Mapping[str, StateAddress]
    skipped: list[SkippedState]


def prepare_share(
    typed: Sequence[str], updates: int | None, workers: int | None, rounds: int, command: Sequence[str]
) -> PreparedShare:
    """Find out what will be done.

    Args:
        typed: names or URLs of shared states; none: all that can be used here.
        updates: how many a run has, in all; None: as many as half a second gives.
        workers: how many; None: as many as there are cores, two at least.
        rounds: how often each is measured.
        command: the command line, for the record.

    Raises:
        UsageError: what was asked for makes no sense.
        UnusableError: a shared state that was named cannot be used here.
    """
    addresses: dict[str, StateAddress] = {}
    skipped = []
    for address in [parse_state(url) for url in typed or STATES]:
        unusable = address.unusable()
        insist(address.name, unusable, typed)
        if unusable:
            skipped.append(SkippedState(state=address.url, reason=unusable))
        else:
            addresses[label_of(address.label, addresses)] = address
    plan = SharePlan(
        command=[masked(readable(word)) for word in command],
        states=list(addresses),
        workers=workers or max(FEWEST_WORKERS, usable_cores()),
        rounds=rounds,
        updates=updates,
        seconds=RUN if updates is None else None,
        servers=servers_of((label, one.kind.server, one.server_address) for label, one in addresses.items()),
    )
    return PreparedShare(plan, addresses, skipped)
