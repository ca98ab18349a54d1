"""How Celery writes what it sends: MessagePack, as everything of ours does; never pickle."""

from __future__ import annotations

from kombu.serialization import register

from brokers.messages import decode, encoded

NAME = "crossover-msgpack"
CONTENT_TYPE = "application/x-crossover-msgpack"  # kombu's msgpack knows neither large integers nor odd text

register(NAME, encoded, decode, CONTENT_TYPE, "binary")  # type: ignore[no-untyped-call]
