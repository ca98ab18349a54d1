"""The words of the glossary that a page uses: explained where they are pointed at, and at its foot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from markupsafe import Markup, escape

ROW = re.compile(r"^\| (?P<words>.+?) \| (?P<meaning>.+) \|$", re.MULTILINE)
PLAIN = frozenset({"workers", "round", "group", "lost", "failed", "fault", "recommended", "ideal", "damaged", "law"})
"""Explained in the headings of tables; in a sentence they need no explanation."""

LINK = Markup('<a class="term" href="#{0}" title="{1}" aria-describedby="{0}">{2}</a>')


@dataclass(frozen=True)
class Term:
    """A word, what it means, and the other forms in which it is met, such as headings of columns."""

    word: str
    meaning: str
    others: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Where the foot of the page explains it."""
        return "term-" + re.sub(r"\W+", "-", self.word).strip("-").lower()


@cache
def glossary() -> tuple[Term, ...]:
    """Return the words that readers of results need, as docs/glossary.md has them, too."""
    text = (files("crossover.report.page") / "glossary.md").read_text(encoding="utf-8")
    _, *rows = ROW.findall(text)  # the first is the heading
    terms = []
    for words, meaning in rows:
        first, *others = words.split(", ")
        terms.append(Term(first, meaning.replace("`", ""), tuple(others)))
    return tuple(terms)


@cache
def _named() -> dict[str, Term]:
    return {name.lower(): term for term in glossary() for name in (term.word, *term.others)}


@cache
def _in_sentences() -> re.Pattern[str]:
    """Return what finds a word in a sentence, the longest first."""
    names = sorted((re.escape(term.word) for term in glossary() if term.word not in PLAIN), key=len, reverse=True)
    return re.compile(rf"(?<![\w/.-])(?:{'|'.join(names)})(?![\w/-])", re.IGNORECASE)


@dataclass
class Terms:
    """The words that one page uses."""

    used: dict[str, Term] = field(default_factory=dict)
    _in_sentences: set[str] = field(default_factory=set)

    def heading(self, text: str) -> str | Markup:
        """Return the heading of a column, with its meaning where it has one."""
        term = _named().get(text.lower())
        return self._link(term, text) if term else text

    def sentence(self, text: str) -> Markup:
        """Return a sentence in which each word that no sentence before had is explained."""
        return Markup("").join(self._parts(text))

    def listed(self) -> list[Term]:
        """Return the words that were used so far, in the order of the glossary."""
        return [term for term in glossary() if term.word in self.used]

    def _parts(self, text: str) -> Iterator[str | Markup]:
        end = 0
        for found in _in_sentences().finditer(text):
            term = _named()[found[0].lower()]
            if term.word not in self._in_sentences:
                self._in_sentences.add(term.word)
                yield escape(text[end : found.start()])
                yield self._link(term, found[0])
                end = found.end()
        yield escape(text[end:])

    def _link(self, term: Term, text: str) -> Markup:
        self.used[term.word] = term
        return LINK.format(term.anchor, term.meaning, text)
