"""Which transports are used, of those that were named, or of all that there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import chain, count

from brokers.servers.registry import server_kind
from crossover.contract.errors import UnusableError, UsageError
from crossover.contract.registry import TRANSPORTS, Address, parse
from crossover.results.records import Skipped


def choose(
    typed: Sequence[str],
    refusal: Callable[[Address], str | None],
    nothing: str,
    read: Callable[[str], Address] = parse,
) -> tuple[dict[str, Address], list[Skipped]]:
    """Return label → transport of what will be used, and what is skipped.

    Args:
        typed: names or URLs; none: all that there are.
        refusal: says why one cannot be used for what is asked, or nothing.
        nothing: what to say, before the first reason, where none is left.
        read: reads a name or URL.

    Raises:
        UsageError: one that was named is refused, or none is left.
        UnusableError: one that was named cannot be used here.
    """
    addresses: dict[str, Address] = {}
    skipped = []
    for url in typed or TRANSPORTS:
        address = read(url)
        refused, unusable = refusal(address), address.unusable()
        if typed and refused:
            raise UsageError(refused)
        insist(address.name, unusable, typed)
        if reason := refused or unusable:
            skipped.append(Skipped(transport=address.url, reason=reason))
        else:
            addresses[label_of(parse(url).label, addresses)] = address
    if not addresses:
        raise UsageError(f"{nothing}: {skipped[0].reason}")
    return addresses, skipped


def servers_of(used: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Return label → host and port of the servers that somebody has named; the others are private ones.

    Args:
        used: label, kind of server (nothing inside one machine), and where it is, where that was typed.
    """
    kinds = ((label, server_kind(server), server_address) for label, server, server_address in used if server)
    return {label: kind.host_and_port(url) for label, kind, at in kinds if (url := kind.named_url(at))}


def insist(name: str, unusable: str | None, typed: Sequence[str]) -> None:
    """Insist on what was named; with CI=true on everything, since there nothing may go untested unnoticed.

    Raises:
        UnusableError: it cannot be used here.
    """
    if unusable and (typed or os.environ.get("CI") == "true"):
        raise UnusableError(f"{name} cannot be used here: {unusable}")


def label_of(url: str, taken: Container[str]) -> str:
    """Return what to call what was typed, so that it is told from what was typed before."""
    labels = chain([url], (f"{url} ({number})" for number in count(2)))
    return next(label for label in labels if label not in taken)
