"""The template: a clean process, one for each command and interpreter, from which every producer process is forked.

It has imported crossover and the libraries of the transports, and never a module of the user's; it has one thread, no
terminal, and no open file but its own. So each run begins in the same state, whatever the runs before it did, and in a
few milliseconds, because nothing has to be imported again.

    command ── Fork, descriptors ──► template ── fork ──► producer process
            ◄── process id, exit code
            ◄── whatever they tell each other ─────────► (over a pair of sockets of their own)

The template ends when its command does; so do all processes that were forked from it (`be_killed_with_parent`),
and all that these have started, even where a task has detached them (`end_descendants`).
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import select
import signal
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import util
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, NoReturn

from crossover.recording.shared_files import name_semaphores
from crossover.workers.library_messages import TRACKER_IS_QUIET, ignore_library_warnings, silence_libraries
from crossover.workers.prints import print_lines_at_once
from crossover.workers.processes.parent_end import adopt_orphans, be_killed_with_parent
from crossover.workers.processes.process_tree import end_descendants
from crossover.workers.processes.python_process import HASH_SEED
from workloads.base import resolve

LARGEST_REQUEST = 2**16  # bytes
MOST_DESCRIPTORS = 8
UNKNOWN = "unknown"  # the reply where a process has not ended, or was not forked from this template


class Fork(NamedTuple):
    """A request for a new process.

    Attributes:
        target: the function that it runs, as "package.module:function"; called with its end of the pair of sockets, and
            with the other descriptors, in their order.
        modules: imported in the template before, so that it happens only once.
    """

    target: str
    modules: tuple[str, ...]


class ExitCodeOf(NamedTuple):
    """A question: how a process has ended that was forked before.

    Attributes:
        pid: its process id.
    """

    pid: int


class Surroundings(NamedTuple):
    """What a process takes over from the command, which may have changed since the template was started.

    Attributes:
        environment: its environment variables.
        import_path: its `sys.path`; empty where another interpreter runs it.
        folder: its current folder; empty where that has been removed.
    """

    environment: Mapping[str, str]
    import_path: Sequence[str]
    folder: str


def main() -> None:
    """Run as a program whose only argument is the descriptor of the socket to the command."""
    control = socket.socket(fileno=int(sys.argv.pop(1)))  # the user's module may read what is left: nothing
    sys.warnoptions.append(TRACKER_IS_QUIET)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # also in a new process, until `let_command_interrupt`
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    signal.signal(signal.SIGCHLD, _note_exits)  # so that processes that have ended do not stay
    adopt_orphans()
    silence_libraries()
    ignore_library_warnings()
    with suppress(BrokenPipeError, ConnectionResetError):  # the command has ended before it read a reply
        _serve(control)
    end_descendants()
    os._exit(0)


def _serve(control: socket.socket) -> None:
    """Do what the command requests, until it has ended."""
    while True:
        message, descriptors, *_ = socket.recv_fds(control, LARGEST_REQUEST, MOST_DESCRIPTORS)
        if not message:
            return
        request: Fork | ExitCodeOf = pickle.loads(message)
        if isinstance(request, ExitCodeOf):
            _note_exits()
            control.send(str(_exit_codes.get(request.pid, UNKNOWN)).encode())
            continue
        for module in request.modules:
            with suppress(Exception):  # the process that needs it reports why it cannot be imported
                importlib.import_module(module)
        gc.collect()
        gc.freeze()  # what is here stays: the collector must not write to pages that all processes share
        template = os.getpid()
        pid = _fork()
        if not pid:
            control.close()
            _begin(request.target, descriptors, template)
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(str(pid).encode())


_exit_codes: dict[int, int] = {}


def _note_exits(*_: Any) -> None:
    """Remove processes that have ended, and keep how: what was forked here, and what others have left."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            _exit_codes[found[0]] = os.waitstatus_to_exitcode(found[1])


def _fork() -> int:
    """Return what `os.fork` returns; where the system has no room for a process, the error number, negative."""
    try:
        return os.fork()
    except OSError as error:
        return -(error.errno or 1)


def _begin(target: str, descriptors: list[int], template: int) -> NoReturn:
    """Run the target in this new process, and end the process."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        be_killed_with_parent()
        adopt_orphans()
        if os.getppid() != template:
            os._exit(1)  # the template ended before the call above
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)  # by programs that the user's function starts
        output, socket_to_command, *others = descriptors
        os.dup2(output, 1)
        os.dup2(output, 2)
        print_lines_at_once()
        os.close(output)
        command = Connection(socket_to_command)
        name_semaphores()
        _take_on(command.recv())
        resolve(target)(command, *others)
        util._run_finalizers(0)  # type: ignore[attr-defined]  # noqa: SLF001 - semaphores are removed, as at a regular end
        status = 0
    except KeyboardInterrupt:
        pass  # the command wants no more of it
    except BaseException:
        with suppress(Exception):
            if not _has_closed(descriptors[1]):  # else it fails only because the command wants no more of it
                traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        with suppress(Exception):
            end_descendants()
        os._exit(status)  # a thread that is stuck in a library must not keep the process alive


def _has_closed(socket_to_command: int) -> bool:
    """Return whether the command has closed its end."""
    ends = select.poll()
    ends.register(socket_to_command, 0)  # POLLHUP and POLLNVAL are always reported
    return bool(ends.poll(0))


def _take_on(surroundings: Surroundings) -> None:
    """Make this process's surroundings those of the command; a folder that has been removed is left as it is."""
    hash_seed = os.environ.get(HASH_SEED)  # decided when the template started
    os.environ.clear()
    os.environ.update(surroundings.environment)
    if hash_seed is not None:
        os.environ[HASH_SEED] = hash_seed
    if surroundings.import_path:
        sys.path[:] = surroundings.import_path
    with suppress(OSError):
        os.chdir(surroundings.folder)


def let_command_interrupt() -> None:
    """Raise KeyboardInterrupt when the command sends SIGINT, or has already sent it: so it ends what blocks here."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def answer(connection: Connection) -> None:
    """Call the function that is requested, and send (True, its result) or (False, its exception); see `call`."""
    reference, arguments = connection.recv()
    reply: tuple[bool, Any]
    try:
        let_command_interrupt()
        reply = True, resolve(reference)(*arguments)
    except Exception as error:
        reply = False, error
    except KeyboardInterrupt:
        return
    connection.send(reply)
    with suppress(EOFError):
        connection.recv()  # the command looks for what the function has started, and kills this process
