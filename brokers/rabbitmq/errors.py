"""What pika's errors say."""

from __future__ import annotations

import re
from typing import Any

from crossover.contract.text import readable

TOO_LARGE = re.compile(r"message size (\d+) is larger than (?:configured )?max size (\d+)")


def root(error: BaseException) -> BaseException:
    """Return what is at the bottom of pika's error."""
    inner: Any = getattr(error, "exceptions", None) or [getattr(error, "exception", None), *error.args[:1]]
    for found in reversed(inner):
        if isinstance(found, BaseException):
            return root(found)
    return error


def said(error: BaseException) -> str:
    """Return what an error says, in one line."""
    cause = root(error)
    text = getattr(cause, "reply_text", "") or (isinstance(cause, OSError) and cause.strerror) or str(cause)
    if found := TOO_LARGE.search(str(text)):
        size, limit = map(int, found.groups())
        return f"a message of {size:,} bytes is over its limit (max_message_size) of {limit:,}"
    return readable(str(text)).partition("\n")[0].rstrip(".") or type(cause).__name__
