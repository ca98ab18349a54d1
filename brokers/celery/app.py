"""The Celery application: `celery -A brokers.celery.app worker`, and what Flower inspects.

Environment variables define what it serves: CROSSOVER_REDIS_URL or CROSSOVER_RABBITMQ_URL; where both are set,
CROSSOVER_CELERY (celery+redis | celery+rabbitmq); CROSSOVER_SAFETY (default: default); CROSSOVER_ALLOW (what may run,
comma-separated, as in brokers/external/allowlist.py; default: workloads); CROSSOVER_RUN (default: external, which
is what `celery+redis://?workers=external` uses). A comparison sets them for the workers that it starts.
"""

from __future__ import annotations

import codecs
import ctypes
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from multiprocessing import process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
from celery import Celery
from celery.signals import heartbeat_sent, worker_process_init, worker_ready

from brokers.celery.broker import celery_over
from brokers.celery.output import keep_log_apart, show_prints
from brokers.celery.settings import EXTERNAL, TASK, merged
from brokers.celery.workers import status
from brokers.celery.workers.consumer import dead_letter
from brokers.celery.workers.environment import WorkerEnvironment, read_environment
from brokers.external import allowlist
from brokers.messages import Refused, pack_result, unpack
from brokers.poison import not_kept
from crossover.contract.errors import CrossoverError
from crossover.contract.system import getpid
from crossover.contract.text import describe
from crossover.recording import activity
from crossover.workers.library_messages import ignore_library_warnings
from crossover.workers.loop import execute
from crossover.workers.processes.lifetime import allow_children
from crossover.workers.processes.parent_end import HELD_BACK, PR_SET_PDEATHSIG
from workloads.base import resolve
from workloads.user_modules import restore_variables

_header = msgspec.msgpack.Decoder(tuple[int, str, int, int, msgspec.Raw]).decode


def create_app(environment: WorkerEnvironment) -> Celery:
    """Return the application."""
    broker = celery_over(environment.server)
    app = broker.application()
    settings = broker.settings(
        environment.url, environment.safety, environment.run, environment.visibility, tuned=environment.tuned
    )
    app.conf.update(merged(settings, broker.settings_of_reader(partial(dead_letter, environment))))
    largest_message = cache(broker.largest_message)

    @app.task(name=TASK, throws=(Refused,), Request="brokers.celery.workers.consumer:RunRequest")  # type: ignore[untyped-decorator]
    def run(message: bytes) -> bytes:
        """Run a batch, and return its outcomes; both as brokers/messages writes them."""
        try:
            reference = _reference(message)
            batch = unpack(message, reference)
            function = allowlist.function(environment.allow, reference)
        except Refused as refused:
            raise Refused(not_kept(str(refused), dead_letter(environment, str(refused), message))) from refused
        return pack_result(execute(batch, function, getpid()), largest_message(environment.url))

    _ = run, status.status  # Celery finds both by name
    return app


def _reference(message: bytes) -> str:
    """Return the function that a message requests; nothing where it cannot be read, for which `unpack` raises."""
    try:
        return _header(message)[1]
    except (msgspec.MsgspecError, TypeError):
        return ""


def _leave_no_folder() -> None:
    """Let billiard create its shared memory, a file that it unlinks at once, in a folder that exists.

    Otherwise billiard would create a folder, `pymp-*`, and remove it at a warm exit only: not if this process is killed
    together with the producer.
    """
    process.current_process()._config["tempdir"] = tempfile.gettempdir()  # type: ignore[attr-defined]  # noqa: SLF001


def _die_with(parent: int) -> None:
    """Let the kernel kill this process when its parent ends (Linux). The pool processes end with this one."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)  # blocked while this process started
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the parent died before the call to prctl


def _report_ready(environment: WorkerEnvironment, functions: list[str]) -> None:
    """Report to the producer that this process is ready, or why it cannot be."""
    problem = None
    try:
        for reference in functions:
            resolve(reference)
        ignore_library_warnings()
    except BaseException as error:
        problem = describe(error)
    if environment.ready >= 0:
        with suppress(OSError):  # the producer no longer reads: this process replaces a dead one
            connection = Connection(os.dup(environment.ready), readable=False)
            connection.send((getpid(), problem))
            connection.close()


def _let_sigterm_end_forked_processes() -> None:
    """Let SIGTERM end a process that a task has forked: billiard's handler, which it inherits, makes a Pool hang.

    While it is being forked, the signal waits: a Pool may be terminated before all its processes have begun.
    """
    sigterm = {signal.SIGTERM}

    def restore() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, sigterm)

    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, sigterm),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, sigterm),
        after_in_child=restore,
    )


def _show_alive(path: str) -> None:
    """Touch a file when the worker is ready and with each heartbeat, every two seconds.

    A container's health check looks at it: `celery inspect ping` would cost a second of CPU each time.
    """

    def touch(**_: Any) -> None:
        Path(path).touch()

    worker_ready.connect(touch, weak=False)
    heartbeat_sent.connect(touch, weak=False)


def serve(environment: WorkerEnvironment) -> Celery:
    """Return the application of this process, which is a worker, or becomes one."""
    if environment.parent:
        _die_with(environment.parent)
    if environment.run != EXTERNAL:
        _leave_no_folder()
        keep_log_apart()
    app = create_app(environment)

    def in_pool_process(**_: Any) -> None:
        _import_on_use(app)
        del sys.argv[1:]  # the user's module may read them
        show_prints(environment.prints)
        restore_variables()
        allow_children()
        activity.of_this_worker()
        _let_sigterm_end_forked_processes()
        _report_ready(environment, allowlist.listed_functions(environment.allow))

    def in_main_process(**_: Any) -> None:
        _report_ready(environment, [])

    worker_process_init.connect(in_pool_process, weak=False)
    worker_ready.connect(in_main_process, weak=False)
    if environment.alive:
        _show_alive(environment.alive)
    return app


def _import_on_use(app: Celery) -> None:
    """Import what a result needs, which Celery would do after the first task: that may have changed `sys.path`."""
    _ = app.backend
    codecs.lookup("idna")  # of names of hosts


def exit_with_message(make: Callable[[], Celery]) -> Celery:
    """Return what is made, or end this process with a sentence: Celery would print a traceback of any exception."""
    try:
        return make()
    except CrossoverError as error:
        sys.exit(f"crossover: {error}")


def run_worker(app: Celery) -> None:
    """Run the stock `celery worker`, with the flags in `sys.argv`.

    `celery -A` would import from the current folder first, and take options from variables such as BROKER_URL.
    """
    ignore_library_warnings()
    from celery.bin.base import CLIContext  # noqa: PLC0415 - imported on use: a second that nothing else needs
    from celery.bin.worker import worker  # noqa: PLC0415

    context = CLIContext(app=app, no_color=True, workdir=None, quiet=True)
    sys.exit(worker.main(sys.argv[1:], "celery worker", standalone_mode=False, obj=context))


def main() -> None:
    """Run a private worker."""
    run_worker(__getattr__("app"))


def __getattr__(name: str) -> Celery:
    """Return `app`, made on first access: importing this module needs no broker."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = made = exit_with_message(lambda: serve(read_environment()))
    return made
