"""`crossover report`, and the faces that every command can give its result."""

import csv
import io
import json
import os
import subprocess
import sys

import jsonschema
import pytest

SHORT = ("-W", "noop", "-n", "200", "-r", "1")
COMMANDS = {
    "compare": ("compare", "serial", "queue", *SHORT),
    "rate": ("compare", "queue", "-W", "noop", "--rate", "500", "-n", "100", "-r", "1"),
    "scale": ("scale", "queue", "-w", "1,2", *SHORT),
    "safety": ("safety", "pipe", "--fault", "none", "-n", "100"),
    "share": ("share", "value", "value-lock", "-n", "500", "-r", "1"),
}
CHARTS = ("altair", "vl_convert", "jinja2", "numpy", "scipy", "pandas", "narwhals")


@pytest.mark.long
@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_result_is_shown_again_as_the_command_showed_it_and_in_every_other_form(tmp_path, words, in_process):
    done = in_process(*words, "-q", "--json", "r.json", "--csv", "r.csv", "--markdown", "r.md")
    assert done.returncode == 0
    again = in_process("report", "r.json")
    assert (again.returncode, again.stdout, again.stderr) == (0, done.stdout, "")
    for face in ("json", "csv", "markdown"):
        name = {"markdown": "r.md"}.get(face, f"r.{face}")
        assert in_process("report", "r.json", f"--{face}", "-").stdout == (tmp_path / name).read_text(), face
    data = json.loads((tmp_path / "r.json").read_text())
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text(), newline="")))
    assert len(rows) == len(data["runs"]) + len(data.get("probes", ()))
    schema = json.loads(in_process("report", "--schema").stdout)
    jsonschema.validate(data, schema)


@pytest.mark.long
def test_markdown_to_standard_output_is_markdown_alone(in_process, tmp_path):
    done = in_process(*COMMANDS["compare"], "-q", "--markdown", "-", "--json", "r.json")
    assert done.stdout.startswith("### noop: 200 tasks")
    assert done.stdout.endswith("--markdown - --json r.json`\n")
    assert (tmp_path / "r.json").exists()


@pytest.mark.long
def test_several_results_are_shown_under_their_names(in_process, measured, tmp_path):
    (tmp_path / "a.json").write_text(measured(*COMMANDS["share"]))
    (tmp_path / "b.json").write_text(measured(*COMMANDS["compare"]))
    shown = in_process("report", "a.json", "b.json").stdout
    assert shown.index("a.json:") < shown.index("shared counters") < shown.index("b.json:") < shown.index("noop: ")
    markdown = in_process("report", "a.json", "b.json", "--markdown", "-").stdout
    assert [line for line in markdown.splitlines() if line.startswith("## ")] == ["## a.json", "## b.json"]
    several = in_process("report", "a.json", "b.json", "--json", "-")
    assert several.returncode == 2
    assert "--json writes one result, and 2 are given" in several.stderr


def test_results_of_several_hosts_are_shown_and_that_is_said(tmp_path, in_process, measured):
    (tmp_path / "a.json").write_text(measured(*COMMANDS["share"]))
    data = json.loads((tmp_path / "a.json").read_text())
    data["host"]["cores"] = 512
    (tmp_path / "b.json").write_text(json.dumps(data))
    ended = in_process("report", "a.json", "b.json")
    assert ended.returncode == 0
    assert "a.json and b.json have different hosts or settings: cores: " in ended.stderr
    (tmp_path / "c.json").write_text(measured(*COMMANDS["compare"]))
    other = in_process("report", "c.json", "b.json")
    assert "b.json and c.json were not measured on the same host and brokers: cores: " in other.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("report", "r.json", "--html", "./r.json"), "--html would replace ./r.json, which is read"),
        (("diff", "r.json", "x.json", "--json", "x.json"), "--json would replace x.json, which is read"),
        (("diff", "r.json", "./r.json"), "BASE and NEW are the same file: r.json"),
        (
            ("report", "r.json", "--markdown", "x.svg", "--charts", "."),
            "--markdown and --charts would both write x.svg",
        ),
        (("report", "--schema", "--csv", "x.csv"), "--schema takes no result"),
    ],
)
def test_what_is_read_is_not_replaced_and_what_makes_no_sense_is_refused(tmp_path, words, why, in_process, measured):
    (tmp_path / "r.json").write_text(measured(*COMMANDS["share"]))
    before = (tmp_path / "r.json").read_text()
    (tmp_path / "x.json").write_text(before)
    ended = in_process(*words)
    assert ended.returncode == 2
    assert why in ended.stderr
    assert not ended.stdout
    assert (tmp_path / "r.json").read_text() == (tmp_path / "x.json").read_text() == before


@pytest.mark.long
def test_a_terminal_that_knows_ascii_only_is_shown_what_it_can_and_files_are_whole(
    crossover, tmp_path, in_process, measured
):
    (tmp_path / "r.json").write_text(measured(*COMMANDS["compare"]))
    shown = crossover("report", "r.json", PYTHONIOENCODING="ascii")
    assert shown.returncode == 0
    assert "serial" in shown.stdout
    assert (
        in_process("report", "r.json", "--markdown", "-").stdout
        == crossover("report", "r.json", "--markdown", "-", PYTHONIOENCODING="ascii").stdout
    )


@pytest.mark.long
def test_names_of_files_are_shown_as_a_terminal_can_take_them(crossover, tmp_path, measured):
    (tmp_path / "r.json").write_text(measured(*COMMANDS["share"]))
    strange = "\x1b[31mred\udcff.json"
    (tmp_path / strange).write_text((tmp_path / "r.json").read_text())
    for words in (("report", strange, "r.json", "--html", "page.html"), ("diff", strange, "r.json")):
        ended = crossover(*words)
        assert ended.returncode == 0
        assert "\x1b" not in ended.stdout
        assert "\\x1b[31mred\\udcff.json" in ended.stdout.replace("\n", "")


def test_files_get_the_rights_that_the_user_wants(tmp_path, in_process, measured):
    (tmp_path / "r.json").write_text(measured(*COMMANDS["share"]))
    (tmp_path / "r.csv").touch(0o600)
    before = os.umask(0o027)
    try:
        in_process("report", "r.json", "--csv", "r.csv", "--markdown", "r.md")
    finally:
        os.umask(before)
    assert (tmp_path / "r.csv").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "r.md").stat().st_mode & 0o777 == 0o640


@pytest.mark.long
def test_a_result_is_read_from_standard_input(crossover, measured):
    result = measured(*COMMANDS["share"])
    assert "value-lock" in crossover("report", "-", input=result).stdout
    empty = crossover("report", "-", input="")
    assert empty.returncode == 2
    assert "standard input is empty" in empty.stderr


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "r.json cannot be read: No such file or directory"),
        ("", "r.json is empty"),
        ('{"tool": "crossover 1", "runs": [', "r.json ends in the middle"),
        ("a: b", "r.json is not JSON"),
        ('{"results": [{"command": "sleep 1", "mean": 1.0}]}', "r.json is JSON, but no result of crossover"),
        ('{"tool": "crossover 1", "schema_version": 1, "kind": "difference"}', "a result of the kind 'difference'"),
        ('{"tool": "crossover 2.0", "schema_version": 2}', "has schema_version 2; this crossover reads 1"),
        ('{"tool": "crossover 1", "schema_version": 1}', "something is wrong with it: Object missing required field"),
    ],
)
def test_what_is_no_result_is_refused_with_a_sentence(tmp_path, content, why, in_process):
    if content is not None:
        (tmp_path / "r.json").write_text(content)
    ended = in_process("report", "r.json")
    assert ended.returncode == 2
    assert why in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not ended.stdout


@pytest.mark.long
def test_a_result_whose_parts_do_not_fit_together_is_refused_with_a_sentence(tmp_path, in_process, measured):
    (tmp_path / "r.json").write_text(measured(*COMMANDS["safety"]))
    data = json.loads((tmp_path / "r.json").read_text())
    data["plan"]["faults"] = ["earthquake"]
    (tmp_path / "r.json").write_text(json.dumps(data))
    ended = in_process("report", "r.json")
    assert ended.returncode == 2
    assert "r.json: its parts contradict each other" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.long
def test_a_result_of_a_command_that_was_killed_gets_its_conclusions(crossover, tmp_path, in_process):
    done = crossover(*COMMANDS["compare"], "-q", "--json", "r.json")
    data = json.loads((tmp_path / "r.json").read_text())
    data.update(summary=[], crossing=None)
    (tmp_path / "r.json").write_text(json.dumps(data))
    assert in_process("report", "r.json").stdout == done.stdout


def test_without_a_file_it_asks_for_one(in_process):
    ended = in_process("report")
    assert ended.returncode == 2
    assert "RESULT.json is missing" in ended.stderr


@pytest.mark.parametrize(
    ("formats", "why"),
    [
        (("--csv", "-", "--markdown", "-"), "--csv and --markdown would both be written to standard output"),
        (("--json", "x", "--csv", "./x"), "--json and --csv would both be written to ./x"),
        (("--csv", "nowhere/x"), "nowhere/x cannot be written: No such file or directory (folder nowhere)"),
        (("--markdown", "."), ". is a folder"),
    ],
)
@pytest.mark.parametrize("words", [("compare", "serial", "-W", "mine:run"), ("report", "r.json")])
def test_where_a_face_cannot_be_written_is_found_out_before(mine, tmp_path, words, formats, why, in_process):
    typed = mine("from pathlib import Path\ndef run(item): Path('it-ran').touch()")
    ended = in_process(*words[:2], *(typed if words[0] == "compare" else ()), *formats)
    assert ended.returncode == 2
    assert why in ended.stderr
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize("face", ["markdown", "csv"])
def test_markdown_and_csv_need_no_chart_library(environment, tmp_path, face, measured):
    (tmp_path / "r.json").write_text(measured(*COMMANDS["compare"]))
    program = (
        "import sys, crossover.cli.main as main\n"
        f"sys.argv = ['crossover', 'report', 'r.json', '--{face}', '-']\n"
        "try: main.main()\n"
        f"finally: print([name for name in {CHARTS} if name in sys.modules], file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "serial" in ended.stdout
    assert ended.stderr.strip() == "[]"
