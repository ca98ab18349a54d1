"""What is different between two results, as a person reads it."""

import msgspec
from screen import printed

from crossover.report.terminal.render import render

ROUNDS = (1000, 1010, 990, 1005, 995)


def said(found):
    return printed(render(msgspec.structs.replace(found, base="base.json", new="new.json")))


def in_one_line(found):
    return " ".join(said(found).split())
