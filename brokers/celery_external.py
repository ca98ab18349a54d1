"""Celery workers that somebody else has started: what they say about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import Celery

from crossover.contract.text import readable

LISTEN_FOR = 1.0  # seconds for the answers of all of them


def ask(app: Celery, connection: Any) -> Mapping[str, Any]:
    """Return worker → what it says about itself, of all that answer in time."""
    return app.control.inspect(timeout=LISTEN_FOR, connection=connection).stats() or {}


def in_words(said: Mapping[str, Any]) -> str:
    """Return how many they are, and how much they take ahead."""
    return "external: " + "; ".join(f"{readable(name)} {_one(said[name])}" for name in sorted(said))


def _one(said: Mapping[str, Any]) -> str:
    processes = said.get("pool", {}).get("max-concurrency", "?")
    return f"with {processes} processes, {said.get('prefetch_count', '?')} messages ahead"
