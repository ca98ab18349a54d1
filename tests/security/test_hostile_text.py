"""Text that comes from others - names, messages, versions - is shown, and neither obeyed nor run."""

import csv
import io
import re

import pytest
from rich.table import Table
from rich.text import Text
from sample_results import compared, judged, shared, struck

from crossover.cli import main
from crossover.cli.exit_status import write_message
from crossover.cli.outputs import Outputs
from crossover.cli.showing import show_results
from crossover.contract.text import readable
from crossover.report.formats.csv_rows import as_csv
from crossover.report.formats.places import place
from crossover.report.terminal.console import PipeSafeConsole
from crossover.results.records import Skipped

ATTACKS = {
    "title": "\x1b]0;owned\x07",
    "clear": "\x1b[2J\x1b[H",
    "C1": "\x9b31m\x9d0;owned\x9c",
    "link": "\x1b]8;;http://example.com\x1b\\click\x1b]8;;\x1b\\",
    "return": "lost 5\rlost 0",
    "backspace": "5\b0",
    "bell": "\a",
    "bidi": "\u202e0 tsol\u202c\u2066x\u2069",
    "surrogate": "\udc9b31m",
    "separator": "a\u2028b",
}
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
MARKUP = "[link=http://example.com]here[/link] [/nothing] [bold]"
attacks = pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)


def spoiled(text):
    result = compared(names=("queue", f"pipe{text}"))
    result.plan.command = ["compare", text]
    result.plan.workload = result.plan.input = f"mine:{text}"
    result.skipped = [Skipped(text, text)]
    result.host.brokers = result.host.packages = {text: text}
    result.host.cpu = text
    for run in result.runs:
        run.reasons = {text: 3}
        run.ending = text
    for one in result.summary:
        one.warnings = [text]
    return result


@pytest.mark.long
def test_every_form_of_a_report_escapes_what_a_terminal_would_obey(tmp_path, capsys):
    text = "".join(ATTACKS.values())
    (tmp_path / "charts").mkdir()
    results = {f"a{text}": spoiled(text), "b": judged(struck(transport=text, error=text)), "c": shared()}
    files = {form: tmp_path / form for form in ("csv", "markdown", "html")}
    places = {form: place(str(file)) for form, file in files.items()}
    assert show_results(results, Outputs(**places, charts=place(str(tmp_path / "charts"))))
    pictures = list((tmp_path / "charts").glob("*.svg"))
    assert pictures
    for written in (capsys.readouterr().out, *(file.read_text() for file in (*files.values(), *pictures))):
        found = OBEYED.findall(written)
        assert not found, found
    assert readable(text).replace("\\", "") in files["csv"].read_text().replace("\\", "")


@attacks
def test_whatever_is_printed_on_the_console_is_escaped(text):
    file = io.StringIO()
    console = PipeSafeConsole(file=file, width=200)
    table = Table.grid()
    table.add_row(text, MARKUP)
    console.print(text, Text(text), table, MARKUP)
    assert not OBEYED.findall(file.getvalue())
    assert file.getvalue().count(MARKUP) == 2


@attacks
def test_messages_and_mistakes_on_the_command_line_are_escaped(text, capsys, monkeypatch):
    write_message(f"there is no {text}")
    monkeypatch.setattr("sys.argv", ["crossover", "compare", f"--{text}"])
    assert main.run() == 2
    monkeypatch.setattr("sys.argv", ["crossover", text])
    assert main.run() == 2
    assert not OBEYED.findall(capsys.readouterr().err)


FORMULAS = ["=1+1", "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", " =1", "\n=1", "＝1+1", "=", "-"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text):
    rows = csv.reader(io.StringIO(as_csv([spoiled(text)]), newline=""))
    cells = [cell for row in rows for cell in row]
    shown = text.replace("\r", "\\r")  # not quoted by every csv module: it would begin a row
    assert f"'{shown}" in cells
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+@-＝") and cell and not is_number(cell)]


@pytest.mark.parametrize("text", ["-1", "+2.5e3", "-inf", "1-1", "a=b", "queue?start=spawn"])
def test_numbers_and_names_stay_as_they_are(text):
    result = compared()
    result.runs[0].workload = text
    rows = csv.reader(io.StringIO(as_csv([result]), newline=""))
    assert any(text in row for row in rows)


def is_number(text):
    try:
        return bool(float(text)) or True
    except ValueError:
        return False
