"""Defaults of the user's own: `crossover.toml`, `[tool.crossover]` in pyproject.toml, and CROSSOVER_... variables."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from workloads.base import nearest

OWN_FILE, SHARED_FILE = "crossover.toml", "pyproject.toml"
PREFIX = "CROSSOVER"  # of variables: CROSSOVER_COMPARE_ROUNDS is --rounds of compare
ALLOWED = "a text, a number, true, false, or a list of texts and numbers"


class Defaults(NamedTuple):
    """What a file says.

    Attributes:
        place: the file, for messages; empty: there is none.
        tables: name of a command → option → value.
    """

    place: str = ""
    tables: Mapping[str, Any] = {}


def read_defaults() -> Defaults:
    """Return the defaults of the nearest file here or in a folder above; crossover.toml before pyproject.toml.

    Raises:
        click.UsageError: a file cannot be read.
    """
    try:
        folder = Path.cwd()
    except FileNotFoundError:  # it was removed
        return Defaults()
    for above in (folder, *folder.parents):
        for name in (OWN_FILE, SHARED_FILE):
            path = above / name
            try:
                found = tomllib.loads(path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                if name == SHARED_FILE:  # another tool's file, which says nothing of ours that can be read
                    continue
                raise click.UsageError(f"{path} cannot be read: {error}") from None
            if name == OWN_FILE:
                return Defaults(str(path), found)
            if own := found.get("tool", {}).get("crossover"):
                return Defaults(f"[tool.crossover] in {path}", own)
    return Defaults()


def defaults_of(command: click.Command, defaults: Defaults, commands: Sequence[str]) -> dict[str, Any]:
    """Return parameter → value of one command, from its table.

    Args:
        command: that is used.
        defaults: what the file says.
        commands: the names of all commands.

    Raises:
        click.UsageError: a table of no command, an option that it does not have, or a value that no option has.
    """
    for name, table in defaults.tables.items():
        if name not in commands or not isinstance(table, dict):
            raise click.UsageError(
                f"{defaults.place}: {name!r} is no table of a command{nearest(name, commands)}; "
                f"allowed: {', '.join(f'[{one}]' for one in commands)}"
            )
    parameters = {_file_name(parameter): parameter for parameter in command.params}
    found: dict[str, Any] = {}
    for name, value in defaults.tables.get(str(command.name), {}).items():
        where = f"{defaults.place}: [{command.name}]"
        parameter = parameters.get(name.replace("_", "-"))
        if parameter is None:
            raise click.UsageError(
                f"{where} has no option {name!r}{nearest(name, parameters)}; allowed: {', '.join(parameters)}"
            )
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, bool | int | float | str) for one in values):
            raise click.UsageError(f"{where} {name} cannot be {value!r}; allowed: {ALLOWED}")
        texts = [str(one) for one in values]
        found[str(parameter.name)] = texts if parameter.nargs != 1 or parameter.multiple else ",".join(texts)
    return found


def set_where(error: click.BadParameter) -> str:
    """Return where a refused value was set, in words; "" where it was typed."""
    if error.ctx is None or error.param is None:
        return ""
    source = error.ctx.get_parameter_source(str(error.param.name))
    if source is ParameterSource.DEFAULT_MAP:
        return f" (set in {read_defaults().place})"
    if source is ParameterSource.ENVIRONMENT:
        return f" (set in {error.ctx.auto_envvar_prefix}_{str(error.param.name).upper()})"
    return ""


def command_line() -> list[str]:
    """Return the command line, and behind it what a file or variables have set: a result says what it was made with."""
    return [*sys.argv[1:], *_set_elsewhere(click.get_current_context())]


def _set_elsewhere(context: click.Context) -> Iterator[str]:
    """Yield what a file or variables have set, as it would be typed."""
    for parameter in context.command.params:
        name = str(parameter.name)
        source = context.get_parameter_source(name)
        if source is ParameterSource.DEFAULT_MAP:
            given = (context.default_map or {})[name]
        elif source is ParameterSource.ENVIRONMENT:
            given = parameter.value_from_envvar(context)
        else:
            continue
        values = [given] if isinstance(given, str) else list(given)
        if isinstance(parameter, click.Argument):
            yield from values
        elif not getattr(parameter, "is_flag", False):
            for value in values:
                yield from (f"--{_file_name(parameter)}", value)
        elif context.params[name]:
            yield f"--{_file_name(parameter)}"


def _file_name(parameter: click.Parameter) -> str:
    """Return the name of a parameter as a file has it: that of its long option, or of the argument."""
    return max(parameter.opts, key=len).lstrip("-").replace("_", "-")
