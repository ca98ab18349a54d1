"""`crossover claims`."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from rich.console import Console
from rich.text import Text

from crossover import __version__
from crossover.cli import streams
from crossover.cli.completion import found_names
from crossover.cli.defaults import command_line
from crossover.cli.exit_status import ExitStatus, write_message
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.options import FULL, QUIET, output_options
from crossover.cli.outputs import Outputs, run_until_interrupted
from crossover.cli.parameter_types import Duration
from crossover.cli.showing import print_result, show_result
from crossover.contract.errors import UsageError
from crossover.execution.host import host
from crossover.experiments.check_claims import DEADLINE, ClaimsExperiment, chosen_claims, plan_claims
from crossover.experiments.claims.claim import claims_and_themes
from crossover.progress.live_view import progress_view
from crossover.progress.progress import Schedule
from crossover.report.formats.saver import Saver
from crossover.report.terminal.layout.paragraph import Paragraph
from crossover.report.wording.claims.messages import LANGUAGES, Messages
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimsResult


@grouped_command(
    "claims",
    Example("Check everything that is said", "crossover claims"),
    Example("Check two claims", "crossover claims gil lock"),
    Example("Show the code that checks one", "crossover claims pool-map --show-code"),
    Example("Check one with another Python, too", "crossover claims gil --python python3.14t"),
)
@click.argument("claims", nargs=-1, metavar="[CLAIM|THEME]...", shell_complete=found_names(claims_and_themes))
@option(Group.OUTPUT, "--list", "listed", is_flag=True, help="Show the claims, and check none.")
@option(Group.OUTPUT, "--show-code", is_flag=True, help="Show the code that would run, and check nothing.")
@option(
    Group.OUTPUT,
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    help="Language of claims, verdicts, evidence and advice.",
)
@option(
    Group.ROUNDS,
    "--hang-after",
    "deadline",
    type=Duration(),
    default=DEADLINE,
    default_text=f"{DEADLINE:g} s",
    help="End an experiment that takes longer: it could not tell.",
)
@option(
    Group.ROUNDS,
    "--python",
    "pythons",
    multiple=True,
    metavar="PATH",
    default_text="only the one of this command",
    help="Check with another Python, too, which has this crossover. Repeatable.",
)
@FULL
@output_options
@QUIET
def command(
    claims: tuple[str, ...],
    listed: bool,  # noqa: FBT001 - click passes options by keyword
    show_code: bool,  # noqa: FBT001
    language: str,
    deadline: float,
    pythons: tuple[str, ...],
    outputs: Outputs,
    quiet: bool,  # noqa: FBT001
) -> int:
    """Check by experiment what is said about processes, threads, pools and queues.

    CLAIM is a name that --list shows, THEME the name of a group of them. The
    default is every claim that can be checked here. What is shown was measured
    just now, on this machine.

    The exit status is 1 if an experiment could not tell.
    """
    if listed or show_code:
        wanted = [*outputs.places(), *(["charts"] if outputs.charts else []), *(["python"] if pythons else [])]
        if wanted:
            raise UsageError(f"--{'list' if listed else 'show-code'} checks nothing: there is no use for --{wanted[0]}")
        return show(claims, language, code=show_code)
    with streams.stdout_for_results():
        setup = plan_claims(claims, deadline, language, pythons, command_line())
    result = ClaimsResult(
        tool=f"crossover {__version__}",
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        host=host(),
        plan=setup.plan,
        skipped=setup.skipped,
    )
    saver = Saver(outputs.json, write_message)
    schedule = Schedule(setup.runs, row_heading="claim", figure_heading="verdict", unit="claims")
    with progress_view(schedule, quiet=quiet) as progress:
        experiment = ClaimsExperiment(result, setup, progress, saver.save)
        try:
            interrupted = run_until_interrupted(experiment.execute)
        finally:  # whatever happened: save and show what was found
            result = experiment.result
            saver.save_at_last(result)
            progress.close()
            written = show_result(result, outputs)
    if interrupted:
        write_message(f"interrupted; {len(result.runs)} of {setup.runs} claims were checked")
        return ExitStatus.INTERRUPTED
    if any(one.claim in claims for one in result.skipped):  # its server could not be started
        return ExitStatus.UNUSABLE
    if not result.runs:
        reasons = "".join(f"; {one.claim}: {one.reason}" for one in result.skipped)
        write_message(f"nothing was checked{reasons}")
        return ExitStatus.FAILED
    unknown = any(run.verdict is ClaimVerdict.COULD_NOT_TELL for run in result.runs)
    return ExitStatus.FAILED if unknown or not (saver.saved and written) else ExitStatus.DONE


def show(names: tuple[str, ...], language: str, *, code: bool) -> int:
    """Print what is said in some claims, and the code that checks them.

    Args:
        names: of claims or themes; none: all.
        language: of the sentences.
        code: whether the code is shown, too.
    """
    messages = Messages(language)
    chosen = chosen_claims(names)
    widest = max(len(one.name) for one in chosen)

    def write(console: Console) -> None:
        theme = ""
        for one in chosen:
            if one.theme != theme:
                theme = one.theme
                console.print(Text.assemble((messages.theme(theme), "bold"), f"  ({theme})"))
            console.print(Paragraph(Text(f"  {one.name:<{widest}}  {messages.said(one.name)}")))
            if code:  # its lines are whole, however narrow the terminal is: they may be copied
                console.print(Text(f"\n{one.code}"), soft_wrap=True)
                console.print(Text(f"python -m {one.module} {one.name}\n", style="dim"), soft_wrap=True)

    return ExitStatus.DONE if print_result(write) else ExitStatus.FAILED
