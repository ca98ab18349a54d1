"""The same job as people write it: each way reads lines of JSON, calls a function, writes numbered lines.

python by_hand.py WAY FUNCTION CHUNK INPUT OUTPUT
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import work

WORKERS = 2
Map = Callable[[Callable[[Any], Any], Iterable[Any], int], Iterator[Any]]


def _pool(function: Callable[[Any], Any], items: Iterable[Any], chunk: int) -> Iterator[Any]:
    with ProcessPoolExecutor(WORKERS) as executor:
        yield from executor.map(function, items, chunksize=chunk)


def _joblib(function: Callable[[Any], Any], items: Iterable[Any], chunk: int) -> Iterator[Any]:
    joblib: Any = importlib.import_module("joblib")
    calls = (joblib.delayed(function)(item) for item in items)
    yield from joblib.Parallel(WORKERS, batch_size=chunk, return_as="generator")(calls)


def _mpire(function: Callable[[Any], Any], items: Iterable[Any], chunk: int) -> Iterator[Any]:
    mpire: Any = importlib.import_module("mpire")
    everything = [(item,) for item in items]  # it wants to know how many
    with mpire.WorkerPool(WORKERS) as pool:
        yield from pool.imap(function, everything, chunk_size=chunk)


WAYS: dict[str, Map] = {"ProcessPoolExecutor": _pool, "joblib": _joblib, "mpire": _mpire}

if __name__ == "__main__":
    way, name, chunk, source, output = sys.argv[1:]
    with Path(source).open() as lines, Path(output).open("w") as values:
        found = WAYS[way](getattr(work, name), map(json.loads, lines), int(chunk))
        values.writelines(f'{{"line": {at}, "value": {json.dumps(value)}}}\n' for at, value in enumerate(found, 1))
