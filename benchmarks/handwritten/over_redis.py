"""What a careful person would write with redis-py, without crossover: noop, batches, a window, N workers.

A message is MessagePack of a list of (number, payload); it comes back as a list of (number, value) in another list of
Redis. `redis_stream` reads up to ten entries at once, `unpipelined` one at a time, as most tutorials do. The loops in
`PIPELINED` take the least round trips that redis-py's public pipelines allow. No wait has a deadline.
"""

from __future__ import annotations

import multiprocessing as mp
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
import redis

from handwritten.local import Batch, drive, run_batch

encode, decode = msgspec.msgpack.encode, msgspec.msgpack.decode
GROUP = "workers"
AT_ONCE = 128  # messages that a worker takes, as our transports allow
Work = Callable[[redis.Redis, str], None]
Send = Callable[[redis.Redis, str, bytes], Any]


def redis_list(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """RPUSH, BLPOP, RPUSH, BLPOP."""
    return _measure(_work_on_list, _push, tasks, batch, window, workers, url)


def redis_stream(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """XADD; XREADGROUP of up to ten, RPUSH, XACK and XDEL; BLPOP."""
    return _measure(_work_on_stream, _add, tasks, batch, window, workers, url)


def unpipelined(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """The same with one entry at a time."""
    return _measure(_work_one_by_one, _add, tasks, batch, window, workers, url)


def list_pipelined(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """Producer and worker: RPUSH of all that is done, BLPOP of the first and LPOP of all others in one round trip."""
    return _measure(_work_on_list_pipelined, _push, tasks, batch, window, workers, url, pipelined=True)


def stream_pipelined(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """XADD, and in the worker RPUSH, XACK, XDEL and XREADGROUP, likewise."""
    return _measure(_work_on_stream_pipelined, _add, tasks, batch, window, workers, url, pipelined=True)


def _push(client: redis.Redis, name: str, message: bytes) -> Any:
    return client.rpush(f"{name}:tasks", message)


def _add(client: redis.Redis, name: str, message: bytes) -> Any:
    return client.xadd(f"{name}:tasks", {"m": message})


def _work_on_list(client: redis.Redis, name: str) -> None:
    while True:
        found = client.blpop([f"{name}:tasks"])
        client.rpush(f"{name}:outcomes", encode(run_batch(decode(found[1]))))


def _work_on_stream(client: redis.Redis, name: str, most: int = 10) -> None:
    tasks, consumer = f"{name}:tasks", uuid.uuid4().hex
    while True:
        for _, entries in client.xreadgroup(GROUP, consumer, {tasks: ">"}, count=most, block=0):
            for entry, fields in entries:
                client.rpush(f"{name}:outcomes", encode(run_batch(decode(fields[b"m"]))))
                client.xack(tasks, GROUP, entry)
                client.xdel(tasks, entry)


def _work_one_by_one(client: redis.Redis, name: str) -> None:
    _work_on_stream(client, name, most=1)


def _work_on_list_pipelined(client: redis.Redis, name: str) -> None:
    tasks, outcomes = f"{name}:tasks", f"{name}:outcomes"
    pipeline, done = client.pipeline(transaction=False), list[bytes]()
    while True:
        if done:
            pipeline.rpush(outcomes, *done)
        pipeline.blpop([tasks])
        pipeline.lpop(tasks, AT_ONCE - 1)
        *_, first, others = pipeline.execute()
        done = [encode(run_batch(decode(message))) for message in (first[1], *(others or ()))]


def _work_on_stream_pipelined(client: redis.Redis, name: str) -> None:
    tasks, consumer = f"{name}:tasks", uuid.uuid4().hex
    pipeline, done = client.pipeline(transaction=False), dict[bytes, bytes]()
    while True:
        if done:
            pipeline.rpush(f"{name}:outcomes", *done.values())
            pipeline.xack(tasks, GROUP, *done)
            pipeline.xdel(tasks, *done)
        pipeline.xreadgroup(GROUP, consumer, {tasks: ">"}, count=AT_ONCE, block=0)
        ((_, entries),) = pipeline.execute()[-1]
        done = {entry: encode(run_batch(decode(fields[b"m"]))) for entry, fields in entries}


def _serve(work: Work, url: str, name: str) -> None:
    work(_connect(url), name)


def _connect(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, protocol=2, socket_timeout=None)


def _measure(
    work: Work, send: Send, tasks: int, batch: int, window: int, workers: int, url: str, *, pipelined: bool = False
) -> float:
    client = _connect(url)
    name = f"handwritten:{uuid.uuid4().hex}"
    client.xgroup_create(f"{name}:tasks", GROUP, id="0", mkstream=True)
    if send is _push:
        client.delete(f"{name}:tasks")
    processes = [mp.Process(target=_serve, args=(work, url, name), daemon=True) for _ in range(workers)]
    for process in processes:
        process.start()
    outcomes, pipeline, arrived = f"{name}:outcomes", client.pipeline(transaction=False), deque[bytes]()

    def receive() -> Batch:
        answered: Batch = decode(client.blpop([outcomes])[1])
        return answered

    def put(item: Batch) -> None:
        send(client, name, encode(item))

    def receive_many() -> Batch:
        if not arrived:
            pipeline.blpop([outcomes])
            pipeline.lpop(outcomes, window)
            *_, first, others = pipeline.execute()
            arrived.extend((first[1], *(others or ())))
        answered: Batch = decode(arrived.popleft())
        return answered

    def put_later(item: Batch) -> None:
        send(pipeline, name, encode(item))

    ways = (put_later, receive_many) if pipelined else (put, receive)
    try:
        drive(batch * 20, batch, batch * 2, *ways)
        return drive(tasks, batch, window, *ways)
    finally:
        for process in processes:
            process.terminate()
            process.join()
        client.delete(f"{name}:tasks", outcomes)
        client.close()


LOOPS = {"redis-list": redis_list, "redis-stream": redis_stream}
PIPELINED = {"redis-list": list_pipelined, "redis-stream": stream_pipelined}
