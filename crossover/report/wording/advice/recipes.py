"""The code that does what is recommended, with the standard library or with the client of a broker."""

from __future__ import annotations

from pathlib import PurePath

SIZE = "size = max(1, min({batch}, len(items) // {workers}))  # something for each\n"
CHUNKS = f"{SIZE}chunks = [items[i : i + size] for i in range(0, len(items), size)]\n"
SERIAL = "values = [{function}(item) for item in items]"
THREADS = """\
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor({workers}) as threads:
    values = list(threads.map({function}, items))"""
THREADS_IN_CHUNKS = (
    """\
from concurrent.futures import ThreadPoolExecutor

def run(chunk):
    return [{function}(item) for item in chunk]

"""
    + CHUNKS
    + """\
with ThreadPoolExecutor({workers}) as threads:
    values = [value for some in threads.map(run, chunks) for value in some]"""
)
EXECUTOR = """\
from concurrent.futures import ProcessPoolExecutor

if __name__ == "__main__":
    size = max(1, min({batch}, len(items) // {workers}))  # something for each
    with ProcessPoolExecutor({workers}) as processes:
        values = list(processes.map({function}, items, chunksize=size))"""
POOL = """\
from multiprocessing import Pool

if __name__ == "__main__":
    size = max(1, min({batch}, len(items) // {workers}))  # something for each
    with Pool({workers}) as pool:
        values = list(pool.imap_unordered({function}, items, chunksize=size))"""
PROCESSES = """\
from multiprocessing import Process, Queue

def work(tasks, results):
    for chunk in iter(tasks.get, None):
        results.put([{function}(item) for item in chunk])

if __name__ == "__main__":
    tasks, results = Queue(), Queue()
    for _ in range({workers}):
        Process(target=work, args=(tasks, results), daemon=True).start()
    size = max(1, min({batch}, len(items) // {workers}))  # something for each
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    for chunk in chunks:
        tasks.put(chunk)
    values = [value for _ in chunks for value in results.get()]"""
PIPES = """\
from itertools import islice
from multiprocessing import Pipe, Process
from multiprocessing.connection import wait

def work(connection):
    for chunk in iter(connection.recv, None):
        connection.send([{function}(item) for item in chunk])

if __name__ == "__main__":
    size = max(1, min({batch}, len(items) // {workers}))  # something for each
    chunks = (items[i : i + size] for i in range(0, len(items), size))
    ends, values = [], []
    for chunk in islice(chunks, {workers}):
        end, theirs = Pipe()
        Process(target=work, args=(theirs,), daemon=True).start()
        end.send(chunk)
        ends.append(end)
    while ends:
        for end in wait(ends):
            values += end.recv()
            end.send(chunk := next(chunks, None))
            if chunk is None:
                ends.remove(end)"""
SHARED_MEMORY = f"# shared-memory is crossover's own; this is what comes nearest:\n{PIPES}"
REDIS_STREAM = """\
import json
from redis import Redis  # once: XGROUP CREATE tasks workers 0 MKSTREAM

def work(name, server):  # {workers} processes, each with a name of its own
    while True:
        server.xautoclaim("tasks", "workers", name, 60_000)  # of the dead
        for start in ("0", ">"):
            wanted = {{"tasks": start}}
            new = server.xreadgroup("workers", name, wanted, 1, 1_000)
            for key, message in new[0][1] if new else ():
                items = json.loads(message[b"items"])
                values = json.dumps([{function}(item) for item in items])
                server.xadd("results", {{"values": values}})
                server.xack("tasks", "workers", key)

def send(server, items):  # {batch} in each message
    server.xadd("tasks", {{"items": json.dumps(items)}})"""
RABBITMQ = """\
import json, pika  # queues "tasks" and "results" are durable

KEPT = pika.BasicProperties(delivery_mode=2)

def work(channel, method, _properties, body):
    values = [{function}(item) for item in json.loads(body)]
    channel.basic_publish("", "results", json.dumps(values), KEPT)
    channel.basic_ack(method.delivery_tag)  # last, in case it dies

def main():  # of {workers} processes
    channel = pika.BlockingConnection().channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume("tasks", work)
    channel.start_consuming()

def send(channel, items):  # {batch} in each; its channel confirms
    channel.basic_publish("", "tasks", json.dumps(items), KEPT)"""

RECIPES = {
    "serial": SERIAL,
    "executor": EXECUTOR,
    "pool": POOL,
    "queue": PROCESSES,
    "pipe": PIPES,
    "shared-memory": SHARED_MEMORY,
    "redis-stream": REDIS_STREAM,
    "rabbitmq": RABBITMQ,
}


def recipe(name: str, workers: int, batch: int, workload: str) -> str:
    """Return the code that does what is recommended; "" for a transport that this version does not know.

    Args:
        name: of the transport.
        workers: how many.
        batch: items per message.
        workload: its name: MODULE:FUNCTION, FILE.py:FUNCTION, or that of a built-in one.
    """
    threads = THREADS if batch == 1 else THREADS_IN_CHUNKS
    code = threads if name == "threads" else RECIPES.get(name, "")
    if not code:
        return ""
    module, function = function_of(workload)
    imported = f"from {module} import {function}\n" if module else ""
    return imported + code.format(workers=workers, batch=batch, function=function)


def function_of(workload: str) -> tuple[str, str]:
    """Return module and name of a function; of a workload without one, "" and a name that stands for it."""
    where, _, path = workload.rpartition(":")
    if not where or "." in path:
        return "", "function"
    return (PurePath(where).stem if where.endswith(".py") else where), path
