"""What can be set in a transport's URL: `name://?option=value`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self, TypeVar

import msgspec

from crossover.contract.errors import UsageError
from workloads.base import nearest

PYTHON = "python"
"""The option of every transport that names the interpreter of its producer and its workers."""

WORKERS = "workers"
"""The option of every transport with workers that sets their number."""

MOST_WORKERS = 1_024


def with_option(url: str, option: str) -> str:
    """Return a URL, or a label, with a further option.

    Args:
        url: with or without options.
        option: as "name=value"; several have "&" between them.
    """
    return f"{url}{'&' if '?' in url else '?'}{option}"


def with_workers(url: str, workers: int) -> str:
    """Return a transport as it would be typed with a number of workers."""
    return with_option(url, f"{WORKERS}={workers}")


class Options(msgspec.Struct, frozen=True):
    """The options of a transport, with defaults; one without options uses this class itself.

    Attributes:
        allowed: option → its values, in words.
    """

    allowed: ClassVar[Mapping[str, str]] = {}

    @property
    def quick_redelivery(self) -> Mapping[str, str]:
        """Option → value with which a dead worker's tasks are delivered again after seconds.

        Fault runs set it where the user does not.
        """
        return {}

    @property
    def own_workers(self) -> bool:
        """Whether crossover starts the workers."""
        return True

    def variants(self) -> Mapping[str, Self]:
        """Return setting, as in a URL → options with it: other settings that `crossover scale` tries in addition."""
        return {}


OptionsT = TypeVar("OptionsT", bound=Options)


def read_options(
    transport: str, kind: type[OptionsT], given: Mapping[str, str], others: Sequence[str] = ()
) -> OptionsT:
    """Convert the query of a URL to options.

    Args:
        transport: the name, for messages.
        kind: class of the options.
        given: option → value, as typed.
        others: further options that are allowed in the URL, for messages.

    Raises:
        UsageError: an unknown option, or a value that is not allowed.
    """
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in given:
            try:
                values[field.name] = msgspec.convert(given[field.name], field.type, strict=False)
            except msgspec.ValidationError as error:
                wrong = f"{transport}: {field.name} cannot be {given[field.name]!r}"
                raise UsageError(f"{wrong}; allowed: {kind.allowed[field.name]}") from error
    for option in given:
        if option not in values:
            known = [*kind.allowed, *others]
            raise UsageError(
                f"{transport} has no option {option!r}{nearest(option, known)}; allowed: {', '.join(known) or 'none'}"
            )
    return kind(**values)


def worker_count(transport: str, typed: str) -> int:
    """Return a number of workers.

    Args:
        transport: the name, for messages.
        typed: as typed.

    Raises:
        UsageError: it is no whole number from 1 to MOST_WORKERS.
    """
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= MOST_WORKERS):
        raise UsageError(
            f"{transport}: {WORKERS} cannot be {typed!r}; allowed: a whole number from 1 to {MOST_WORKERS:,}"
        )
    return int(typed)


def interpreter(transport: str, typed: str) -> str:
    """Return the absolute path of an interpreter, which need not exist; a link stays one, as in a virtual environment.

    Args:
        transport: the name, for messages.
        typed: a path, or the name of a program that PATH finds.

    Raises:
        UsageError: nothing was typed.
    """
    if not typed:
        raise UsageError(f"{transport}: {PYTHON} cannot be ''; allowed: the path of a Python that has crossover")
    if os.sep not in typed:
        return shutil.which(typed) or typed
    try:
        return os.path.abspath(os.path.expanduser(typed))  # noqa: PTH100, PTH111 - as a text
    except FileNotFoundError:  # the current folder was removed
        return typed
