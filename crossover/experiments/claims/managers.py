"""Claims about managers."""

from __future__ import annotations

import multiprocessing
import multiprocessing.managers
import pickle
import queue
import secrets
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from crossover.experiments.claims.claim import Finding, claim, joined, main, running
from crossover.results.claim_verdict import ClaimVerdict

PROCESSES, TURNS = 4, 100
DEADLINE = 20.0  # seconds for all of them
HOST = "127.0.0.1"
VISITOR = """
import os, sys
from multiprocessing.managers import BaseManager
BaseManager.register("notes")
key = sys.stdin.buffer.read()  # on the command line everybody could read it
board = BaseManager(("127.0.0.1", int(sys.argv[1])), authkey=key)
board.connect()
board.notes().put(f"{board.notes().get(timeout=10)}, says {os.getpid()}")
"""
_notes: queue.Queue[str] = queue.Queue()


def change(number: int, start: Any, shared: Mapping[str, Any], lock: Any) -> None:
    """Change what a manager holds, many times and in five ways, while other processes do the same."""
    start.wait(DEADLINE)
    for turn in range(TURNS):
        shared["list"].append(turn)
        shared["dict"][number, turn] = turn
        shared["counts"]["+="] += 1  # two calls: one reads, one writes
        with lock:
            shared["counts"]["+= in a lock"] += 1
        shared["counts"]["a list in the dict"].append(turn)  # changes a copy, which nobody writes back


@claim("manager-unsafe")
def manager_unsafe() -> Finding:
    """How many changes to the list and the dict of a manager are kept, of those that processes make at once?"""
    start, lock = multiprocessing.Barrier(PROCESSES), multiprocessing.Lock()
    with multiprocessing.Manager() as manager:
        counts: Any = manager.dict({"+=": 0, "+= in a lock": 0, "a list in the dict": []})
        shared: dict[str, Any] = {"list": manager.list(), "dict": manager.dict(), "counts": counts}
        arguments = (start, shared, lock)
        processes = [multiprocessing.Process(target=change, args=(one, *arguments)) for one in range(PROCESSES)]
        with running(*processes):
            ended = joined(processes, DEADLINE)
        kept = {
            "appended": len(shared["list"]),
            "stored": len(shared["dict"]),
            "counted": counts["+="],
            "counted_in_a_lock": counts["+= in a lock"],
            "nested": len(counts["a list in the dict"]),
        }
    changes = PROCESSES * TURNS
    facts = {"processes": PROCESSES, "changes": changes, **kept}
    if not ended:
        return Finding(ClaimVerdict.COULD_NOT_TELL, facts, f"its processes did not do their work within {DEADLINE:g} s")
    if min(kept["appended"], kept["stored"], kept["counted_in_a_lock"]) < changes:
        return Finding(ClaimVerdict.TRUE, facts)
    lost = min(kept["counted"], kept["nested"]) < changes
    return Finding(ClaimVerdict.MISLEADING if lost else ClaimVerdict.FALSE, facts)


def notes() -> queue.Queue[str]:
    """Return the queue of the process that this runs in, which is the manager's."""
    return _notes


class Board(multiprocessing.managers.BaseManager):
    """Serves a queue of notes."""


Board.register("notes", callable=notes)


def visit(port: int, key: bytes) -> str:
    """Start a Python that inherits nothing, and let it visit a manager; return how it ended."""
    command = [sys.executable, "-I", "-c", VISITOR, str(port)]
    ended = subprocess.run(command, input=key, stderr=subprocess.PIPE, timeout=DEADLINE, check=False)
    words = ended.stderr.decode(errors="replace").strip()
    return words.splitlines()[-1].partition(":")[0].rpartition(".")[2] if words else "OK"


def sending(shared: Any) -> str:
    """Return how it ends if something is sent to a process that is no child."""
    try:
        pickle.dumps(shared)
    except RuntimeError as error:
        return type(error).__name__
    return "OK"


@claim("ipc-one-machine")
def ipc_one_machine() -> Finding:
    """Can a process that was started separately use a Queue, a Lock, a Value, a manager that listens on TCP?"""
    shared = {"Queue": multiprocessing.Queue(), "Lock": multiprocessing.Lock(), "Value": multiprocessing.Value("i")}
    sent = {name: sending(one) for name, one in shared.items()}
    key = secrets.token_bytes(16)
    board: Any = Board((HOST, 0), authkey=key)  # port 0: any that is free
    with board:
        port = board.address[1]
        board.notes().put("hello")
        visitor = visit(port, key)
        note = board.notes().get(timeout=DEADLINE) if visitor == "OK" else ""
        stranger = visit(port, b"another key")
    facts = {"sent": sent, "port": port, "visitor": visitor, "note": note, "stranger": stranger}
    if "says" not in note:
        return Finding(ClaimVerdict.TRUE, facts)
    return Finding(ClaimVerdict.FALSE if "OK" in sent.values() else ClaimVerdict.BUT, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
