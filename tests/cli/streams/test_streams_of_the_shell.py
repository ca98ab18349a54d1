"""Standard streams that are closed, full or not read to the end: no result is lost, and the status says what was."""

import json
import os

import pytest

SHORT = "-W noop -n 50 -r 1 -q"
SHOWN = "50 tasks"


@pytest.mark.long
@pytest.mark.parametrize(
    ("streams", "status", "said"),
    [
        (">&-", 1, "standard output is closed, so the result is not shown"),
        ("2>&-", 0, SHOWN),
        (">&- 2>&- <&-", 1, ""),
        (">/dev/full", 1, "standard output cannot be written: No space left on device"),
        ("2>/dev/full", 0, SHOWN),
        (">/dev/full 2>&1", 1, ""),
        ("1<>/dev/null 2<>/dev/null", 0, ""),
        ("</dev/null >read-only 1<read-only", 1, "standard output cannot be written: Bad file descriptor"),
    ],
)
def test_a_stream_that_cannot_be_written_takes_no_file_along(shell, tmp_path, streams, status, said):
    ended = shell(f"$crossover compare serial {SHORT} --json out.json --csv out.csv {streams}")
    assert ended.returncode == status, ended.stderr
    assert said in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(json.loads((tmp_path / "out.json").read_text())["runs"]) == 1
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") > 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("reader", "status"),
    [("| true", 0), ("| head -n 1", 0), ("--json - | true", 1), ("| (trap '' PIPE; head -c 1)", 0)],
)
def test_a_reader_that_stops_early_takes_no_file_along(shell, tmp_path, reader, status):
    ended = shell(f"$crossover compare serial {SHORT} --csv out.csv {reader}; exit ${{PIPESTATUS[0]}}")
    assert ended.returncode == status
    assert "Traceback" not in ended.stderr
    assert ("Broken pipe" in ended.stderr) == bool(status)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") > 1


@pytest.mark.long
def test_the_other_commands_say_too_that_nobody_sees_what_they_print(shell, measured, tmp_path):
    (tmp_path / "base.json").write_text(measured("compare", "serial", "-W", "noop", "-n", "50", "-r", "2"))
    (tmp_path / "new.json").write_text((tmp_path / "base.json").read_text())
    words = "report base.json --markdown out.md", "diff base.json new.json --markdown out.md", "doctor", "--help"
    for command in words:
        ended = shell(f"$crossover {command} >/dev/full")
        assert ended.returncode == 1, command
        assert ended.stderr.endswith("No space left on device\n"), command
        assert ended.stderr.count("\n") == 1, command
        (tmp_path / "out.md").unlink(missing_ok=command in {"doctor", "--help"})
    assert shell("$crossover report base.json --json - >&-").stderr.endswith("standard output is closed\n")
    assert shell("$crossover report - <&-").stderr == "crossover: standard input is closed\n"
    assert shell("$crossover compare nonsense 2>/dev/full").returncode == 2


def test_a_pipe_that_does_not_block_gets_everything(crossover, environment, tmp_path):
    """Another process that has the same pipe may have set this; here it is set in the command, before it starts."""
    (tmp_path / "sitecustomize.py").write_text("import os\nos.set_blocking(1, False)\n")
    path = os.pathsep.join([str(tmp_path), environment.get("PYTHONPATH", "")])
    ended = crossover("report", "--schema", PYTHONPATH=path)
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["$schema"]


@pytest.mark.long
@pytest.mark.parametrize(
    "before",
    [
        "import sys; sys.stdout = open('mine.log', 'w')",
        "import sys, io; sys.stdout = io.TextIOWrapper(sys.stdout.buffer, 'utf-8')",
        "import sys, io; sys.stdout = sys.stderr = io.StringIO()",
        "import sys; sys.stdout.close()",
        "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)",
        "import warnings; warnings.simplefilter('error')",
    ],
)
def test_what_was_done_to_the_streams_before_the_command_began_changes_nothing(
    shell, environment, measured, tmp_path, before
):
    (tmp_path / "base.json").write_text(measured("compare", "serial", "-W", "noop", "-n", "50", "-r", "2"))
    (tmp_path / "sitecustomize.py").write_text(before)
    path = os.pathsep.join([str(tmp_path), environment.get("PYTHONPATH", "")])
    script = f"$crossover compare serial {SHORT} --csv out.csv; $crossover report base.json --json - | true"
    ended = shell(f"{script}; exit ${{PIPESTATUS[0]}}", PYTHONPATH=path)
    if "stdout.close" not in before:
        assert SHOWN in ended.stdout
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 1
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") > 1


@pytest.mark.long
@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONWARNINGS": "error", "PYTHONUNBUFFERED": "1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "utf-16", "PYTHONDEVMODE": "1"},
    ],
)
def test_variables_of_python_lose_no_result(crossover, tmp_path, variables):
    ended = crossover("compare", "serial", "queue", *SHORT.split(), "--csv", "out.csv", "--json", "-", **variables)
    assert ended.returncode == 0, ended.stderr
    assert len(json.loads(ended.stdout)["runs"]) == 2
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") > 1
