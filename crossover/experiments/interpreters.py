"""The other interpreters of an experiment, where `python=` names some: what is in each, and whether it can run this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossover.contract.errors import UnusableError
from crossover.contract.registry import Address, parse
from crossover.contract.traits import RunRequest
from crossover.execution.template.interpreters import look_at, require_crossover
from crossover.experiments.workload import inspect_under
from crossover.results.records import Interpreter
from workloads.base import InputError, Workload


def only_interpreter(urls: Sequence[str]) -> str:
    """Return the interpreter in which a user's module is looked at: the first, where every transport names one.

    Args:
        urls: names or URLs of transports.

    Returns:
        Its path; "" for that of this process.

    Raises:
        UsageError: a URL cannot be read.
        UnusableError: crossover cannot run under it.
    """
    named = [parse(url).python for url in urls]
    if not named or not all(named):
        return ""
    try:
        require_crossover(named[0])
    except UnusableError as error:
        raise UnusableError(f"{parse(urls[0]).label} cannot be used here: {error}") from None
    return named[0]


def other_interpreters(
    addresses: Mapping[str, Address], request: RunRequest, workloads: Sequence[Workload]
) -> dict[str, Interpreter]:
    """Return label → what is in the interpreter of each transport that names one.

    Args:
        addresses: label → transport.
        request: what is wanted of each.
        workloads: what runs.

    Raises:
        UnusableError: one cannot run its transport as requested, or not the user's function.
    """
    found = {}
    for label, address in addresses.items():
        if address.python:
            try:
                found[label] = look_at(address, request)
                for workload in workloads:
                    inspect_under(address.python, workload)
            except (UnusableError, InputError) as error:
                raise UnusableError(f"{label} cannot be used here: {error}") from None
    return found
