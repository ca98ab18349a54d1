"""The rows of celery_settings: each setting alone, those of `tuned=yes` together, and others."""

from __future__ import annotations

from typing import Any, NamedTuple

from handwritten.over_celery import Way

BATCHES = (8, 64, 256)
TUNED = "all of these, as tuned=yes"

PARTS = "handwritten.celery_parts:"
REDIS, RPC = "", "rpc://"  # where results are; nothing: where the tasks are

SEND: dict[str, Any] = {"retry": False, "argsrepr": "", "kwargsrepr": "", "add_to_parent": False}
ONE_CLIENT = {"broker_transport": f"{PARTS}RedisTransport"}
PREFETCH = {"worker_prefetch_multiplier": 64}
LEAN = {"worker_disable_rate_limits": True, "worker_enable_remote_control": False}
ONE_LIST = {"broker_transport_options": {"priority_steps": [0]}}
FLAGS = ("--without-heartbeat",)


class Row(NamedTuple):
    """One way to use Celery.

    Attributes:
        name: of the row.
        way: the way.
        results: URL or class of the result backend; nothing: the server's.
        batch: tasks per message.
    """

    name: str
    way: Way = Way()
    results: str = ""
    batch: int = 1


def rows(transport: str) -> list[Row]:
    """Return the rows of a transport, stock first."""
    over_redis = transport == "celery+redis"
    stock = REDIS if over_redis else RPC
    best = stock if over_redis else f"{PARTS}ReplyQueueOnce"
    together: dict[str, Any] = {**PREFETCH, **LEAN, **(ONE_CLIENT | ONE_LIST if over_redis else {})}
    tuned = Way(together, FLAGS, SEND, {"declare": ()}, held=True, fetched=over_redis)
    alone = [
        Row("`producer=`, held", Way(held=True), stock),
        Row("`retry=False`, `argsrepr=''`, `add_to_parent=False`", Way(send=SEND), stock),
        Row("`declare=()` after the first task", Way(later={"declare": ()}), stock),
        Row("`worker_prefetch_multiplier` 64", Way(PREFETCH), stock),
        Row("no rate limits, remote control and heartbeat", Way(LEAN, FLAGS), stock),
    ]
    if over_redis:
        alone += [
            Row("one client of redis-py for each channel", Way(ONE_CLIENT)),
            Row("`priority_steps` [0]", Way(ONE_LIST)),
            Row("results fetched (`get_many`), not subscribed to", Way(fetched=True)),
        ]
    else:
        alone += [Row("reply queue declared once", results=best)]
    other = [
        Row("`task_protocol` 1", Way({"task_protocol": 1}), stock),
        Row("`-O default` instead of `-O fair`", Way(flags=("-O", "default")), stock),
        Row("tuned, `-P threads`", tuned._replace(flags=(*FLAGS, "-P", "threads")), best),
        Row("tuned, `-P solo`, a worker each", tuned._replace(flags=(*FLAGS, "-P", "solo"), alone=True), best),
    ]
    if over_redis:
        other.insert(2, Row("results through `rpc://`", Way(), RPC))
    batches = [Row(f"tuned, {batch} tasks per message", tuned, best, batch) for batch in BATCHES]
    return [Row("stock", Way(), stock), *alone, Row(TUNED, tuned, best), *batches, *other]
