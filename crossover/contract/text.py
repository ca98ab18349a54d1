"""Makes text from outside safe to show: error messages, file names, command lines, URLs with passwords."""

from __future__ import annotations

import errno
import re
import resource
import threading
from collections.abc import Awaitable
from types import AsyncGeneratorType, GeneratorType

from workloads.user_modules import hidden_hint

PASSWORD = re.compile(r"(?<=://)([^:\s]*):\S*@")
UNREADABLE = re.compile(r"://[^/?#\s]*[/?#\s].*@", re.DOTALL)
LONGEST_ERROR = 500  # characters of an error's message that travel
BYTE_UNITS = ((2**30, "G"), (2**20, "M"), (2**10, "k"))
ENCODE = "each / ? # @ or space in a password must be percent-encoded, as %2F %3F %23 %40 %20"


def readable(text: str) -> str:
    r"""Return text that every file and terminal accepts: control characters and lone surrogates as \x1b, \udce9."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character == "\n" else character.encode("unicode_escape").decode()
        for character in text
    )


def masked(text: str) -> str:
    """Return text with ** for the password of each URL in it; up to the last @ of a word it may be a password."""
    return PASSWORD.sub(r"\1:**@", text)


def unreadable(url: str) -> bool:
    """Return whether an @ comes so late in a URL that a part of its password would be taken for something else."""
    return UNREADABLE.search(url) is not None


def describe(error: BaseException) -> str:
    """Return "Type: message", shortened to what may travel, with a hint where it does not say the cause."""
    try:
        message = str(error)
    except BaseException as unprintable:
        message = f"(its message cannot be shown: {type(unprintable).__name__})"
    message += hidden_hint(error) or exhausted_hint(error)
    return readable(f"{type(error).__name__}: {message}"[:LONGEST_ERROR]) if message else type(error).__name__


def exhausted_hint(error: BaseException) -> str:
    """Return " (...)" if this process has used up its descriptors or threads, else nothing."""
    if isinstance(error, OSError) and error.errno == errno.EMFILE:
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return f" (all {limit:,} descriptors that this process may have are open: a function must close what it opens)"
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return f" ({threading.active_count():,} threads run in this process: a function must end those it starts)"
    return ""


def no_value_hint(value: object) -> str:
    """Return " (...)" if what a function returned has to be run to get the value, else nothing."""
    if isinstance(value, Awaitable | AsyncGeneratorType):
        return " (the function is async: name one that runs it, as asyncio.run does)"
    if isinstance(value, GeneratorType):
        return " (a generator is no value: name a function that returns a list)"
    return ""


def counted(count: int, one: str, several: str) -> str:
    """Return a count and what is counted, as it is said of one and of several: 1 process runs, 2 processes run."""
    return f"{count:,} {one if count == 1 else several}"


def byte_count(count: int) -> str:
    """Return a number of bytes as a command line takes it: 64k, 16M."""
    return next((f"{count // unit}{letter}" for unit, letter in BYTE_UNITS if count and count % unit == 0), f"{count}")
