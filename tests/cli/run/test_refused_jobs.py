"""What cannot be run is refused before anything runs, in one sentence, and nothing is written."""

import os
import threading

import pytest
from waiting import PATIENCE, eventually

from crossover.jobs.remote.transports import QUEUES


@pytest.fixture
def refused(in_process, functions, tmp_path):
    """Run a job that is refused; return what was said."""
    (tmp_path / "in.jsonl").write_text("1\n2\n")

    def attempt(*words, function="mine:same", transport="serial", source="in.jsonl", output="out.jsonl", **variables):
        before = {path.name for path in tmp_path.iterdir()}
        ended = in_process("run", function, transport, "-i", source, "-o", output, *words, **variables)
        assert ended.returncode == 2, ended.stderr
        assert "Traceback" not in ended.stderr
        assert {path.name for path in tmp_path.iterdir()} <= {*before, "__pycache__", f"{output}.job"}
        return ended.stderr

    return attempt


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("mine:sme", "mine has no 'sme' (did you mean 'same'?)"),
        ("min:same", "module 'min' cannot be imported"),
        ("mine", "mine is a module: name a function in it, as mine:same or read_input"),
        ("other.py:same", "'other.py:same' cannot be used: there is no file other.py"),
        ("nop", "there is no function 'nop' (did you mean 'noop'?); there are noop, power"),
    ],
)
def test_a_function_that_is_not_there(refused, function, message):
    assert message in refused(function=function)


def test_an_option_that_is_missing_is_named(in_process):
    ended = in_process("run", "mine:same", "pool", "-i", "in.jsonl")
    assert ended.returncode == 2
    assert "Missing option '-o' / '--output'." in ended.stderr


def test_a_transport_that_is_not_there(refused):
    assert "pol cannot run jobs (did you mean 'pool'?); allowed: serial, threads" in refused(transport="pol")
    said = refused(transport="multiprocessing")
    assert "multiprocessing cannot run jobs (did you mean 'queue', 'pipe' or 'pool'?); allowed: serial" in said


@pytest.mark.parametrize(("typed", "workers"), [("pool?worker=3", "3"), ("threads?start=fork", "N")])
def test_an_option_in_the_name_of_a_transport_of_one_machine(refused, typed, workers):
    name = typed.partition("?")[0]
    said = f"in a job {name} has no server and no options in its name, not {typed!r}: "
    assert f"{said}type {name}, and -w {workers} for the number of workers" in refused(transport=typed)


@pytest.mark.parametrize("transport", QUEUES)
def test_a_server_that_is_not_there(in_process, functions, tmp_path, transport):
    (tmp_path / "in.jsonl").write_text("1\n")
    ended = in_process("run", "mine:same", f"{transport}://127.0.0.1:9", "-i", "in.jsonl", "-o", "out.jsonl")
    assert ended.returncode == 69
    assert " at 127.0.0.1:9: connection refused" in ended.stderr.lower()
    assert "traceback" not in ended.stderr.lower()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--lines", "--rows"), "--lines and --rows exclude each other"),
        (("--retry-on", "OSError"), "--retry-on says after which errors a line is tried again: say how often, as "),
        (("--glob", "*.py"), "--glob chooses among the files of a folder, and -i in.jsonl is none"),
        (("--failures", "out.jsonl"), "-o and --failures would both write out.jsonl"),
        (("--failures", "in.jsonl"), "--failures in.jsonl is the input, in.jsonl: name another file"),
    ],
)
def test_options_that_do_not_go_together(refused, words, message):
    assert message in refused(*words)


def test_an_input_that_is_not_there(refused, tmp_path):
    assert "input none.jsonl cannot be read: No such file or directory" in refused(source="none.jsonl")
    (tmp_path / "empty").mkdir()
    assert "folder empty has no file in it, nor below it" in refused(source="empty")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("in.jsonl", "-o in.jsonl is the input, in.jsonl: name another file"),
        ("again.jsonl", "-o again.jsonl is the input, in.jsonl: name another file"),
        ("none/out.jsonl", "-o none/out.jsonl cannot be written: there is no folder none"),
        ("-", "-o - is not possible: a job reads again what it has written; allowed: a file"),
        ("pipe", "-o pipe is no regular file: a job reads again what it has written"),
        ("/dev/null", "-o /dev/null is no regular file"),
        ("/proc/out.jsonl", "/proc/out.jsonl cannot be written: "),
        ("mine.py", "mine.py exists, and crossover run has not written it: name another file, or --force"),
    ],
)
def test_an_output_that_cannot_be_written(refused, tmp_path, output, message):
    (tmp_path / "again.jsonl").symlink_to("in.jsonl")
    os.mkfifo(tmp_path / "pipe")
    assert message in refused(output=output)


def test_an_output_in_the_folder_that_is_read(refused, folder):
    assert "-o folder/out lies in the folder that is read, folder" in refused(source="folder", output="folder/out")


def test_an_output_that_may_not_be_written(refused, tmp_path):
    (tmp_path / "out.jsonl").touch(0o400)
    if os.access(tmp_path / "out.jsonl", os.W_OK):
        pytest.skip("this user may write everywhere")
    assert "out.jsonl cannot be written: Permission denied" in refused()


@pytest.mark.long
def test_a_disk_that_is_full_already(shell, functions, tmp_path):
    (tmp_path / "in.jsonl").write_text("1\n")
    ended = shell("ulimit -f 0; $crossover run mine:same serial -i in.jsonl -o out.jsonl")
    assert ended.returncode == 2
    assert "out.jsonl cannot be written: File too large" in ended.stderr


@pytest.fixture
def done(in_process, functions, tmp_path):
    """Do a job."""
    (tmp_path / "in.jsonl").write_text("1\n2\n")
    assert in_process("run", "mine:same", "serial", "-i", "in.jsonl", "-o", "out.jsonl").returncode == 0


@pytest.mark.usefixtures("done")
def test_another_job_is_not_written_into_an_output(refused, tmp_path, folder):
    said = "out.jsonl is of another job: "
    assert said + "it is of mine:same, not of mine:read_input" in refused(function="mine:read_input")
    assert said + "its input was read as json, not as text" in refused("--lines")
    assert said + "it has numbered lines, which --values changes" in refused("--values")
    (tmp_path / "other.jsonl").write_text("1\n3\n")
    assert said + "its input, in.jsonl, began in another way than other.jsonl" in refused(source="other.jsonl")
    (tmp_path / "in.jsonl").write_text("1\n2\n3\n")
    assert said + "its input, in.jsonl, began in another way than in.jsonl" in refused()
    assert (tmp_path / "out.jsonl").read_text().count("\n") == 2


@pytest.mark.usefixtures("done")
def test_another_job_may_replace_an_output_by_force(in_process, tmp_path, outcome):
    (tmp_path / "in.jsonl").write_text("3\n")
    assert in_process("run", "mine:same", "serial", "-i", "in.jsonl", "-o", "out.jsonl", "--force").returncode == 0
    assert outcome() == {1: 3}


def test_a_pipe_is_known_again_by_its_first_line(in_process, functions, tmp_path, outcome):
    os.mkfifo(pipe := tmp_path / "pipe")

    def run(content):
        writer = threading.Thread(target=pipe.write_bytes, args=(content,))
        writer.start()
        ended = in_process("run", "mine:same", "serial", "-i", "pipe", "-o", "out.jsonl")
        writer.join()
        return ended

    assert run(b"1\n2\n").returncode == 0
    assert run(b"1\n2\n3\n").returncode == 0
    assert outcome() == {1: 1, 2: 2, 3: 3}
    other = run(b"4\n2\n3\n4\n")
    assert other.returncode == 2
    assert "out.jsonl is of another job: its input, pipe, began in another way than pipe" in other.stderr


@pytest.mark.long
def test_two_commands_do_not_write_one_output(begin, in_process, functions, tmp_path):
    functions("""
        import pathlib, time

        def same(item):
            pathlib.Path("began").touch()
            while not pathlib.Path("end").exists():
                time.sleep(0.01)
    """)
    (tmp_path / "in.jsonl").write_text("1\n")
    words = ("run", "mine:same", "serial", "-i", "in.jsonl", "-o", "out.jsonl")
    first = begin(*words)
    assert eventually((tmp_path / "began").exists)
    second = in_process(*words)
    assert second.returncode == 2
    assert "another crossover run is writing out.jsonl: wait for its end, or name another -o" in second.stderr
    (tmp_path / "end").touch()
    assert first.wait(PATIENCE) == 0
