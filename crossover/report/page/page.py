"""The page: one HTML file that needs no network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import vl_convert
from markupsafe import Markup

from crossover.report.page.glance import glance, when_and_where
from crossover.report.page.sections import plain, sections
from crossover.report.page.terms import Terms
from crossover.report.topics.catalogue import outline
from crossover.report.topics.outline import Cell
from crossover.report.wording.figures import figure
from crossover.report.wording.task import task_sentence
from crossover.results.comparison import Result
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult

TEMPLATES = files("crossover.report.page") / "templates"


def page(results: Mapping[str, AnyResult], changes: Sequence[Difference]) -> str:
    """Return one page that shows some results, each under its own heading, after what is different between them.

    Args:
        results: name → result, at least one, of any command that measures.
        changes: what is different from the first result.
    """
    shown = [_parts("", found) for found in changes]
    shown += [_parts(name if len(results) > 1 else "", result) for name, result in results.items()]
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    charts = any(section.all_charts for one in shown for section in one["sections"])
    tables = any(one["glance"] or section.tables or section.more for one in shown for section in one["sections"])
    script = _script(charts=charts) if charts or tables else ""
    template = _environment().from_string((TEMPLATES / "page.html.jinja").read_text(encoding="utf-8"))
    return template.render(
        frame=shown[0]["frame"],
        title=shown[0]["headline"] if len(results) == 1 else f"{len(results)} results",
        parts=shown,
        terms=Terms(),
        style=Markup(style),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        allowed=_digest(script),
    )


def _parts(name: str, result: AnyResult | Difference) -> dict[str, Any]:
    shown = outline(result)
    return {
        "headline": shown.headline,
        "name": name,
        "news": plain(shown.news),
        "task": task_sentence(result) if isinstance(result, Result) else "",
        "answer": plain(shown.answer),
        "when": when_and_where(result, shown.frame.language),
        "glance": glance(result),
        "sections": sections(result, shown),
        "warnings": plain(shown.warnings),
        "provenance": shown.provenance,
        "frame": shown.frame,
    }


def _environment() -> jinja2.Environment:
    made = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    made.filters["cell"] = _cell
    made.filters["json"] = _json
    made.tests["figure"] = lambda value: isinstance(value, (int, float))
    return made


def _cell(value: Any) -> Any:
    """Return the content of a cell: a rounded figure, with its exact value as data."""
    if value is None:
        return "-"
    if isinstance(value, Cell):
        return value.text
    if not isinstance(value, (int, float)):
        return value
    read = f"{value:,}" if isinstance(value, int) else figure(value)
    return Markup('<data value="{}">{}</data>').format(repr(value), read)


def _json(value: Any) -> Markup:
    """Return JSON that ends no element, whatever is in its strings."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - nothing is left that HTML reads


@cache  # to bundle takes a second, and gives the same each time
def _script(*, charts: bool) -> str:
    """Return the one script: what tables need and, where there are charts, the library that draws them."""
    tables = (TEMPLATES / "tables.js").read_text(encoding="utf-8")
    if not charts:
        return tables
    ours = (TEMPLATES / "page.js").read_text(encoding="utf-8")
    return vl_convert.javascript_bundle(f"{ours}\n{tables}").replace("</script", "<\\/script")


def _digest(script: str) -> str:
    """Return what the page's own policy lets run: this script and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
