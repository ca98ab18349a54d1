"""`crossover`: finds the command, and turns errors into messages and exit statuses."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import threading
from typing import NoReturn

import click

from brokers.celery.variables import set_aside
from crossover import __version__
from crossover.cli import import_path, streams
from crossover.cli.defaults import PREFIX
from crossover.cli.exit_status import ExitStatus, write_message
from crossover.cli.help import HELP_NAMES, Example, write_examples
from crossover.report.descriptors import discard

COMMANDS = {
    "compare": "Run one workload through each transport, side by side.",
    "advise": "Find out what to use: which transport, with how many workers.",
    "scale": "Find out how many workers to use.",
    "safety": "Find out what is lost when a process or the network dies.",
    "share": "Change one counter from many workers: lost updates, cost of locks.",
    "claims": "Check what is said about processes, threads, pools and queues.",
    "explain": "Show what is said in a claim, and the code that checks it.",
    "run": "Do a job of yours: each line of an input once, whatever dies.",
    "worker": "Do calls of executors that come through a broker.",
    "report": "Show saved results again: terminal, Markdown, CSV, page.",
    "diff": "Find out what is slower or faster in a newer result.",
    "doctor": "Show which transports and servers work on this machine.",
    "list": "Show the names of transports, states, faults, workloads, claims.",
}
"""Each is `crossover.cli.commands.<name>:command`."""

EXAMPLES = (
    Example("Compare all transports that work here", "crossover compare"),
    Example("Compare two with a function of yours", "crossover compare queue pool -W mymodule:function -i items.jsonl"),
    Example("Show what works here, and why the rest does not", "crossover doctor"),
)


class LazyGroup(click.Group):
    """Imports a command only when it is used, so that --help is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"crossover.cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or fail with the commands that exist and the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from workloads.base import nearest  # noqa: PLC0415 - imported on use: --help is instant

            typed = args[0].partition(":")[0]  # the rest may be a URL with a password
            raise click.UsageError(
                f"there is no command {typed!r}{nearest(typed, COMMANDS)}; there are {', '.join(COMMANDS)}", ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        write_examples(EXAMPLES, formatter)


@click.group(cls=LazyGroup, context_settings={**HELP_NAMES, "auto_envvar_prefix": PREFIX})
@click.version_option(__version__, prog_name="crossover", allow_from_autoenv=False)
def cli() -> None:
    """Run one workload through every way that Python shares work.

    Shows how fast each one is, what it costs, and what it loses when something dies.
    """


def main() -> NoReturn:
    """Run the command line, and exit with the status of the command."""
    import_path.pass_on()
    set_aside(os.environ)
    streams.prepare()
    try:
        status = run()
    except (KeyboardInterrupt, click.Abort):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        write_message("interrupted")
        status = ExitStatus.INTERRUPTED
    except SystemExit as ended:  # click, when it has completed a name, or the reader of standard output has gone
        status = ExitStatus.FAILED if ended.code else ExitStatus.DONE
    _stop_private_servers()
    leave(status)


def run() -> int:
    """Run the command that was typed and return its exit status."""
    from crossover.contract.errors import UnusableError, UsageError  # noqa: PLC0415 - imported on use: --help is instant
    from crossover.contract.text import readable  # noqa: PLC0415
    from workloads.base import InputError  # noqa: PLC0415

    try:
        return cli.main(prog_name="crossover", standalone_mode=False) or ExitStatus.DONE
    except click.ClickException as error:
        text = io.StringIO()
        _of_other_commands(error).show(text)
        try:
            click.echo(readable(text.getvalue()), err=True, nl=False)  # what was typed may stand in it
        except OSError:  # standard error cannot be written
            discard(sys.stderr)
        return ExitStatus.USAGE
    except (UsageError, InputError) as error:
        write_message(str(error))
        return ExitStatus.USAGE
    except UnusableError as error:
        write_message(str(error))
        return ExitStatus.UNUSABLE
    except OSError as error:
        from crossover.workers.limits.processes import explain  # noqa: PLC0415 - likewise

        write_message(f"reading or writing failed: {explain(error)}")
        return ExitStatus.FAILED


def _of_other_commands(error: click.ClickException) -> click.ClickException:
    """Return an error that names the commands that have the option which this one lacks: its nearest one misleads."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return error
    commands = {name: cli.get_command(error.ctx, name) for name in COMMANDS}
    having = [name for name, command in commands.items()
              if command and any(error.option_name in one.opts for one in command.params)]  # fmt: skip
    missing = f"{error.ctx.command_path} has no option {error.option_name}"
    return click.UsageError(f"{missing}; it belongs to crossover {', '.join(having)}", error.ctx) if having else error


def _stop_private_servers() -> None:
    """Stop the servers that outlive a run, with signals blocked: another Ctrl-C would leave one behind."""
    if session := sys.modules.get("brokers.servers.session"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        session.stop_all()


def leave(status: int) -> NoReturn:
    """Exit; without waiting for a thread that may never end, as Python would."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})  # the status is settled
    problem = streams.flush()
    if problem is not None and status == ExitStatus.DONE:
        write_message(f"standard output cannot be written: {problem.strerror}")
        status = ExitStatus.FAILED
    if all(thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    main()
