"""What a shell offers for a name that is not typed to its end (bash, zsh and fish, by click)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
FILES = "file"  # click's word for: the shell completes the path of a file


def names(known: Iterable[str]) -> Complete:
    """Return what offers the names that begin as typed; without an explanation, which would have to be imported."""
    listed = list(known)
    return found_names(lambda: listed)


def found_names(find: Callable[[], Iterable[str]]) -> Complete:
    """Return what offers names that are looked for only when a shell asks."""

    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in find() if name.startswith(typed)]

    return complete


def names_or_files(known: Iterable[str]) -> Complete:
    """Return what offers names, and files where none begins as typed."""
    offered = names(known)

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        return offered(context, parameter, typed) or [CompletionItem(typed, type=FILES)]

    return complete


def files(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Offer files."""
    return [CompletionItem(typed, type=FILES)]
