"""Text from outside: messages of errors, names of files, words of a command line."""

from __future__ import annotations


def readable(text: str) -> str:
    r"""Return text that every file and terminal can take: control characters and lone surrogates as \x1b, \udce9."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character == "\n" else character.encode("unicode_escape").decode()
        for character in text
    )
