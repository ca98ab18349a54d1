"""The table of sentences of one language, filled with facts."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from crossover.report.wording.figures import figure
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimRun

LANGUAGES = ("en", "zh")
NONE = "–"  # where a list of words is empty
SIZES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
LEADING = re.compile(r"^\d+")
PLACE = re.compile(r"\{(\w+)\}")
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


class Messages:
    """All sentences of one language.

    Attributes:
        language: en, zh; English where the one that was asked for is unknown.

    Args:
        language: that is asked for.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._table = table(self.language)

    def word(self, name: str, /, **values: Any) -> str:
        """Return a word or a heading."""
        return _filled(self._table["words"][name], values)

    def label(self, name: str) -> str:
        """Return a name with what this language writes after it, before what it says."""
        return self.word("label", name=name)

    def verdict(self, verdict: ClaimVerdict) -> str:
        """Return a verdict in words."""
        return str(self._table["verdicts"][verdict.value])

    def theme(self, theme: str) -> str:
        """Return the heading of a theme."""
        return str(self._table["themes"].get(theme, theme))

    def fact(self, label: str) -> str:
        """Return the label of a figure in this language, as far as its words are known."""
        words = self._table["labels"]
        parts = []
        for part in label.split(", "):
            number = LEADING.match(part)
            known = words.get(LEADING.sub("#", part), part)
            parts.append(known.replace("#", number[0]) if number else known)
        return ", ".join(parts)

    def across(self, claim: str) -> str:
        """Return what the x axis of a claim's picture is; empty where nobody has said."""
        return str(self._table["across"].get(claim, ""))

    def said(self, claim: str) -> str:
        """Return the claim in one sentence; its name where this version does not know it."""
        return str(self._of(claim).get("said", claim))

    def seen(self, run: ClaimRun) -> str:
        """Return what the experiment saw, in one or two sentences with its figures."""
        sentence = self._of(run.claim).get("seen")
        if run.verdict is ClaimVerdict.COULD_NOT_TELL:
            return self.reason(run.reason)
        try:
            return _filled(sentence, run.facts) if sentence else _plain(run.facts)
        except (KeyError, ValueError, TypeError, IndexError, AttributeError):  # facts of another version
            return _plain(run.facts)

    def reason(self, reason: str) -> str:
        """Return why a claim could not be told or was skipped, in this language; as it is where it is unknown."""
        for english, here in self._table["reasons"].items():
            if found := _pattern(english).fullmatch(reason):
                return _filled(here, found.groupdict())
        return reason

    def instead(self, claim: str) -> str:
        """Return what to do instead."""
        return str(self._of(claim).get("instead", ""))

    def _of(self, claim: str) -> Mapping[str, str]:
        return self._table["claims"].get(claim, {})  # type: ignore[no-any-return]  # a table of TOML


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what fits a sentence, with anything for its {names}."""
    return re.compile(PLACE.sub(r"(?P<\1>.+)", re.sub(r"[.()+*?]", r"\\\g<0>", sentence)), re.DOTALL)


@cache
def table(language: str) -> dict[str, Any]:
    """Return the table of a language, as it is in its file."""
    return tomllib.loads((files(__package__) / f"{language}.toml").read_text(encoding="utf-8"))


def seconds(value: float) -> str:
    """Return a time with its unit: 2.31 ms."""
    scale, unit = next((one for one in UNITS if abs(value) >= one[0]), UNITS[-1])
    return f"{value / scale:.3g} {unit}"


def size(value: float) -> str:
    """Return a number of bytes with its unit: 69.1 MiB."""
    scale, unit = next((one for one in SIZES if abs(value) >= one[0]), SIZES[-1])
    return f"{value / scale:.4g} {unit}"


class _Formatter(string.Formatter):
    """Puts figures into sentences as every report shows them."""

    def format_field(self, value: Any, spec: str) -> str:
        """Return a fact in words; of a table or a list, each of its parts."""
        if not spec:
            return _shown(value)
        if isinstance(value, dict):
            return ", ".join(f"{label}: {self.format_field(one, spec)}" for label, one in value.items())
        if isinstance(value, list):
            return ", ".join(self.format_field(one, spec) for one in value) or NONE
        return SPECS[spec](value) if spec in SPECS else str(super().format_field(value, spec))


def _percent(value: float) -> str:
    return f"{100 * value:.3g}%"


SPECS: Mapping[str, Callable[[Any], str]] = {"time": seconds, "percent": _percent, "bytes": size, "words": str}


def _filled(sentence: str, values: Mapping[str, Any]) -> str:
    return _Formatter().vformat(sentence, (), values)


def _shown(value: Any) -> str:
    """Return a fact in words: figures as everywhere, lists and tables with commas."""
    if isinstance(value, dict):
        return ", ".join(f"{label}: {_shown(one)}" for label, one in value.items())
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else figure(value)


def _plain(facts: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {_shown(value)}" for name, value in facts.items())
