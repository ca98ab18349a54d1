"""What a careful person would write with pika.BlockingConnection: two durable queues, manual acknowledgement.

A message is MessagePack: a list of (number, payload) one way, of (number, value) the other. No wait has a deadline.
"""

from __future__ import annotations

import multiprocessing as mp
import secrets
from collections import deque
from functools import partial
from typing import Any

import msgspec
import pika

from handwritten.local import Batch, drive, run_batch

PREFETCH = 16
PERSISTENT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)
pack, unpack = msgspec.msgpack.encode, msgspec.msgpack.decode


def _serve(url: str, tasks: str, outcomes: str) -> None:
    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    channel.basic_qos(prefetch_count=PREFETCH)

    def run(_channel: Any, method: Any, _properties: Any, message: bytes) -> None:
        channel.basic_publish("", outcomes, pack(run_batch(unpack(message))), PERSISTENT)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(tasks, run)
    channel.start_consuming()


def rabbitmq(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """A durable classic queue each way, persistent messages, acknowledged after the outcome was published."""
    name = secrets.token_hex(6)
    names = f"handwritten.{name}.tasks", f"handwritten.{name}.outcomes"
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    for queue in names:
        channel.queue_declare(queue, durable=True)
    processes = [mp.Process(target=_serve, args=(url, *names), daemon=True) for _ in range(workers)]
    arrived: deque[bytes] = deque()

    def arrive(_channel: Any, _method: Any, _properties: Any, message: bytes) -> None:
        arrived.append(message)

    def send(item: Batch) -> None:
        channel.basic_publish("", names[0], pack(item), PERSISTENT)

    def receive() -> Batch:
        while not arrived:
            connection.process_data_events(None)
        found: Batch = unpack(arrived.popleft())
        return found

    channel.basic_consume(names[1], arrive, auto_ack=True)
    try:
        for process in processes:
            process.start()
        once = partial(drive, batch=batch, send=send, receive=receive)
        once(batch * 20, window=batch * 2)
        return once(tasks, window=window)
    finally:
        for process in processes:
            process.terminate()
            process.join()
        for queue in names:
            channel.queue_delete(queue)
        connection.close()
