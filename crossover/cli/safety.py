"""`crossover safety`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from crossover import __version__
from crossover.cli.main import DAMAGED, INTERRUPTED, UNUSABLE, complain
from crossover.cli.options import chosen
from crossover.contract.safety import Delivery, Safety
from crossover.contract.registry import TRANSPORTS, load
from crossover.contract.safety_records import SafetyResult
from crossover.execution import interruption
from crossover.execution.host import host
from crossover.experiments.costs import costs
from crossover.experiments.safety import Matrix
from crossover.experiments.safety_planning import Asked, Prepared, earlier, prepare, usual_path
from crossover.experiments.selftest import self_test, sound
from crossover.experiments.stages import Stages
from crossover.report import files, safety_terminal
from crossover.report.safety_progress import Silent, shown


@click.command(name="safety", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("transports", nargs=-1, metavar="[TRANSPORT]...")
@chosen("input", "batch", "window", "seed", "json", "quiet")
@click.option("-W", "--workload", default="echo", show_default=True, metavar="NAME|MODULE:FUNCTION", help="What runs.")
