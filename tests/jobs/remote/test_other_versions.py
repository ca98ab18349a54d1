"""A worker of another version - of Python, of our code, of the messages - refuses by name, and says what to do."""

import platform
import shutil
import time
from pathlib import Path

import pytest
from other_pythons import LIBRARIES, make_python
from waiting import PATIENCE, eventually

from crossover.jobs.errors import CallRefusedError

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]
OTHER = (
    "import platform\n\nplatform.python_version_tuple = lambda: ('3', '99', '1')\n"  # its libraries are those of ours
)
PYTHON = ".".join(platform.python_version_tuple()[:2])
ONE = pytest.mark.parametrize("transport", ["redis-stream"], indirect=True)  # the checks are the same over all
SAME = "install the same crossover on both sides"


@pytest.fixture
def clone(tmp_path):
    """A copy of our code, which a test changes."""
    clone = tmp_path / "clone"
    for package in ("crossover", "brokers", "local_ipc", "workloads"):
        shutil.copytree(ROOT / package, clone / package, ignore=shutil.ignore_patterns("__pycache__"))
    return clone


@pytest.fixture
def refused(clone, transport, address, make, start_worker, tmp_path):
    """Return what a call to a worker that runs the clone fails with; the worker's log says so, too."""

    def call(code=""):
        python = make_python(tmp_path / "python", paths=(clone, LIBRARIES), code=code)
        queue = "crossover" if transport.startswith("celery") else f"versions-{time.time_ns()}"
        elsewhere = () if queue == "crossover" else ("--queue", queue)
        start_worker("--allow", "math", "-w", "1", *elsewhere, python=python, PYTHONPATH="")
        executor = make(1, f"{address}{'&' if '?' in address else '?'}workers=external&queue={queue}")
        error = executor.submit(pow, 2, 3).exception(PATIENCE)
        log = tmp_path / "worker0.log"
        assert type(error) is CallRefusedError
        assert transport.startswith("celery") or eventually(lambda: "a call was refused: it " in log.read_text())
        return error

    return call


def test_of_another_python(refused, clone):
    error = refused(OTHER)
    assert f"it comes from Python {PYTHON}; " in str(error)
    assert "runs Python 3.99: use the same minor version on both sides" in str(error)


@ONE
def test_of_other_code(refused, clone):
    with (clone / "crossover" / "jobs" / "remote" / "signing.py").open("a") as changed:
        changed.write("# changed\n")
    error = refused()
    assert "it comes from crossover " in str(error)
    assert SAME in str(error)


@ONE
def test_of_another_message_format(refused, clone):
    envelope = clone / "crossover" / "jobs" / "remote" / "wire" / "envelope.py"
    envelope.write_text(envelope.read_text().replace("FORMAT = 2\n", "FORMAT = 3\n"))
    error = refused()
    assert "it has message format 2; " in str(error)
    assert f"reads format 3: {SAME}" in str(error)
