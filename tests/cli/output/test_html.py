"""A page and pictures of what was measured, besides the result and what the terminal shows."""

import json
import os
import subprocess
import sys

import pytest

KINDS = {".svg", ".png"}
SHORT = ["-W", "noop", "-n", "200", "-r", "1"]


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        ["compare", "serial", "queue", *SHORT],
        ["scale", "queue", "-W", "noop", "-n", "100", "-r", "1", "-w", "1,2"],
        ["share", "value-lock", "-n", "100", "-r", "1"],
        ["safety", "queue", "--fault", "none", "-s", "default", "-n", "50"],
    ],
    ids=lambda words: words[0],
)
def test_each_command_that_measures_writes_a_page(in_process, tmp_path, words):
    (tmp_path / "charts").mkdir()
    ended = in_process(*words, "--html", "report.html", "--charts", "charts", "--json", "out.json", "-q")
    assert ended.returncode == 0, ended.stderr
    assert {path.suffix for path in (tmp_path / "charts").iterdir()} == (KINDS if words[0] != "safety" else set())
    assert ("there is nothing to draw" in ended.stderr) == (words[0] == "safety")  # one cell has no costs to compare
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert f"crossover {words[0]}" in text
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["runs"]
    assert ended.stdout.strip()


@pytest.mark.long
def test_files_are_written_when_standard_output_is_closed(crossover, tmp_path, environment):
    crossover("compare", "serial", *SHORT, "--json", "r.json", "-q")
    command = [sys.executable, "-m", "crossover.cli.main", "report", "r.json", "--csv", "r.csv"]
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(command, cwd=tmp_path, env=environment, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert not ended.stderr
    assert "serial" in (tmp_path / "r.csv").read_text()


@pytest.mark.long
def test_a_page_on_standard_output_is_a_page_alone(in_process):
    ended = in_process("compare", "serial", *SHORT, "--html", "-")
    assert ended.returncode == 0
    assert ended.stdout.startswith("<!DOCTYPE html>")
    assert ended.stdout.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--html", "nowhere/report.html"], "nowhere"),
        (["--html", "."], "is a folder"),
        (["--html", "-", "--json", "-"], "--json and --html would both be written to standard output"),
        (["--html", "./one", "--json", "one"], "--json and --html would both be written to"),
        (["--charts", "file"], "file is not a folder, so charts cannot be written to it"),
        (["--charts", "-"], "- is not a folder"),
        (["--charts", "/proc"], "/proc cannot be written to"),
        (["--charts", "file/charts"], "file/charts cannot be written to: Not a directory"),
    ],
)
def test_a_page_that_cannot_be_written_is_refused_before_anything_runs(in_process, tmp_path, words, said):
    (tmp_path / "file").touch()
    ended = in_process("compare", "serial", *SHORT, *words)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert not ended.stdout


@pytest.mark.parametrize("face", ["--html", "--charts"])
def test_without_the_chart_library_it_says_what_to_install(crossover, tmp_path, face):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'altair' else find(name, *rest)\n"
    )
    ended = crossover(
        "compare",
        "serial",
        *SHORT,
        face,
        "report.html" if face == "--html" else ".",
        PYTHONPATH=f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}",
    )
    assert ended.returncode == 2
    assert f"{face} needs altair, which is not installed: pip install 'crossover-ipc[report]'" in ended.stderr
