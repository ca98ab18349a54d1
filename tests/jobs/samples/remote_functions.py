"""Functions and classes that tests send to workers: they are found by name."""

import dataclasses
import enum
import functools
import os
import signal
import time
from pathlib import Path


class Colour(enum.Enum):
    RED = "red"
    GREEN = (1, 2)


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass
class Point:
    x: float
    y: object = None


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    name: str
    parts: tuple = ()


class OwnError(Exception):
    def __init__(self, text, *, code):
        super().__init__(text)
        self.code = code

    def __reduce__(self):
        return _own_error, (self.args[0], self.code)


class SimpleError(ValueError):
    pass


def _own_error(text, code):
    return OwnError(text, code=code)


def same(value):
    return value


def fails(text):
    error = SimpleError(text)
    error.add_note("a note of the task")
    raise error


def fails_in_its_own_way(text):
    raise OwnError(text, code=7)


def fails_as_a_group():
    raise ExceptionGroup("several", [ValueError("one"), SimpleError("two")])


def exits():
    raise SystemExit(3)


def returns_a_function():
    return same


def dies():
    os.kill(os.getpid(), signal.SIGKILL)


def notes_and_waits(path, until):
    """Write a line to a file, and wait for another one."""
    with Path(path).open("a") as file:
        file.write("begun\n")
    deadline = time.monotonic() + 60
    while not Path(until).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return os.getpid()


class Counter:
    def __init__(self, start):
        self.start = start

    def up(self):
        return self.start + 1

    @staticmethod
    def two():
        return 2


@functools.lru_cache
def cached(number):
    return number * 2
