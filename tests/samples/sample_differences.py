"""What is different between two results, as a person reads it."""

import io

import msgspec
from rich.console import Console

from crossover.report.terminal.render import render

ROUNDS = (1000, 1010, 990, 1005, 995)


def said(found):
    console = Console(file=io.StringIO(), width=80)
    console.print(render(msgspec.structs.replace(found, base="base.json", new="new.json")))
    return console.file.getvalue()


def in_one_line(found):
    return " ".join(said(found).split())
