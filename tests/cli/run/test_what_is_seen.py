"""What a person sees of a job: nothing that is not asked for, a summary at the end, and a result that can be kept."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from waiting import PATIENCE, eventually

ROOT = Path(__file__).parents[3]
FAILS = "def run(x):\n    if x % 5 == 3: raise ValueError(f'no {x}')\n    return x\n"
SLEEPS = "import time\ndef run(x):\n    time.sleep(0.05)\n    return x\n"
JOB = ("run", "mine:run", "threads", "-w", "2", "-i", "items.jsonl", "-o", "values.jsonl")


@pytest.fixture
def done(mine, in_process):
    mine(FAILS, range(1, 21))
    return in_process(*JOB, "--failures", "bad.jsonl", "--json", "out.json", "--csv", "out.csv", "--html", "out.html")


def test_the_summary_is_on_standard_output_and_the_status_says_that_lines_failed(done):
    said = " ".join(done.stdout.split())
    assert said.startswith("4 lines failed. They are in bad.jsonl; to try them again: crossover run mine:run threads")
    assert "line 3: ValueError: no 3, and 3 more of this kind" in said
    assert "mine:run over threads, 2 workers: 16 lines done in" in said
    assert done.returncode == 1


def test_what_is_saved_is_shown_again_and_is_what_the_schema_says(done, result, in_process):
    (run,) = result()["runs"]
    assert (result()["kind"], run["done"], run["failed"], run["ending"]) == ("job", 16, 4, "finished")
    assert sum(run["lines_of"].values()) == 16
    again = in_process("report", "out.json")
    assert again.stdout == done.stdout
    schema = json.loads(in_process("report", "--schema").stdout)
    assert {*result()} <= {*schema["$defs"]["JobResult"]["properties"]}


def test_the_result_says_how_the_workers_of_a_job_start(mine, in_process, result):
    mine(FAILS)
    in_process("run", "mine:run", "pool", "-w", "1", "-i", "items.jsonl", "-o", "values.jsonl", "--json", "out.json")
    assert result()["host"]["start_method"] == "forkserver"


@pytest.mark.long
def test_a_table_and_a_page_are_written_too(done, tmp_path):
    heading, row = (tmp_path / "out.csv").read_text().splitlines()
    assert row.split(",")[heading.split(",").index("failed")] == "4"
    assert "Where the time went" in (tmp_path / "out.html").read_text()


def test_an_output_is_not_replaced_by_a_report(mine, in_process):
    mine(FAILS)
    refused = in_process(*JOB, "--json", "values.jsonl")
    assert (refused.returncode, "--json would replace values.jsonl" in refused.stderr) == (2, True)


def test_what_was_done_until_ctrl_c_is_saved_and_it_says_how_to_go_on(mine, begin, result, tmp_path):
    mine(SLEEPS, range(1000))
    process = begin(*JOB, "--json", "out.json")
    values = tmp_path / "values.jsonl"
    assert eventually(lambda: values.exists() and values.stat().st_size)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    (run,) = result()["runs"]
    assert run["ending"] == "interrupted"
    assert run["done"] == len(values.read_text().splitlines()) > 0
    assert "Go on with: crossover run mine:run threads" in " ".join((tmp_path / "stdout").read_text().split())


@pytest.mark.long
def test_prometheus_sees_what_is_done_and_what_failed(mine, begin, tmp_path):
    pytest.importorskip("prometheus_client")
    mine(SLEEPS.replace("return x", "return 1 / (x - 1)"), range(1, 1000))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = begin(*JOB, "--metrics", port)
    figures = {}

    def shown():
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = [line.split() for line in answer.read().decode().splitlines() if not line.startswith("#")]
            figures.update({name: float(value) for name, value in lines})
        return figures.get('crossover_lines_total{outcome="done"}', 0) > 0

    assert eventually(shown)
    assert figures['crossover_lines_total{outcome="failed"}'] == 1
    assert figures["crossover_lines_expected"] == 999
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130


def test_a_job_begins_before_what_shows_its_result_is_imported():
    code = (
        "import sys, crossover.cli.commands.run, crossover.cli.running.job; print({'rich', 'celery'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.long
def test_workers_import_nothing_of_the_command(crossover, functions, tmp_path, outcome):
    functions("""
        import sys

        def loaded(item):
            return [name for name in ("click", "rich", "crossover.cli.main") if name in sys.modules]
    """)
    (tmp_path / "in.jsonl").write_text("1\n")
    ended = crossover("run", "mine:loaded", "pool", "-i", "in.jsonl", "-o", "out.jsonl")
    assert ended.returncode == 0, ended.stderr
    assert outcome() == {1: []}
