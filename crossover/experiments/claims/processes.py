"""Claims about processes."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from crossover.experiments.claims.claim import Finding, claim, main
from crossover.results.claim_verdict import ClaimVerdict

DEADLINE = 10.0  # seconds; nothing here takes so long
TRIES = 3
MEBIBYTE = 2**20
NICEST = 19  # the highest nice value
PATIENCE = 0.1  # seconds that a parent has to end, if it does not wait for its child

number = 1
held: list[bytes] = []


def tell_and_wait(connection: Connection) -> None:
    """Tell which process this is; end when the other side says so."""
    connection.send(os.getpid())
    connection.poll(DEADLINE)


class Teller(multiprocessing.Process):
    """A process made by a subclass: what it does is in its own `run`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection

    def run(self) -> None:
        """Run in the new process."""
        tell_and_wait(self.connection)


@claim("process-create")
def process_create() -> Finding:
    """Do a target and a subclass run in a process of their own, and can it be started, waited for and terminated?"""
    pids, alive, codes = {}, {}, {}
    for way in ("target", "subclass", "terminated"):
        here, there = multiprocessing.Pipe()
        process = Teller(there) if way == "subclass" else multiprocessing.Process(target=tell_and_wait, args=(there,))
        alive[way] = [process.is_alive()]
        process.start()
        pids[way] = here.recv() if here.poll(DEADLINE) else 0
        alive[way].append(process.is_alive())
        process.terminate() if way == "terminated" else here.send("end")
        process.join(DEADLINE)
        alive[way].append(process.is_alive())
        codes[way] = process.exitcode
        process.kill()  # nothing is left, whatever happened
    apart = len({os.getpid(), 0, *pids.values()}) == 2 + len(pids)
    lived = all(states == [False, True, False] for states in alive.values())
    ended = codes["target"] == codes["subclass"] == 0 and codes["terminated"] not in {0, None}
    facts = {"own": os.getpid(), "pids": pids, "alive": alive, "codes": codes}
    return Finding(ClaimVerdict.TRUE if apart and lived and ended else ClaimVerdict.FALSE, facts)


def work_until_told(connection: Connection) -> None:
    """Work until the other side says that it is enough, and say that it is done."""
    connection.send("begun")
    if connection.poll(DEADLINE):
        connection.send("done")


def be_parent(control: Connection, connection: Connection, daemon: bool) -> None:  # noqa: FBT001
    """Start a child, and return when told: what becomes of the child then is up to multiprocessing."""
    multiprocessing.Process(target=work_until_told, args=(connection,), daemon=daemon).start()
    control.poll(DEADLINE)


def is_gone(process: multiprocessing.Process, seconds: float) -> bool:
    """Return whether a process ends in time; `join` with a timeout would wait for the children of a forked one, too."""
    deadline = time.monotonic() + seconds
    while process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not process.is_alive()


def family(*, daemon: bool, killed: bool = False) -> tuple[bool, bool]:
    """Return whether a parent was still there while its child worked, and whether the child came to its end."""
    control, controlled = multiprocessing.Pipe()
    here, there = multiprocessing.Pipe()
    parent = multiprocessing.Process(target=be_parent, args=(controlled, there, daemon))
    parent.start()
    there.close()  # so that `here` notices when the child is gone
    begun = here.poll(DEADLINE) and here.recv() == "begun"
    if killed:
        parent.kill()
    else:
        control.send("return")
    waited = not is_gone(parent, DEADLINE if daemon else PATIENCE)
    try:
        here.send("enough")
        done = begun and here.poll(DEADLINE) and here.recv() == "done"
    except (EOFError, OSError):  # the child is gone
        done = False
    parent.join(DEADLINE)
    parent.kill()
    return waited, done


@claim("process-daemon")
def process_daemon() -> Finding:
    """What becomes of a normal child and of a daemon when their parent returns, and when it is killed?"""
    normal = [family(daemon=False) for _ in range(TRIES)]
    daemons = [family(daemon=True) for _ in range(TRIES)]
    orphans = [family(daemon=True, killed=True) for _ in range(TRIES)]
    facts = {
        "tries": TRIES,
        "waited": sum(waited and done for waited, done in normal),
        "ended": sum(not done for _, done in daemons),
        "outlived": sum(done for _, done in orphans),
    }
    if facts["waited"] < TRIES or facts["ended"] < TRIES:
        return Finding(ClaimVerdict.FALSE, facts)
    return Finding(ClaimVerdict.BUT if facts["outlived"] else ClaimVerdict.TRUE, facts)


def take_one(connection: Connection) -> None:
    """Take 1 from the global number, and tell what is left."""
    global number  # noqa: PLW0603 - the claim is about globals
    number -= 1
    connection.send(number)


@claim("process-isolated")
def process_isolated() -> Finding:
    """Does the parent see what a child does to a global, and does the child begin with what the parent had?"""
    global number  # noqa: PLW0603 - the claim is about globals
    children, parents = {}, {}
    for method in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context(method)
        here, there = context.Pipe(duplex=False)
        number = 100  # fork copies this; spawn and forkserver begin with the 1 that is written at the top
        process: Any = context.Process(target=take_one, args=(there,))  # type: ignore[attr-defined]
        process.start()
        children[method] = here.recv() if here.poll(DEADLINE) else None
        process.join(DEADLINE)
        process.kill()
        parents[method] = number
    facts = {"children": children, "parents": parents, "parent": min(parents.values())}
    if None in children.values():
        return Finding(ClaimVerdict.COULD_NOT_TELL, facts, "a child did not answer")
    return Finding(ClaimVerdict.TRUE if set(parents.values()) == {100} else ClaimVerdict.FALSE, facts)


def take_resources(connection: Connection) -> None:
    """Take memory, open a file, be content with less of the CPU; tell the nice value that this leads to."""
    held.append(bytes(MEBIBYTE))
    os.open(__file__, os.O_RDONLY)
    connection.send(os.nice(1))


def open_here() -> list[int]:
    """Return the descriptors with which this process has this file open."""
    links = list(Path("/proc/self/fd").iterdir())
    return [int(link.name) for link in links if link.exists() and link.samefile(__file__)]


@claim("process-resource-unit")
def process_resource_unit() -> Finding:
    """Whose are the memory, the open files and the share of the CPU that threads and processes take?"""
    facts: dict[str, int] = {"tries": TRIES, "nice": os.getpriority(os.PRIO_PROCESS, 0)}
    for kind, make in {"thread": threading.Thread, "process": multiprocessing.Process}.items():
        held.clear()
        for _ in range(TRIES):
            here, there = multiprocessing.Pipe(duplex=False)
            taker: Any = make(target=take_resources, args=(there,))
            taker.start()
            facts[f"{kind}_nice"] = here.recv() if here.poll(DEADLINE) else facts["nice"]
            taker.join(DEADLINE)
        facts[f"{kind}_memory"] = sum(map(len, held)) // MEBIBYTE
        facts[f"{kind}_files"] = len(open_here())
        for descriptor in open_here():
            os.close(descriptor)
    held.clear()
    facts["main_nice"] = os.getpriority(os.PRIO_PROCESS, 0)
    if facts["nice"] == NICEST:
        return Finding(ClaimVerdict.COULD_NOT_TELL, facts, f"this process has the nice value {NICEST} already")
    shared = facts["thread_memory"] == facts["thread_files"] == TRIES
    if not shared or facts["process_memory"] or facts["process_files"]:
        return Finding(ClaimVerdict.FALSE, facts)
    of_one_thread = facts["thread_nice"] > facts["main_nice"]  # a share of the CPU, which the main thread has not lost
    return Finding(ClaimVerdict.BUT if of_one_thread else ClaimVerdict.TRUE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
