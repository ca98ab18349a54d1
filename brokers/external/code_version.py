"""The version of the code that a `crossover worker` runs measured tasks with: its producer must have the same."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from crossover import __version__

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "workloads",
    "brokers",
    "brokers/external",
    "brokers/messages",
    "brokers/rabbitmq",
    "brokers/redis",
    "crossover/contract",
    "crossover/workers",
)
"""Where the code is that decides how a worker runs a task and what travels."""


@cache
def code_version() -> str:
    """Return version and hash of that code; Python's version is compared for itself."""
    content = blake2b(digest_size=4)
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).glob("*.py")):
            content.update(file.read_bytes())
    return f"crossover {__version__}+{content.hexdigest()}"
