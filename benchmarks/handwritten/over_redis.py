"""What a careful person would write with redis-py, without crossover: noop, batches, a window, N workers.

A message is MessagePack of a list of (number, payload); it comes back as a list of (number, value) in another list of
Redis. `redis_stream` reads up to ten entries at once, `unpipelined` one at a time, as most tutorials do.
"""

from __future__ import annotations

import multiprocessing as mp
import time
import uuid
from collections.abc import Callable
from typing import Any

import msgspec
import redis

from handwritten.local import DEADLINE, Batch, drive, run_batch

encode, decode = msgspec.msgpack.encode, msgspec.msgpack.decode
GROUP = "workers"
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


def _push(client: redis.Redis, name: str, message: bytes) -> Any:
    return client.rpush(f"{name}:tasks", message)


def _add(client: redis.Redis, name: str, message: bytes) -> Any:
    return client.xadd(f"{name}:tasks", {"m": message})


def _work_on_list(client: redis.Redis, name: str) -> None:
    while True:
        if found := client.blpop([f"{name}:tasks"], 1):
            client.rpush(f"{name}:outcomes", encode(run_batch(decode(found[1]))))


def _work_on_stream(client: redis.Redis, name: str, most: int = 10) -> None:
    tasks, consumer = f"{name}:tasks", uuid.uuid4().hex
    while True:
        for _, entries in client.xreadgroup(GROUP, consumer, {tasks: ">"}, count=most, block=1_000) or ():
            for entry, fields in entries:
                client.rpush(f"{name}:outcomes", encode(run_batch(decode(fields[b"m"]))))
                client.xack(tasks, GROUP, entry)
                client.xdel(tasks, entry)


def _work_one_by_one(client: redis.Redis, name: str) -> None:
    _work_on_stream(client, name, most=1)


def _serve(work: Work, url: str, name: str) -> None:
    work(redis.Redis.from_url(url, protocol=2), name)


def _measure(work: Work, send: Send, tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    client = redis.Redis.from_url(url, protocol=2)
    name = f"handwritten:{uuid.uuid4().hex}"
    client.xgroup_create(f"{name}:tasks", GROUP, id="0", mkstream=True)
    if send is _push:
        client.delete(f"{name}:tasks")
    processes = [mp.Process(target=_serve, args=(work, url, name), daemon=True) for _ in range(workers)]
    for process in processes:
        process.start()

    def receive() -> Batch:
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            if found := client.blpop([f"{name}:outcomes"], 1):
                answered: Batch = decode(found[1])
                return answered
        raise TimeoutError("no outcome")

    def put(item: Batch) -> None:
        send(client, name, encode(item))

    try:
        drive(batch * 20, batch, batch * 2, put, receive)
        return drive(tasks, batch, window, put, receive)
    finally:
        for process in processes:
            process.terminate()
            process.join()
        client.delete(f"{name}:tasks", f"{name}:outcomes")
        client.close()


LOOPS = {"redis-list": redis_list, "redis-stream": redis_stream}
