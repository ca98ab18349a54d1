"""What tests give to executors: workers import it from here, in processes of their own and on other machines."""

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from logging.handlers import QueueHandler
from pathlib import Path

LONGEST = 30.0  # seconds that a call waits for its test, which has failed by then
set_up = "nothing"


def add(one, other=0):
    return one + other


def given(*arguments, **keywords):
    return arguments, keywords


def fail(text):
    raise ValueError(text)


def fail_after(path):
    wait_for(path)
    raise ValueError(str(path))


def wait_for(path):
    """Return when a file exists."""
    deadline = time.monotonic() + LONGEST
    while not Path(path).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(str(path))
        time.sleep(0.005)
    return str(path)


def leave(folder, number):
    """Create a file; return the number."""
    (Path(folder) / str(number)).touch()
    return number


def remember(word):
    global set_up  # noqa: PLW0603 - an initializer has no other place
    set_up = word


def remembered():
    return set_up


def cannot_begin():
    raise ValueError("this worker cannot begin")


def crash(*_):
    """End this process as a fault in a C extension does."""
    os.kill(os.getpid(), signal.SIGKILL)


def crash_the_first_time(path):
    """Kill the first worker that does this."""
    if not Path(path).exists():
        Path(path).touch()
        crash()
    return "done"


def leave_a_process_and_crash(path):
    """Leave a process that has all descriptors of this one, and writes its id to a file."""
    pid = os.fork()
    if not pid:
        time.sleep(LONGEST)
        os._exit(0)
    Path(path).write_text(str(pid))
    crash()


def leave_a_thread():
    """Leave a thread that this process would wait for at its end."""
    threading.Thread(target=time.sleep, args=(LONGEST,)).start()


def crash_after(path):
    wait_for(path)
    crash()


def leave_the_interpreter(*_):
    sys.exit(3)


def refuse(*_):
    raise pickle.PicklingError("this cannot travel")


class Weak:
    """A value to which there can be weak references."""

    def method(self):
        return None


def weak(_):
    return Weak()


class AtPickle:
    """Does something when it is pickled."""

    def __init__(self, does):
        self.does = does

    def __reduce__(self):
        return self.does()


class AtUnpickle:
    """Does something when it is unpickled."""

    def __init__(self, does):
        self.does = does

    def __reduce__(self):
        return self.does, ()


class TwoPartsError(Exception):
    """An exception that pickle cannot carry: it wants two arguments, and gives its base one."""

    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")


def raise_what_cannot_be_read():
    raise TwoPartsError("bread", "butter")


class FalseError(Exception):
    """An exception that is false."""

    def __bool__(self):
        return False


def raise_falsehood():
    raise FalseError


class PutsInto:
    """What a QueueHandler wants, over a SimpleQueue: the level and the text of what is logged."""

    def __init__(self, records):
        self.records = records

    def put_nowait(self, record):
        self.records.put((record.levelname, record.getMessage()))


def log_and_fail(records):
    if records is not None:
        logging.getLogger("concurrent.futures").addHandler(QueueHandler(PutsInto(records)))
    cannot_begin()


def raise_group():
    error = ExceptionGroup("both", [ValueError("one"), KeyError("other")])
    error.add_note("a note")
    raise error


def raise_this(kind, text):
    raise kind(text)


def raise_from():
    try:
        {}["first"]
    except KeyError as error:
        raise ValueError("second") from error


def raise_local():
    class LocalError(Exception):
        """Only this function has it."""

    raise LocalError("only here")


def say(seconds, word):
    time.sleep(seconds)
    print(word, flush=True)  # noqa: T201 - a test reads it


def start_and_wait(pid):
    """Start a process, write its id, and wait for it."""
    process = subprocess.Popen(["sleep", "600"])
    pid.write_text(str(process.pid))
    process.wait()
