"""All runs of results, or all cases of a difference, as CSV: a row for each, a column for each figure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from crossover.results.conclusions.difference import CaseChange, CaseSeries, Difference, Point
from crossover.results.kinds import AnyResult, file_kind
from crossover.results.records import Record

FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
"""How text begins that a spreadsheet may run as a formula; the last four are = + - @ in full width."""

LEFT_OUT = {"code"}
"""Fields of a run that have no place in a table: many lines of Python."""

OF_RESULT = ("result", "kind", "started_at", "part")
"""Columns that say where a run comes from; `part` is run, or probe where its tasks were others."""


def as_csv(results: Sequence[AnyResult]) -> str:
    """Return rows under one heading; what is nested has a column of its own: latency_ms.p99.

    Text that a spreadsheet would run as a formula begins with an apostrophe, which makes it text there.

    Args:
        results: their number, from 1 on, is in the column `result`.
    """
    fields: dict[str, dict[str, None]] = {}  # of a run → its columns, both in the order of the records
    rows = []
    for number, result in enumerate(results, start=1):
        origin = dict(zip(OF_RESULT, (number, file_kind(result), _no_formula(result.started_at)), strict=False))
        for part, run in _runs(result):
            row = origin | {"part": part}
            for field, value in msgspec.to_builtins(run).items():
                if field in LEFT_OUT:
                    continue
                flat = dict(_flat(field, value))
                fields.setdefault(field, {}).update(dict.fromkeys(flat))
                row |= flat
            rows.append(row)
    return _written(rows, [*OF_RESULT, *(column for field, found in fields.items() for column in found or (field,))])


def difference_as_csv(found: Difference) -> str:
    """Return a row for each case; of many results, a row for each case in each of them."""
    if found.older is None:
        return _table([msgspec.to_builtins(one) for one in found.changes], CaseChange.__struct_fields__)
    of_case = [name for name in CaseSeries.__struct_fields__ if name != "points"]
    of_point = [f"point.{name}" for name in Point.__struct_fields__]
    rows = []
    for one in found.series:
        case = {name: value for name, value in msgspec.to_builtins(one).items() if name != "points"}
        points = [{f"point.{name}": value for name, value in msgspec.to_builtins(at).items()} for at in one.points]
        rows += [case | point for point in points or [{}]]
    return _table(rows, [*of_case, *of_point])


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    flat = [{column: cell for name, value in row.items() for column, cell in _flat(name, value)} for row in rows]
    return _written(flat, columns)


def _written(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _runs(result: AnyResult) -> Iterator[tuple[str, Record]]:
    for part in ("run", "probe"):
        yield from ((part, run) for run in getattr(result, f"{part}s", ()))


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Return column → value; none of what is not there, and what has several values is JSON."""
    if isinstance(value, dict) and not name.endswith("reasons"):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    elif isinstance(value, bool | list | dict):
        yield name, msgspec.json.encode(value).decode()
    elif value is not None or "." in name:
        yield name, _no_formula(value) if isinstance(value, str) else value


def _no_formula(text: str) -> str:
    """Return text that no spreadsheet runs; a number is left as it is."""
    shown = text.replace("\r", "\\r")  # else it would begin a row: csv does not quote it before Python 3.13
    return f"'{shown}" if FORMULA.match(text) and not _is_number(text) else shown


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
