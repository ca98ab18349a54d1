"""The help of a command: its options in groups, and examples at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import click

from crossover.cli.defaults import defaults_of, read_defaults, set_where

LEFT_COLUMN = 28  # characters for the names of an option; longer ones get a line of their own
HELP_NAMES = {"help_option_names": ["-h", "--help"]}

Decorator = Callable[[Callable[..., Any]], Any]


class Group(StrEnum):
    """The groups of options, in the order in which the help shows them."""

    WHAT_RUNS = "What runs"
    FAULTS = "Faults"
    LOAD = "Load"
    ROUNDS = "Rounds and limits"
    COMPARISON = "Comparison"
    OUTPUT = "Output (by default only the terminal; FILE - is standard output)"
    SERVERS = "Servers"
    OTHER = "Other"


class Example(NamedTuple):
    """One example of a command.

    Attributes:
        purpose: what it does, as a short sentence without a full stop.
        command: what to type.
    """

    purpose: str
    command: str


class GroupedOption(click.Option):
    """An option of a group.

    Args:
        group: where the help lists it.
        words: everything that click.Option takes.
    """

    def __init__(self, *names: Any, group: Group, **words: Any) -> None:
        super().__init__(*names, **words)
        self.group = group

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Return the default without the range: the help text states what is allowed."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


class GroupedCommand(click.Command):
    """A command whose help lists options by group and ends with examples.

    Args:
        examples: two to five.
        words: everything that click.Command takes.
    """

    def __init__(self, *names: Any, examples: Sequence[Example], **words: Any) -> None:
        super().__init__(*names, **words)
        self.examples = examples

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments; options that were not typed come from variables and from a file of the user's."""
        if parent is not None and {*args}.isdisjoint(HELP_NAMES["help_option_names"]):
            commands = parent.command.list_commands(parent) if isinstance(parent.command, click.Group) else []
            extra["default_map"] = defaults_of(self, read_defaults(), commands)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.MissingParameter:  # whose message is empty: click says which is missing
            raise
        except click.BadParameter as error:
            raise click.BadParameter(f"{error.message}{set_where(error)}", error.ctx, error.param) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each group of options under its heading, all with the same left column."""
        groups: dict[str, list[tuple[str, str]]] = {group: [] for group in Group}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                groups[getattr(parameter, "group", Group.OTHER)].append(record)
        for group, records in groups.items():
            if records:
                with formatter.section(group):
                    formatter.write_dl([(names.ljust(LEFT_COLUMN), text) for names, text in records], LEFT_COLUMN)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        write_examples(self.examples, formatter)


def write_examples(examples: Iterable[Example], formatter: click.HelpFormatter) -> None:
    """Write examples, each as its purpose and the command below it."""
    with formatter.section("Examples"):
        for purpose, typed in examples:
            formatter.write(f"  {purpose}:\n    {typed}\n")


def grouped_command(name: str, *examples: Example) -> Decorator:
    """Return a decorator that makes a function a command with grouped help.

    Args:
        name: of the command.
        examples: two to five.
    """
    return click.command(name=name, cls=GroupedCommand, examples=examples, context_settings=HELP_NAMES)


def option(group: Group, *names: str, default_text: str = "", **words: Any) -> Decorator:
    """Return a decorator that gives a command an option.

    Args:
        group: where the help lists it.
        names: "-w", "--workers", and the parameter's name where it differs.
        default_text: what happens without the option, where no value stands for it.
        words: everything that click.option takes.
    """
    if default_text:
        words["help"] = f"{words['help']}  [default: {default_text}]"
    elif words.get("default") is not None:
        words["show_default"] = True
    return click.option(*names, cls=GroupedOption, group=group, **words)
