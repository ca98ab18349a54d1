"""Reads a result file of any command back into its record."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.formats.places import STANDARD_OUTPUT
from crossover.results.kinds import KINDS, AnyResult
from crossover.results.records import COMPARISON, KIND, SAFETY, SCHEMA_VERSION, SHARE

TOOL = re.compile(r"crossover( .*)?")


def read(path: str) -> AnyResult:
    """Return the result that a file holds.

    Args:
        path: of the file; "-" is standard input.

    Raises:
        UsageError: it cannot be read, or is not a result file.
    """
    name = "standard input" if path == STANDARD_OUTPUT else readable(path)
    data = _parsed(_content(path, name), name)
    if not isinstance(data, dict) or not TOOL.fullmatch(str(data.get("tool"))):
        raise UsageError(f"{name} is JSON, but no result of crossover (what --json wrote)")
    version = data.get("schema_version")
    if version != SCHEMA_VERSION:
        by = f"written by {data['tool']}, has schema_version {version!r:.40}"
        raise UsageError(f"{name}, {by}; this crossover reads {SCHEMA_VERSION}: measure again, or take that one")
    kind = data.setdefault(KIND, _kind_by_plan(data.get("plan")))
    if not isinstance(kind, str) or kind not in KINDS:
        raise UsageError(f"{name} is a result of the kind {kind!r:.40}; this crossover reads {', '.join(KINDS)}")
    try:
        return msgspec.convert(data, KINDS[kind])
    except msgspec.ValidationError as error:
        raise UsageError(f"{name} is a result of crossover, but something is wrong with it: {error}") from error


def cleaned(result: AnyResult) -> AnyResult:
    """Return a result whose text every form of a report can show: names and messages in it may be anybody's."""
    return msgspec.convert(_clean(msgspec.to_builtins(result)), type(result))


def schema() -> dict[str, Any]:
    """Return the JSON Schema of all result files, made from the records."""
    made = msgspec.json.schema(AnyResult)
    for kind in KINDS.values():
        made["$defs"][kind.__name__]["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Result file of crossover, schema_version {SCHEMA_VERSION}",
        **made,
    }


def _content(path: str, name: str) -> bytes:
    if path == STANDARD_OUTPUT and sys.stdin is None:
        raise UsageError("standard input is closed")
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_OUTPUT else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error
    if not content.strip():
        raise UsageError(f"{name} is empty; a result is what --json wrote")
    return content


def _parsed(content: bytes, name: str) -> Any:
    try:
        data = msgspec.json.decode(content)
        return data if _is_plain(content) else _clean(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if "truncated" in str(error):
            raise UsageError(f"{name} ends in the middle: it is only a part of a result") from error
        raise UsageError(f"{name} is not JSON ({error}); a result is what --json wrote") from error


def _is_plain(content: bytes) -> bool:
    """Return whether nothing in a JSON text needs cleaning: that is seen much faster than it is cleaned."""
    return b"\\" not in content and content.replace(b"\n", b"").decode().isprintable()


def _clean(data: Any) -> Any:
    """Return data whose text every terminal can take: a file from elsewhere may hold other characters."""
    if isinstance(data, str):
        return readable(data)
    if isinstance(data, list):
        return [_clean(item) for item in data]
    if isinstance(data, dict):
        return {_clean(key): _clean(value) for key, value in data.items()}
    return data


def _kind_by_plan(plan: Any) -> str:
    """Return the kind of an old result, which has no field `kind`."""
    parts = plan if isinstance(plan, dict) else {}
    return SAFETY if "levels" in parts else SHARE if "states" in parts else COMPARISON
