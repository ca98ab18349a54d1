"""Whether a job has done each line of its input once, and right: knows the files only, and nothing of crossover.

    python benchmarks/job_kills/each_line_once.py INPUT OUTPUT [FAILURES]

The right value of a line is the SHA-256 of its bytes, in hexadecimal digits. Prints what is wrong; the exit status is 1
if something is.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

MOST_SHOWN = 20


def right(line: bytes) -> str:
    """Return the value that belongs to a line."""
    return hashlib.sha256(line).hexdigest()


def faults(source: Path, output: Path, failures: Path | None = None) -> list[str]:
    """Return what is wrong, in sentences.

    Args:
        source: the input, a line each.
        output: {"line": number, "value": value}, a line each.
        failures: {"line": number, "input": line, ...}, a line each; None: there are none.
    """
    expected = source.read_bytes().removesuffix(b"\n").split(b"\n")
    found = list(_in_output(output, expected))
    found += _in_failures(failures, expected) if failures is not None and failures.exists() else ()
    wrong = [sentence for _, sentence in found if sentence]
    seen = [0] * (len(expected) + 1)
    for number, _ in found:
        if not 1 <= number <= len(expected):
            wrong.append(f"there is no line {number}")
        else:
            seen[number] += 1
    wrong += [f"line {number} is there {times} times" for number, times in enumerate(seen) if number and times != 1]
    return wrong


def _in_output(path: Path, expected: list[bytes]) -> Iterator[tuple[int, str]]:
    for number, record in _records(path):
        line = expected[number - 1] if 1 <= number <= len(expected) else b""
        value = record["value"]
        yield number, "" if value == right(line) else f"line {number} has the value {value!r}"


def _in_failures(path: Path, expected: list[bytes]) -> Iterator[tuple[int, str]]:
    for number, record in _records(path):
        line = expected[number - 1] if 1 <= number <= len(expected) else b""
        kept = record["input"].encode()
        yield number, "" if kept == line else f"{path.name} has {kept!r} for line {number}, which is {line!r}"


def _records(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        raise SystemExit(f"{path.name} ends in the middle of a line")
    for text in content.splitlines():
        record = json.loads(text)
        yield record["line"], record


def main() -> int:
    """Check the files that are named."""
    wrong = faults(*map(Path, sys.argv[1:]))
    more = [f"and {len(wrong) - MOST_SHOWN} more"] if len(wrong) > MOST_SHOWN else []
    sys.stdout.writelines(f"{sentence}\n" for sentence in (*wrong[:MOST_SHOWN], *more))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
