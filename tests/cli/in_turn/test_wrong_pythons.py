"""An interpreter that cannot run a transport is refused in one sentence, with what is wrong with it."""

import shutil
from pathlib import Path

import pytest
from other_pythons import LIBRARIES, OURS, libraries_without, make_python

import crossover
from crossover import __version__


@pytest.fixture
def refused(in_process, tmp_path):
    """Compare a transport under an interpreter that cannot run it; return the one sentence that was said."""

    def attempt(python, transport="queue", words=("-W", "noop")):
        url = f"{transport}?python={python}"
        ended = in_process("compare", "serial", url, *words, "-n", "5", "-r", "1", "--json", "out.json")
        assert ended.returncode == 69, ended
        assert not ended.stdout
        assert not (tmp_path / "out.json").exists()
        assert ended.stderr.count("\n") == 1, ended.stderr
        beginning = f"crossover: {url} cannot be used here: "
        assert ended.stderr.startswith(beginning), ended.stderr
        return ended.stderr.removeprefix(beginning).strip()

    return attempt


def program(path, text):
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_path_that_leads_to_no_interpreter(refused, tmp_path):
    missing = tmp_path / "missing"
    assert refused(missing) == f"there is no interpreter {missing}"
    assert refused("python-of-nobody") == "there is no interpreter python-of-nobody"
    closed = tmp_path / "closed"
    closed.write_text("")
    assert refused(closed) == f"{closed} is not executable"
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").touch()
    folder = tmp_path / "venv"
    assert refused(folder) == f"{folder} is a folder, not an interpreter (did you mean {folder}/bin/python?)"


def test_a_program_that_is_no_python(refused, tmp_path):
    silent = shutil.which("true")
    assert refused(silent) == f"{silent} is no Python: it does not run `{silent} -c PROGRAM`"
    broken = program(tmp_path / "broken", "#!/bin/sh\necho 'no library' >&2\nexit 3\n")
    assert refused(broken) == f"{broken} does not start as a Python: it exited with status 3: no library"
    garbage = program(tmp_path / "garbage", "\x7fELF, but not really")
    assert refused(garbage) == f"{garbage} cannot be run: Exec format error"


def test_a_python_that_crashes_when_it_starts(refused, tmp_path):
    python = make_python(tmp_path / "crashing", code="import os; os.abort()")
    assert refused(python) == f"{python} does not start as a Python: it was ended by SIGABRT"


def test_a_program_that_complains_of_our_program_is_not_quoted(refused):
    assert refused("/bin/ls") == "/bin/ls does not start as a Python: it exited with status 2"


def test_a_python_that_is_too_old(refused, tmp_path):
    code = "import sys; sys.version_info, sys.version = (3, 10, 13, 'final', 0), '3.10.13 (main)'"
    python = make_python(tmp_path / "old", code=code)
    assert refused(python) == f"{python} is Python 3.10.13; crossover needs 3.11 or newer"


def test_a_python_without_crossover_or_with_another_one(refused, tmp_path):
    python = make_python(tmp_path / "without", paths=[LIBRARIES.parent])
    said = refused(python)
    assert said.startswith(f"{python} lacks crossover (ModuleNotFoundError: No module named 'crossover'): ")
    assert said.endswith(f"{python} -m pip install {Path(crossover.__file__).parents[1]}")  # it is not published
    (tmp_path / "other" / "crossover").mkdir(parents=True)
    (tmp_path / "other" / "crossover" / "__init__.py").write_text("__version__ = '0.0.7'\n")
    python = make_python(tmp_path / "with_other", paths=[tmp_path / "other", LIBRARIES])
    assert refused(python).startswith(f"{python} has crossover 0.0.7, this is {__version__}: {python} -m pip install")


def test_a_python_with_other_code_of_the_same_version(refused, tmp_path):
    for package in ("brokers", "crossover", "local_ipc", "workloads"):
        shutil.copytree(OURS / package, tmp_path / "copy" / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "copy" / "workloads" / "noop.py").open("a") as file:
        file.write("# changed\n")
    python = make_python(tmp_path / "changed", paths=[tmp_path / "copy", LIBRARIES])
    said = refused(python)
    assert said.startswith(f"{python} has other code of crossover {__version__} (in {tmp_path / 'copy'}; this is ")


@pytest.mark.long
def test_a_python_without_the_client_library_of_a_transport(in_process, refused, tmp_path):
    libraries = libraries_without(tmp_path / "libraries", "pika")
    python = make_python(tmp_path / "without_pika", paths=[OURS, libraries])
    assert refused(python, "rabbitmq") == f"{python} lacks pika"
    ended = in_process("compare", f"queue?python={python}", "-W", "noop", "-n", "5", "-r", "1", "-q", "--full")
    assert ended.returncode == 0, ended
    assert "pika none" in ended.stdout


def test_a_python_that_cannot_import_the_function(refused, mine, tmp_path):
    words = mine("import sys\nassert 'venv-of-a-test' not in sys.prefix, 'not here'\n\ndef run(item): return item")
    python = make_python(tmp_path / "venv-of-a-test")
    assert refused(python, words=words) == "module 'mine' cannot be imported: AssertionError: not here"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("queue?python=", "queue: python cannot be ''; allowed: the path of a Python that has crossover"),
        ("queue?python=a&python=b", "queue?python=a&python=b: an option is given twice"),
        ("celery+redis?workers=external&python=a", "celery+redis: python is for own workers; external ones keep"),
    ],
)
def test_an_option_that_makes_no_sense(in_process, url, sentence):
    ended = in_process("compare", url, "-W", "noop")
    assert ended.returncode == 2
    assert sentence in ended.stderr
