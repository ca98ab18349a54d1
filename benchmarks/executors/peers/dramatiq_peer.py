"""Dramatiq: two processes with eight threads each; its Results middleware keeps values in Redis."""

from __future__ import annotations

import os

import calls
import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

COMMAND = ("-m", "dramatiq", "dramatiq_peer", "--processes", "2")
URL = os.environ["BROKER_URL"]

broker = RabbitmqBroker(url=URL) if URL.startswith("amqp") else RedisBroker(url=URL)
broker.add_middleware(Results(backend=RedisBackend(url=os.environ["RESULTS_URL"])))
dramatiq.set_broker(broker)
tasks = {
    function.__name__: dramatiq.actor(function, store_results=True) for function in (calls.noop, calls.millisecond)
}


def submit_all(task: str, count: int) -> list[int]:
    """Send all calls, then take all results."""
    messages = [tasks[task].send(number) for number in range(count)]
    return [message.get_result(block=True, timeout=60_000) for message in messages]
