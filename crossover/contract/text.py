"""Text from outside: messages of errors, names of files, words of a command line."""

from __future__ import annotations

import re

PASSWORD = re.compile(r"(?<=://)([^:/?#@\s]*):[^/?#\s]*@")


def readable(text: str) -> str:
    r"""Return text that every file and terminal can take: control characters and lone surrogates as \x1b, \udce9."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character == "\n" else character.encode("unicode_escape").decode()
        for character in text
    )


def masked(text: str) -> str:
    """Return text with the password of each URL in it replaced by **."""
    return PASSWORD.sub(r"\1:**@", text)
