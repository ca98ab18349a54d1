"""The service of an executor's own workers: a process that the executor starts, and that ends with it.

It is told what to serve on its standard input, whose end is its order to stop.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from brokers.servers import leftovers
from crossover.contract.errors import BrokenError
from crossover.contract.text import describe
from crossover.jobs.processes.fork_server import make_folder_of_sockets
from crossover.jobs.processes.worker import WorkerLimits
from crossover.jobs.remote import main_module
from crossover.jobs.remote.allowed import EVERYTHING
from crossover.jobs.remote.job_queue import Intake
from crossover.jobs.remote.signing import VARIABLE
from crossover.jobs.remote.transports import CELERY, open_intake, remove_queue
from crossover.jobs.service.attempts import pause_before
from crossover.jobs.service.events import Events
from crossover.jobs.service.health import NoState
from crossover.jobs.service.service import Plan, Service
from crossover.jobs.service.stopping import Stop
from crossover.workers.standard_input import take_standard_input

CONNECTS_WITHIN = 60.0  # seconds for the first connection: a server may be starting again, or the machine be busy
LOOK_EVERY = 1.0  # seconds until the end of the executor's process is noticed, where another one has its pipe, too


class NoEvents(Events):
    """Says nothing: the executor's futures say it."""

    def tell(self, event: str, sentence: str = "", **facts: Any) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until standard input ends; what goes wrong is written to the descriptor that is told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the executor reacts to Ctrl-C
    orders = take_standard_input()
    with open(orders, "rb", buffering=0, closefd=False) as lines:
        told, sys.path[:], reason, folder = json.loads(lines.readline())
    os.environ.update({VARIABLE: told["key"], main_module.VARIABLE: told["script"]})
    over_celery = told["transport"] in CELERY
    if over_celery:
        from crossover.jobs.service.celery import worker  # noqa: PLC0415 - Celery takes a second to import

    stop = worker.EndsAtOnce(told) if over_celery else Stop()
    signal.signal(signal.SIGTERM, lambda *_: stop.request())
    threading.Thread(target=_follow, args=(stop, orders, os.getppid()), name="follow", daemon=True).start()
    try:
        if over_celery:
            worker.serve_own(told, reason)
        else:
            make_folder_of_sockets(Path(folder))
            _serve(told, stop)
    except Exception as error:
        with suppress(BrokenPipeError):  # the executor was killed: nobody asks why
            os.write(reason, describe(error).encode())
        sys.exit(1)


def _serve(told: Mapping[str, Any], stop: Stop) -> None:
    plan = Plan(
        transport=told["transport"],
        where=told["queue"],
        worker=f"own worker of process {os.getppid()}",
        allow=(EVERYTHING,),
        workers=told["workers"],
        initial=bytes.fromhex(told["initial"]),
        limits=WorkerLimits(told["tasks"], told["memory"]),
    )
    connect = partial(open_intake, told["transport"], told["url"], told["queue"], told["lease"])
    intake = partial(_connected, connect, stop)
    executor = os.getppid()
    Service(plan, intake, NoEvents(), stop, NoState()).run()
    if os.getppid() != executor:
        remove_queue(plan.transport, told["url"], told["queue"])
        leftovers.unregister(told["queue"].rpartition("-")[2])


def _connected(connect: Callable[[], Intake], stop: Stop) -> Intake:
    """Connect; try again as long as the executor does, which has had a connection, and may have lost it.

    Raises:
        CrossoverError: it cannot be; BrokenError: the server has not answered for a minute.
    """
    until = time.monotonic() + CONNECTS_WITHIN
    for attempt in count():
        try:
            return connect()
        except BrokenError:
            if stop.asked.wait(pause_before(attempt)) or time.monotonic() > until:
                raise
    raise AssertionError


def _follow(stop: Stop, orders: int, parent: int) -> None:
    """Stop when what was standard input ends, or the executor's process."""
    while os.getppid() == parent:
        if select.select([orders], [], [], LOOK_EVERY)[0] and not os.read(orders, 1):
            break
    stop.request()
    while os.getppid() == parent:  # one that is killed closes its pipes before its children have another
        time.sleep(LOOK_EVERY / 10)
    stop.request()  # nobody waits for what is left


if __name__ == "__main__":
    main()
