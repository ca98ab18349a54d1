"""What a careful person would write with Celery, without crossover: noop, batches, a window, N workers.

Celery's stock settings, as at our default level: JSON, acknowledged early. The application reads its server from the
environment, because `celery -A handwritten.over_celery worker` imports this module.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import Celery

from handwritten.local import DEADLINE, Batch, drive, run_batch

BROKER, RESULTS = "HANDWRITTEN_BROKER", "HANDWRITTEN_RESULTS"

app = Celery("handwritten", broker=os.environ.get(BROKER), backend=os.environ.get(RESULTS))
app.conf.task_default_queue = "handwritten"


@app.task  # type: ignore[untyped-decorator]
def run(batch: Batch) -> Batch:
    """Run each task."""
    return run_batch(batch)


def celery_redis(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """Redis for tasks and results; a result's key is removed once it has been read."""
    return _measure(tasks, batch, window, workers, url, url)


def celery_rabbitmq(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """RabbitMQ for tasks, `rpc://` for results."""
    return _measure(tasks, batch, window, workers, url, "rpc://")


def _measure(tasks: int, batch: int, window: int, workers: int, broker: str, results: str) -> float:
    here = str(Path(__file__).parents[1])
    environment = {**os.environ, BROKER: broker, RESULTS: results, "PYTHONPATH": here}
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "handwritten.over_celery",
        "worker",
        "-c",
        str(workers),
        "-l",
        "ERROR",
    ]
    command += ["--without-mingle", "--without-gossip"]
    worker = subprocess.Popen(command, env=environment, cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    producer = Celery("handwritten", broker=broker, backend=results, set_as_current=False)
    producer.conf.update(task_default_queue="handwritten", result_backend_thread_safe=True)
    arrived: list[Any] = []
    try:
        with producer.connection_for_write() as connection:
            sender = producer.amqp.Producer(connection, auto_declare=False)

            def send(item: Batch) -> None:
                producer.send_task("handwritten.over_celery.run", (item,), producer=sender).then(arrived.append)

            def receive() -> Batch:
                deadline = time.monotonic() + DEADLINE
                while not arrived:
                    if time.monotonic() > deadline:
                        raise TimeoutError
                    with suppress(TimeoutError):
                        producer.backend.result_consumer.drain_events(timeout=1.0)
                result = arrived.pop()
                answered: Batch = result.result
                result.forget()
                return answered

            drive(batch * 20, batch, batch * 2, send, receive)
            return drive(tasks, batch, window, send, receive)
    finally:
        producer.backend.result_consumer.stop()
        producer.close()
        worker.terminate()
        worker.wait()


LOOPS = {"celery+redis": celery_redis, "celery+rabbitmq": celery_rabbitmq}
