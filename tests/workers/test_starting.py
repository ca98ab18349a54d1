"""With what a process of ours starts: what it can import, its hash seed, its time to start, where it prints."""

import io
import json
import logging
import os
import subprocess
import sys
import warnings
from contextlib import contextmanager

import pytest

from crossover.workers import library_messages, prints
from crossover.workers.processes.python_process import environment, hash_seed, python_command
from crossover.workers.processes.start_timeout import DEFAULT, VARIABLE, allowing, not_within, start_timeout


@pytest.mark.parametrize(("typed", "seconds"), [(None, 60.0), ("2.5", 2.5), ("soon", 60.0), ("", 60.0)])
def test_a_start_may_take_a_minute_or_what_the_user_has_typed(monkeypatch, typed, seconds):
    monkeypatch.delenv(VARIABLE, raising=False)
    if typed is not None:
        monkeypatch.setenv(VARIABLE, typed)
    assert start_timeout() == seconds
    assert DEFAULT == 60.0


@pytest.mark.parametrize("before", [None, "7"])
def test_another_time_is_allowed_within_a_block_only(monkeypatch, before):
    monkeypatch.delenv(VARIABLE, raising=False)
    if before:
        monkeypatch.setenv(VARIABLE, before)
    with allowing(0.5):
        assert start_timeout() == 0.5
        assert not_within("it was not ready") == "it was not ready within 0.5 s; --start-timeout allows more"
        with allowing(None):
            assert start_timeout() == 0.5
        assert start_timeout() == 0.5
    assert os.environ.get(VARIABLE) == before


@pytest.mark.parametrize(("typed", "seed"), [(None, 0), ("17", 17), ("random", 0), ("", 0)])
def test_every_process_has_the_same_hash_seed(monkeypatch, typed, seed):
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    if typed is not None:
        monkeypatch.setenv("PYTHONHASHSEED", typed)
    assert hash_seed() == seed
    assert environment()["PYTHONHASHSEED"] == str(seed)


def test_a_process_takes_over_the_variables_but_no_folders_of_modules(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PYTHONHOME", "/home")
    monkeypatch.setenv("MINE", "1")
    ours, another = environment(), environment("/usr/bin/python")
    assert "PYTHONPATH" not in ours.keys() | another.keys()
    assert ours["MINE"] == another["MINE"] == "1"
    assert ours["PYTHONHOME"] == "/home"
    assert "PYTHONHOME" not in another  # it would not find its own library


def test_a_process_of_ours_imports_what_this_one_can_import_and_gets_its_arguments(tmp_path):
    for name in ("json.py", "crossover.py", "mirror.py"):
        (tmp_path / name).write_text("raise SystemExit('imported what lies in the current folder')")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "seeing.py").write_text("import sys\ndef see(): print(repr((sys.argv[1:], sys.path)))\n")
    sys.path.append(str(tmp_path / "mine"))
    sys.path.append("")  # the current folder
    try:
        command = python_command("seeing:see", "one", "two")
    finally:
        del sys.path[-2:]
    assert command[0] == sys.executable
    said = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True).stdout
    assert said.strip() == repr((["one", "two"], [*filter(None, sys.path), str(tmp_path / "mine")]))


def test_another_interpreter_searches_where_its_own_modules_are():
    command = python_command("module:function", "one", python="/opt/python")
    assert command[0] == "/opt/python"
    assert [json.loads(command[-2]), command[-1]] == [[], "one"]


@pytest.fixture
def loggers():
    """Give them back their levels."""
    before = {name: logging.getLogger(name).level for name in library_messages.LIBRARIES}
    parent = logging.getLogger("celery.task").parent
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger("celery.task").parent = parent


@pytest.mark.usefixtures("loggers")
def test_libraries_log_nothing_and_the_loggers_of_tasks_are_the_user_s():
    logging.getLogger("celery").setLevel(logging.INFO)
    library_messages.silence_libraries()
    for name in ("pika.channel", "kombu", "celery.app"):
        assert not logging.getLogger(name).isEnabledFor(logging.CRITICAL)
    root = logging.getLogger()
    assert logging.getLogger("celery.task.mine").getEffectiveLevel() == root.level


def test_only_what_libraries_warn_of_is_ignored():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        library_messages.ignore_library_warnings()
        for module in ("redis", "redis.client", "celery.app.base"):
            warnings.warn_explicit("old", DeprecationWarning, "file.py", 1, module)
        for module in ("mine", "redistribute", "my.redis"):
            with pytest.raises(DeprecationWarning):
                warnings.warn_explicit("old", DeprecationWarning, "file.py", 1, module)


@pytest.fixture
def streams(tmp_path, monkeypatch):
    """Return a block in which the streams of this process lead to files, and what is in these."""

    @contextmanager
    def elsewhere():
        kept = {number: os.dup(number) for number in (1, 2)}
        for number, name in ((1, "__stdout__"), (2, "__stderr__")):
            with (tmp_path / name).open("wb") as file:
                os.dup2(file.fileno(), number)
            monkeypatch.setattr(sys, name, io.TextIOWrapper(io.FileIO(number, "w", closefd=False)))
        yield
        for number, descriptor in kept.items():
            os.dup2(descriptor, number)
            os.close(descriptor)

    return elsewhere, lambda: [(tmp_path / name).read_text() for name in ("__stdout__", "__stderr__")]


def test_what_a_worker_prints_goes_to_standard_error_line_by_line(streams):
    elsewhere, printed = streams
    with elsewhere():
        print("before", end=" ", file=sys.__stdout__)
        prints.print_to(2)
        print("after", file=sys.__stdout__)
        os.write(1, b"of a program\n")
        print("warned", file=sys.__stderr__)
        assert printed() == ["before ", "after\nof a program\nwarned\n"]


def test_both_streams_can_lead_elsewhere(streams, tmp_path):
    elsewhere, printed = streams
    with elsewhere():
        with (tmp_path / "log").open("w") as log:
            prints.print_to(log.fileno(), (1, 2))
        print("out", file=sys.__stdout__)
        print("err", file=sys.__stderr__)
    assert (tmp_path / "log").read_text() == "out\nerr\n"
    assert printed() == ["", ""]


def test_a_stream_that_the_user_has_closed_stays_closed(streams, monkeypatch, tmp_path):
    elsewhere, printed = streams
    with elsewhere(), (tmp_path / "log").open("w") as log:
        monkeypatch.setattr(sys, "__stdout__", None)
        prints.print_to(log.fileno(), (1, 2))
        os.write(1, b"into the file that has its number")
        print("line", file=sys.__stderr__)
        assert printed() == ["into the file that has its number", ""]
    assert (tmp_path / "log").read_text() == "line\n"


def test_a_stream_that_a_function_has_closed_is_left_alone(streams):
    elsewhere, printed = streams
    with elsewhere():
        sys.__stdout__.close()
        prints.print_to(2)
        print("line", file=sys.__stderr__)
        assert printed() == ["", "line\n"]
