"""The real command, in a folder of its own; whatever a test does with it, no process of it may be left."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import uuid
from contextlib import suppress
from pathlib import Path

import processes
import psutil
import pytest
from skips import need
from waiting import PATIENCE, eventually

from brokers.servers.private import private_server
from brokers.servers.registry import server_kind, server_kinds
from crossover.cli import main
from crossover.contract.safety import Safety
from workloads.user_modules import FOLDERS

COMMAND = [sys.executable, "-m", "crossover.cli.main"]
LOOKS = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE"}
NOT_INHERITED = {*LOOKS, *(kind.variable for kind in server_kinds()), "CI"}
MARK = "CROSSOVER_TEST"


@pytest.fixture
def temporary():
    """Where the command puts what is temporary; a short path, since sockets lie there."""
    with tempfile.TemporaryDirectory(prefix="test-") as made:
        yield Path(made)


@pytest.fixture
def environment(tmp_path, temporary):
    """Like ours, without what changes the looks, and with a mark that every process of the command inherits."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    before, mark = processes.pids(), uuid.uuid4().hex
    places = {"TMPDIR": str(temporary), "XDG_STATE_HOME": str(tmp_path / "state")}
    yield {**kept, **places, MARK: mark, "PYTHONDONTWRITEBYTECODE": "1"}
    eventually(lambda: not _family(before, mark, temporary))
    left = {pid: processes.command(pid) for pid in _family(before, mark, temporary)}
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert not left
    assert eventually(lambda: not list(temporary.glob("crossover-*"))), list(temporary.iterdir())


@pytest.fixture
def cleaning():
    """Wait until no other test leaves something in the folders that all share, or cleans them."""
    with Path(tempfile.gettempdir(), f"tests-of-cleaning-{os.getuid()}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def crossover(tmp_path, environment):
    """Run the command to its end; what it wrote is text."""

    def run(*words, input=None, cwd=tmp_path, timeout=PATIENCE, **variables):  # noqa: A002 - as subprocess.run says it
        return subprocess.run(
            [*COMMAND, *map(str, words)],
            cwd=cwd,
            input=input,
            env={**environment, **variables},
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def shell(tmp_path, environment):
    """Run a script of bash, in which $crossover is the command."""

    def run(script, *arguments, **variables):
        return subprocess.run(
            ["bash", "-c", script, "bash", *map(str, arguments)],
            cwd=tmp_path,
            env={**environment, "crossover": " ".join(COMMAND), **variables},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.fixture
def in_process(tmp_path, capfd):
    """Run the command in this process: what it says, saves and returns needs no process of its own to be seen.

    Its runs do have theirs (a template that all tests share forks them), and a private server serves all tests. A test
    of what happens to the command itself (signals, streams, what it leaves) takes `crossover`, or `begin`.
    """

    def run(*words, cwd=tmp_path, **variables):
        typed = list(map(str, words))
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        capfd.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(cwd)
            patch.syspath_prepend(cwd)
            patch.setenv(FOLDERS, "")  # so that it is as before afterwards, whatever the command sets
            for name in {*NOT_INHERITED, FOLDERS}:
                patch.delenv(name, raising=False)
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", [*COMMAND[2:], *typed])
            try:
                status = main.run()
            finally:
                signal.set_wakeup_fd(-1)
                for number, handler in handlers.items():
                    signal.signal(number, handler)
        sys.modules.pop("mine", None)  # the next test has another one
        return subprocess.CompletedProcess(typed, status, *capfd.readouterr())

    return run


@pytest.fixture
def begin(tmp_path, environment):
    """Start the command in a process group of its own, as a shell does, and come back."""
    begun = []

    def start(*words, **variables):
        with (tmp_path / "stdout").open("wb") as stdout, (tmp_path / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                [*COMMAND, *map(str, words)],
                cwd=tmp_path,
                env={**environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait(PATIENCE)


@pytest.fixture
def family(environment, temporary):
    """All living processes of the command, itself and its servers included."""
    before = processes.pids()

    def living():
        found = []
        for pid in _family(before, environment[MARK], temporary):
            with suppress(psutil.NoSuchProcess):
                found.append(psutil.Process(pid))
        return found

    return living


def _lasting(kind):
    need(server_kind(kind).install_hint())
    return private_server(kind, Safety.DEFAULT).url


@pytest.fixture
def redis_url():
    """A Redis that is not the command's own."""
    return _lasting("redis")


@pytest.fixture
def rabbitmq_url():
    """A RabbitMQ that is not the command's own."""
    return _lasting("rabbitmq")


@pytest.fixture(scope="session")
def measured(tmp_path_factory):
    """Measure once for all tests that only read the result; return the text of the result file."""
    folder = tmp_path_factory.mktemp("measured")
    found = {}

    def measure(*words):
        if words not in found:
            command = [*COMMAND, *words, "-q", "--json", "-"]
            kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
            found[words] = subprocess.check_output(
                command, cwd=folder, env=kept, stderr=subprocess.PIPE, encoding="utf-8", timeout=PATIENCE
            )
        return found[words]

    return measure


@pytest.fixture
def running_rabbitmq():
    """The variable that leads commands to a RabbitMQ that runs: one of their own takes them six seconds to start."""
    kind = server_kind("rabbitmq")
    return {} if kind.install_hint() else {kind.variable: private_server(kind.name, Safety.DEFAULT).url}


@pytest.fixture
def mine(tmp_path):
    """Write the module `mine` and a file of items beside it; return the words that run each item once."""

    def write(source, items=(1, 2, 3, 4, 5)):
        (tmp_path / "mine.py").write_text(textwrap.dedent(source))
        (tmp_path / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
        return "-W", "mine:run", "-i", "items.jsonl", "-n", str(len(items))

    return write


@pytest.fixture
def folder(tmp_path):
    """A folder with a few small files."""
    (made := tmp_path / "folder").mkdir()
    for number in range(5):
        (made / f"{number}.txt").write_text(f"file {number}\n" * 10 * number)
    return made


@pytest.fixture
def result(tmp_path):
    """Read a result file."""
    return lambda name="out.json": json.loads((tmp_path / name).read_text(encoding="utf-8"))


def _family(before, mark, folder):
    """Return the ids of processes that bear a mark; or work in a folder, as private servers do, which may hide it."""
    return [
        pid
        for pid in processes.pids() - before
        if (processes.is_marked(pid, MARK, mark) or processes.works_in(pid, folder)) and processes.is_running(pid)
    ]
