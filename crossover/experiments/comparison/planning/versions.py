"""What is compared with what, round by round: two versions of a function, or what is named later with the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossover.contract.errors import UsageError
from crossover.contract.registry import Address
from crossover.contract.text import describe, readable
from crossover.execution.users_modules import call_elsewhere
from crossover.experiments.comparison.planning.request import Request
from crossover.experiments.selection import unique_label
from crossover.experiments.workload import other_version
from crossover.recording.fingerprint import fingerprint
from workloads.base import InputError, Workload
from workloads.custom.stand_in import StandIn
from workloads.user_modules import search_only


def make_other_version(
    workload: Workload, typed: str, tasks: int, folders: Sequence[str], python: str, addresses: Mapping[str, Address]
) -> Workload:
    """Return the other version of a user's function or workload, which runs the same items.

    Args:
        workload: the first version; its items have been read.
        typed: what the user typed for the other one.
        tasks: of a run.
        folders: the user's folders, before any was named.
        python: path of the interpreter in which it is looked at; empty: the one of this process.
        addresses: label → transport.

    Raises:
        InputError: it cannot be used, or makes other payloads.
        UsageError: workers that run already would run the same version twice.
    """
    other = other_version(workload, typed, folders, python)
    if isinstance(workload, StandIn):
        digests = {
            call_elsewhere(one.named, f"{__name__}:{payload_digest.__name__}", one, tasks, python=python)
            for one in (workload, other)
        }
        if len(digests) > 1:
            raise InputError(f"{workload.named} and --against {typed} make other payloads: both must run the same ones")
    external = next((label for label, address in addresses.items() if not address.options.own_workers), None)
    if external and workload.named == other.named:
        raise UsageError(
            f"--against: external workers of {external} have one module of the name {other.named.partition(':')[0]}: "
            "give the other version another name"
        )
    return other


def payload_digest(workload: Workload, tasks: int) -> int:
    """Return the fingerprint of the payloads of a run; called in a process that may import the user's module.

    Raises:
        InputError: they cannot be made, or not be pickled.
    """
    search_only(workload.folders)
    payloads = workload.payloads(tasks)
    try:
        return fingerprint(payloads)
    except Exception as error:
        raise InputError(f"the payloads of {workload.named} cannot be pickled: {describe(error)}") from None


def with_other_version(addresses: Mapping[str, Address], typed: str) -> tuple[dict[str, Address], dict[str, str]]:
    """Return label → transport with two rows for each transport, and label of the first → that of the other version.

    Args:
        addresses: label → transport.
        typed: the other version, as the user typed it.
    """
    rows: dict[str, Address] = {}
    compared: dict[str, str] = {}
    for label, address in addresses.items():
        rows[label] = address
        compared[label] = unique_label(f"{label} against {readable(typed)}", [*addresses, *rows])
        rows[compared[label]] = address
    return rows, compared


def compared_with_first(urls: Sequence[str], labels: Sequence[str], request: Request) -> dict[str, str]:
    """Return what a gate compares where there is one version only: each later label → the first one.

    Args:
        urls: names or URLs, as typed.
        labels: of the transports.
        request: the options.

    Raises:
        UsageError: there is nothing to compare.
    """
    if request.gate is None:
        return {}
    if not urls or len(labels) < 2:  # noqa: PLR2004
        raise UsageError(
            "--gate compares each further TRANSPORT with the first: name two or more, or a version of your function "
            "with --against"
        )
    return dict.fromkeys(labels[1:], labels[0])
