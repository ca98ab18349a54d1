"""The Celery application with calls of executors: `celery -A crossover.jobs.service.celery.app worker`.

It serves what brokers/celery/app.py serves, comparisons with external workers, and reads the same environment
variables. Calls may be of what CROSSOVER_ALLOW lists; with CROSSOVER_KEY, they must be signed.
"""

from __future__ import annotations

import logging
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, worker_process_init, worker_ready, worker_shutdown

from brokers.celery.app import exit_with_message, run_worker, serve
from brokers.celery.settings import CALL, EXTERNAL
from brokers.celery.workers.environment import WorkerEnvironment, read_environment
from brokers.external.allowlist import BUILT_IN, WORKLOADS
from brokers.messages import Refused
from brokers.servers.registry import server_kind
from crossover.contract.errors import UsageError
from crossover.contract.text import counted, describe
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.messages import decode_call
from crossover.jobs.remote.signing import signer_from_environment
from crossover.jobs.remote.values import Reader
from crossover.jobs.service.calls.entrance import Entrance
from crossover.jobs.service.calls.performer import Performer
from crossover.jobs.service.celery.answers import Answers
from crossover.jobs.service.celery.requests import CallRequest
from crossover.jobs.service.events import Events
from crossover.jobs.service.health import NoState, StateFile
from workloads.user_modules import search_user_folders

INITIAL, REASON = "CROSSOVER_INITIAL", "CROSSOVER_REASON"
"""Environment variables of an executor's own worker: the call that each process does first, in hexadecimal digits; and
the descriptor that takes why it cannot be done."""
STATE = "CROSSOVER_STATE"  # of one that was started by a command: the file in which it says that it lives


def serve_calls(environment: WorkerEnvironment) -> Celery:
    """Return the application of this worker.

    Raises:
        UsageError: everything is allowed to everybody, or an environment variable is wrong.
    """
    signer = signer_from_environment()
    allowed = AllowList(one for listed in environment.allow for one in (BUILT_IN if listed == WORKLOADS else (listed,)))
    if allowed.everything and not signer.key:
        raise UsageError("a worker that runs everything runs what any client of the broker sends: name modules")
    performer = Performer(allowed, f"the Celery worker on {os.uname().nodename}", signer)
    app = serve(environment)
    if environment.run != EXTERNAL:
        app.conf.worker_redirect_stdouts = False  # Celery: True; what calls print is the user's
    CallRequest.entrance = Entrance(signer, performer.worker, own=environment.run != EXTERNAL)

    @app.task(name=CALL, throws=(Refused,), Request=f"{CallRequest.__module__}:CallRequest")  # type: ignore[untyped-decorator]
    def call(message: bytes) -> bytes:
        """Do a call; return its outcome. Both are as crossover/jobs/remote/wire writes them."""
        return performer.do(message).outcome

    call.backend = Answers(app, performer)

    def begin(**_: Any) -> None:
        search_user_folders()
        if initial := os.environ.get(INITIAL):
            _begin_own_process(performer, bytes.fromhex(initial))

    worker_process_init.connect(begin, weak=False)
    if environment.run == EXTERNAL:
        _tell_that_it_serves(environment)
    return app


def _tell_that_it_serves(environment: WorkerEnvironment) -> None:
    """Say once that this worker is ready; with each heartbeat, every two seconds, write its state file."""
    kind = server_kind(environment.server)
    where = f"celery+{environment.server} at {kind.host_and_port(environment.url)}"
    path = os.environ.get(STATE)
    state = StateFile(Path(path)) if path else NoState()

    def tell(sender: Any = None, **_: Any) -> None:
        processes = sender.controller.concurrency
        who = counted(processes, "process runs", "processes run")
        sentence = f"ready: {who} {', '.join(environment.allow)} for {where} ({environment.safety})"
        Events().tell("ready", sentence)
        beat()

    def beat(**_: Any) -> None:
        with suppress(OSError):  # a full disk stops no work
            state.write(connected=True)  # there are no heartbeats while there is no connection

    worker_ready.connect(tell, weak=False)
    heartbeat_sent.connect(beat, weak=False)
    worker_shutdown.connect(lambda **_: state.remove(), weak=False)


def _begin_own_process(performer: Performer, initial: bytes) -> None:
    """Do a call first; where it fails, all of the executor's worker ends."""
    try:
        decode_call(initial, performer.signer, performer.worker).do(Reader(performer.allowed))
    except BaseException as error:
        logging.getLogger("concurrent.futures").critical("Exception in initializer:", exc_info=True)
        with suppress(OSError, ValueError):
            os.write(int(os.environ.get(REASON, "-1")), describe(error).encode())
        os.kill(os.getppid(), signal.SIGKILL)
        os._exit(1)


def main() -> None:
    """Run a worker that a command or an executor has started."""
    run_worker(__getattr__("app"))


def __getattr__(name: str) -> Celery:
    """Return `app`, made on first access: importing this module needs no broker."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = made = exit_with_message(lambda: serve_calls(read_environment()))
    return made
