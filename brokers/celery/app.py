"""The Celery application: `celery -A brokers.celery.app worker`, and what Flower looks at.

The environment says what it serves: CROSSOVER_REDIS_URL or CROSSOVER_RABBITMQ_URL; where both are set, CROSSOVER_CELERY
(celery+redis | celery+rabbitmq); CROSSOVER_SAFETY (default: default); CROSSOVER_ALLOW (what may run, separated by
commas, as in brokers/celery/workers/allow.py; default: workloads); CROSSOVER_RUN (default: external, which is what
`celery+redis://?workers=external` looks for). A comparison sets them for the workers that it starts.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from multiprocessing import process
from multiprocessing.connection import Connection
from typing import Any

import msgspec
from celery import Celery
from celery.signals import worker_process_init, worker_ready

from brokers.celery.dead_letters import dead_letter
from brokers.celery.settings import TASK, largest, settings
from brokers.celery.workers import about, allow, environment
from brokers.celery.workers import alive as celery_alive
from brokers.celery.workers.environment import Served
from brokers.messages import Refused, pack_result, unpack
from crossover.contract.errors import CrossoverError
from crossover.contract.text import describe
from crossover.workers.lifetime import INTERRUPTS, PR_SET_PDEATHSIG
from crossover.workers.loop import execute
from workloads.base import resolve

_asked = msgspec.msgpack.Decoder(tuple[int, str, int, int, msgspec.Raw]).decode
_largest = cache(largest)


def make(served: Served) -> Celery:
    """Return the application."""
    made = Celery("crossover")
    server, url, safety, run_name = served.server, served.url, served.safety, served.run
    made.conf.update(settings(server, url, safety, run_name, served.visibility, tuned=served.tuned))

    @made.task(name=TASK, throws=(Refused,), Request="brokers.celery.workers.request:RunRequest")  # type: ignore[untyped-decorator]
    def run(message: bytes) -> bytes:
        """Run a batch, and return its outcomes; both as in brokers/messages.py."""
        try:
            reference = _reference(message)
            batch = unpack(message, reference)
            function = allow.function(served.allow, reference)
        except Refused as refused:
            dead_letter(served, str(refused), message)
            raise
        return pack_result(execute(batch, function, os.getpid()), _largest(served.server, served.url))

    _ = run, about.about  # both are found by name
    return made


def _reference(message: bytes) -> str:
    """Return the function that a message asks for; nothing where that cannot be told, and `unpack` says why."""
    try:
        return _asked(message)[1]
    except (msgspec.MsgspecError, TypeError):
        return ""


def _keep_no_folder() -> None:
    """Let billiard put its shared memory, a file that it unlinks at once, where there is a folder already.

    It would make one, `pymp-*`, and remove it at a warm exit only: not when this process is killed with our producer.
    """
    process.current_process()._config["tempdir"] = tempfile.gettempdir()  # type: ignore[attr-defined]  # noqa: SLF001


def _follow(parent: int) -> None:
    """Let the kernel kill this process when the one that started it ends (Linux); Celery's children follow theirs."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)  # held back while this process started
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it died before the kernel knew that we want to follow


def _say(served: Served, functions: list[str]) -> None:
    """Say to who started us that a process is ready, or why it cannot be."""
    problem = None
    try:
        for reference in functions:
            resolve(reference)
    except BaseException as error:
        problem = describe(error)
    if served.ready >= 0:
        with suppress(OSError):  # nobody listens any more: it has started, and this process replaces a dead one
            said = Connection(os.dup(served.ready), readable=False)
            said.send((os.getpid(), problem))
            said.close()


def _serve() -> Celery:
    served = environment.read()
    if served.parent:
        _follow(served.parent)
        _keep_no_folder()

    def in_child(**_: Any) -> None:
        _say(served, allow.named(served.allow))

    def in_main(**_: Any) -> None:
        _say(served, [])

    worker_process_init.connect(in_child, weak=False)
    worker_ready.connect(in_main, weak=False)
    if alive := os.environ.get(celery_alive.ALIVE):
        celery_alive.touch(alive)
    return make(served)


def _or_one_sentence(serve: Callable[[], Celery]) -> Celery:
    try:
        return serve()
    except CrossoverError as error:
        sys.exit(f"crossover: {error}")  # Celery would show a traceback of any exception


def __getattr__(name: str) -> Celery:
    """Return `app`, made when it is asked for: importing this module needs no broker."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = made = _or_one_sentence(_serve)
    return made
