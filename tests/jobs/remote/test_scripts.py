"""Own workers know the script that has made their executor: its functions, its classes, its modules."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE

ROOT = Path(__file__).parents[3]
SCRIPT = """
import dataclasses, os, sys
sys.path.insert(0, {root!r})
from crossover import Executor
import beside

word = "nothing"

@dataclasses.dataclass
class Order:
    number: int

class OrderError(Exception):
    pass

def double(order):
    if order.number < 0:
        raise OrderError("less than nothing")
    return Order(beside.twice(order.number))

def begin(new):
    global word
    word = new

def begun():
    return word

if __name__ == "__main__":
    with Executor({address!r}, 1, initializer=begin, initargs=("ready",)) as executor:
        print(executor.submit(double, Order(3)).result(60))
        print(repr(executor.submit(double, Order(-1)).exception(60)))
        print(executor.submit(begun).result(60))
"""
EXTERNAL = """
import sys
sys.path.insert(0, {root!r})
from crossover import Executor

def double(number):
    return 2 * number

if __name__ == "__main__":
    with Executor({address!r}, workers="external") as executor:
        print(executor.submit(double, 1).exception(60))
"""
BROKEN = """
import sys
sys.path.insert(0, {root!r})
from crossover import Executor

def begin():
    raise ValueError("this worker cannot begin")

if __name__ == "__main__":
    with Executor({address!r}, 1, initializer=begin) as executor:
        print(repr(executor.submit(abs, 1).exception(60)))
"""


@pytest.fixture
def run(tmp_path, address):
    """Return a function that runs a script, and returns its lines."""
    (tmp_path / "beside.py").write_text("def twice(number):\n    return 2 * number\n")

    def run(text):
        path = tmp_path / "script.py"
        path.write_text(text.format(root=str(ROOT), address=address))
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        ended = subprocess.run(
            [sys.executable, path], capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.splitlines(), ended.stderr

    return run


@pytest.mark.long
def test_functions_classes_and_exceptions_of_the_script_travel(run):
    assert run(SCRIPT) == (["Order(number=6)", "OrderError('less than nothing')", "ready"], "")


@pytest.mark.long
def test_an_external_worker_has_no_script(run):
    (line,), _ = run(EXTERNAL)
    assert "double is defined in the script itself, which a worker cannot import: move it to a module" in line


@pytest.mark.long
def test_an_initializer_that_fails_breaks_the_executor(run):
    (line,), said = run(BROKEN)
    assert "BrokerLostError" in line
    assert "this worker cannot begin" in line
    assert "Exception in initializer:" in said
