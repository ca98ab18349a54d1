"""The guide from a loop to two machines: its programs run as they stand, and print the same with every name."""

import os
import re
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from networks import network, redis_in
from skips import need
from waiting import PATIENCE, eventually

from brokers.servers.registry import server_kind
from crossover.jobs.executor import EXECUTORS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "from-a-loop-to-celery.md").read_text()
PROGRAMS = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", GUIDE, re.DOTALL))
PRINTED, READY = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
COMMANDS = re.findall(r"python count\.py ('?)([\w+?=-]+)\1", GUIDE)
NAMES = [name for _, name in COMMANDS if "external" not in name]


@pytest.fixture
def folder(tmp_path):
    for name, program in PROGRAMS.items():
        (tmp_path / name).write_text(program)
    return tmp_path


def printed(folder, *words, **variables):
    ended = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=folder,
        env=os.environ | variables,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def test_a_loop(folder):
    assert printed(folder, "loop.py") == PRINTED


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_another_name_prints_the_same(folder, name):
    need(server_kind("redis").install_hint() if "redis" in name else None)
    assert printed(folder, "count.py", name) == PRINTED


def test_every_name_is_one_of_an_executor():
    named = {name for line in re.findall(r"# or ([\w+, -]+)", GUIDE) for name in line.split(", ")}
    assert named | {*NAMES} <= EXECUTORS.keys()
    assert {"pool", "redis-stream", "celery+redis"} <= {*NAMES}


@pytest.mark.long
def test_two_machines(folder, tmp_path_factory):
    """Each machine is a network namespace with a worker; the broker has another one."""
    with ExitStack() as stack:
        machines = stack.enter_context(network())
        address, socket = stack.enter_context(redis_in(machines, tmp_path_factory.mktemp("broker")))
        for name in machines.workers:
            stack.callback(end, serve(name, address, folder))
        told = printed(folder, "count.py", "celery+redis?workers=external", CROSSOVER_REDIS_URL=socket)
        assert told == PRINTED


def serve(name, address, folder):
    """Start a worker in a namespace; return when it says that it is ready."""
    log, state = folder / f"{name}.log", str(folder / f"{name}.json")
    words = ["worker", "celery+redis", "--allow", "primes", "-w", "1", "--state", state]
    with log.open("w") as file:
        worker = subprocess.Popen(
            ["ip", "netns", "exec", name, sys.executable, "-m", "crossover", *words],
            stdout=file, stderr=file, cwd=folder,
            env=os.environ | {"CROSSOVER_REDIS_URL": address, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"},
        )  # fmt: skip
    assert eventually(lambda: "ready" in log.read_text() or worker.poll() is not None)
    assert READY.partition("2 processes")[0] in log.read_text(), log.read_text()
    return worker


def end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
