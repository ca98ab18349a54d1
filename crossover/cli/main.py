"""`crossover`: finds the command, and turns errors into sentences and exit statuses."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import threading
from typing import NoReturn, TextIO

import click

from crossover import __version__

COMMANDS = {
    "compare": ("crossover.cli.compare", "One workload through each transport, side by side."),
    "scale": ("crossover.cli.scale", "Numbers of workers: throughput, cost, the scaling law, how many to take."),
    "safety": ("crossover.cli.safety", "What is lost, duplicated or hung when something dies."),
    "share": ("crossover.cli.share", "Counters that many workers change at once: what is lost, what a lock costs."),
    "report": ("crossover.cli.report", "Results again, from their files: shown, as Markdown, CSV, a page."),
    "diff": ("crossover.cli.diff", "Two results: what is slower or faster now, or cannot be told apart."),
    "doctor": ("crossover.cli.doctor", "What can be used on this machine, in which version, and why not."),
}
DAMAGED, USAGE, UNUSABLE, BREACHED, INTERRUPTED = 1, 2, 69, 99, 130  # the exit statuses of DESIGN


class LazyGroup(click.Group):
    """Imports a command when it is used, so that --help costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from workloads.base import nearest  # noqa: PLC0415 - imported on use: --help is quick

            typed = args[0].partition(":")[0]  # the rest may be a URL with a password
            raise click.UsageError(
                f"there is no command {typed!r}{nearest(typed, COMMANDS)}; there are {', '.join(COMMANDS)}", ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="crossover")
def cli() -> None:
    """One workload through every way Python shares work.

    How fast each is, what it costs, and what it loses when something dies.
    """


def main() -> NoReturn:
    """Run the command line, and leave with the status that DESIGN gives each outcome."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # bars and arrows, where the terminal knows ASCII only
    try:
        status = run()
    except (KeyboardInterrupt, click.Abort):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        complain("interrupted")
        status = INTERRUPTED
    _end_private_servers()
    leave(status)


def run() -> int:
    """Run the command that was typed and return its exit status."""
    from crossover.contract.errors import UnusableError, UsageError  # noqa: PLC0415 - imported on use
    from workloads.base import InputError  # noqa: PLC0415

    try:
        return cli.main(standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return USAGE
    except (UsageError, InputError) as error:
        complain(str(error))
        return USAGE
    except UnusableError as error:
        complain(str(error))
        return UNUSABLE
    except BrokenPipeError:  # whoever read standard output has gone: `crossover compare | head`
        _give_up(sys.stdout)
        return USAGE
    except OSError as error:
        _give_up(sys.stdout)
        complain(f"reading or writing failed: {error}")
        return DAMAGED


def _end_private_servers() -> None:
    """End what outlived the runs; undisturbed, since whoever is impatient now would leave a server behind."""
    if lasting := sys.modules.get("crossover.contract.session_resources"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        lasting.end_all()


def _give_up(stream: TextIO) -> None:
    """Let what is still to be written vanish: flushing it at the end would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(sentence: str) -> None:
    """Write one sentence to standard error, if anybody reads there."""
    try:
        click.echo(f"crossover: {sentence}", err=True)
    except OSError:
        _give_up(sys.stderr)


def leave(status: int) -> NoReturn:
    """Leave; at once where a thread runs somebody's function that may never end, which Python would wait for."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})  # the status is settled
    sys.stdout.flush()
    sys.stderr.flush()
    if all(thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    main()
