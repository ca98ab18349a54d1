"""The words that stand around every report, in its language: what its parts are called, and how to see more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from crossover.report.wording.claims.messages import table


@dataclass(frozen=True)
class Frame:
    """The words of one language.

    Attributes:
        language: as HTML names it.
        verdict: title of what can be concluded.
        details: how to see more.
        warnings: title of what is doubtful, went wrong or was skipped.
        provenance: title of where it was measured.
        wrong: what the bad news is called.
        date: how a date is written, from its day, month, number of the month, year and time.
        glance: caption of the table that decides.
        parts: what the list of parts is called.
        data: what the figures of a chart are called.
        skip: leads to the results.
        copy: what a button does that copies a table; # stands for the form.
        copied: said when it is done.
        refused: said where it cannot be done.
        to_copy: what the text is called that is to be copied by hand.
        wider: said where a table is wider than the page.
        no_script: what is said where nothing is drawn.
    """

    language: str
    verdict: str
    details: str
    warnings: str
    provenance: str
    wrong: str
    date: str
    glance: str
    parts: str
    data: str
    skip: str
    copy: str
    copied: str
    refused: str
    to_copy: str
    wider: str
    no_script: str


@cache
def frame(language: str) -> Frame:
    """Return the words of a language."""
    return Frame(**table(language)["frame"])


def english() -> Frame:
    """Return the words of most reports."""
    return frame("en")
