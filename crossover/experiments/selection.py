"""Which transports take part: those that were named, or all that work here; and which servers they use."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import chain, count

from brokers.servers.registry import server_kind
from crossover.contract.errors import UnusableError, UsageError
from crossover.contract.registry import TRANSPORTS, Address, parse
from crossover.contract.state_registry import StateAddress
from crossover.contract.traits import RunRequest
from crossover.results.records import Skipped


def choose_transports(
    urls: Sequence[str],
    why_not: Callable[[Address], str | None],
    here: Callable[[Address], str | None],
    if_none: str,
    read: Callable[[str], Address] = parse,
) -> tuple[dict[str, Address], list[Skipped]]:
    """Return label → transport of those that take part, and the skipped ones with the reason.

    Args:
        urls: names or URLs; none: all transports.
        why_not: returns why a transport cannot take part, or None.
        here: returns why one that could take part cannot be used on this machine or with its server, or None.
        if_none: the message if none is left, before the reason of the first one.
        read: parses a name or URL.

    Raises:
        UsageError: a transport that was named cannot take part, or none is left.
        UnusableError: a transport that was named cannot be used here.
    """
    addresses: dict[str, Address] = {}
    skipped = []
    for url in urls or TRANSPORTS:
        address = read(url)
        refused = why_not(address)
        if urls and refused:
            raise UsageError(refused)
        unusable = None if refused else here(address)
        require_usable(address.name, unusable, urls)
        if reason := refused or unusable:
            skipped.append(Skipped(transport=address.url, reason=reason))
        else:
            addresses[unique_label(parse(url).label, addresses)] = address
    if not addresses:
        raise UsageError(f"{if_none}: {skipped[0].reason}")
    return addresses, skipped


def named_servers(used: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Return label → host and port of the servers that the user named; all others are private.

    Args:
        used: label, kind of server ("" for a local transport), and the server address if one was typed.
    """
    kinds = ((label, server_kind(server), server_address) for label, server, server_address in used if server)
    return {label: kind.host_and_port(url) for label, kind, at in kinds if (url := kind.named_url(at))}


def server_warnings(
    addresses: Mapping[str, Address] | Mapping[str, StateAddress], requests: Sequence[RunRequest]
) -> dict[str, list[str]]:
    """Return label → what the user should know of the servers that are used.

    Args:
        addresses: label → transport or shared state.
        requests: what is wanted of each.
    """
    found = {
        label: list(dict.fromkeys(one for request in requests for one in address.warnings(request)))
        for label, address in addresses.items()
    }
    return {label: warnings for label, warnings in found.items() if warnings}


def require_usable(name: str, unusable: str | None, urls: Sequence[str]) -> None:
    """Refuse to skip what was named; with CI=true refuse to skip anything, because nothing may go untested unnoticed.

    Args:
        name: of the transport or shared state.
        unusable: why it cannot be used here, if it cannot.
        urls: the names and URLs on the command line.

    Raises:
        UnusableError: it cannot be used here.
    """
    if unusable and (urls or os.environ.get("CI") == "true"):
        raise UnusableError(f"{name} cannot be used here: {unusable}")


def unique_label(url: str, taken: Container[str]) -> str:
    """Return a label for a URL: the URL, with a number if it was named before."""
    labels = chain([url], (f"{url} ({number})" for number in count(2)))
    return next(label for label in labels if label not in taken)
