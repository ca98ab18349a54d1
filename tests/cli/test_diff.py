"""`crossover diff`: two real results, and slowdowns that were planted in them."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def results(measured, tmp_path):
    """Measure; the figures are planted: rounds that differ by 1%, and the second time are times a factor."""

    def make(factor, **changes):
        text = measured("compare", "serial", "threads", "-W", "sleep", "-n", "50", "-w", "2", "-r", "5")
        for name, times in (("base.json", 1.0), ("new.json", factor)):
            data = json.loads(text)
            for run in data["runs"]:
                run["seconds"], run["cost"]["others_cpu_seconds"], run["warnings"] = 1.0, 0.0, []
                run["throughput"] = 1_000 * (1 + 0.01 * run["round"]) * (times if run["transport"] == "threads" else 1)
            (tmp_path / name).write_text(json.dumps(data))
        for part, change in changes.items():
            data[part].update(change)
        (tmp_path / "new.json").write_text(json.dumps(data))

    return make


@pytest.mark.long
def test_a_planted_slowdown_is_found_and_the_other_way_round_it_is_faster(in_process, results, tmp_path):
    results(0.8)
    slower = in_process(
        "diff", "base.json", "new.json", "--threshold", "5%", "--markdown", "diff.md", "--json", "diff.json"
    )
    assert slower.returncode == 99
    threads = json.loads((tmp_path / "diff.json").read_text())["changes"][1]
    assert (threads["case"], threads["change"], threads["breached"]) == ("threads", "slower", True)
    assert 0.14 < threads["low"] < threads["slower"] < threads["high"] < 0.26
    assert "Slower by more than 5%: threads." in slower.stdout
    assert "base.json → new.json" in slower.stdout.splitlines()[0]
    assert "Slower by more than 5%:** threads." in (tmp_path / "diff.md").read_text()
    faster = in_process("diff", "new.json", "base.json", "--threshold", "0.05")
    assert faster.returncode == 0
    assert "Faster: threads" in faster.stdout
    assert in_process("diff", "base.json", "new.json", "--threshold", "60%").returncode == 0
    alone = in_process("diff", "base.json", "new.json", "--threshold", "5%", "--markdown", "-")
    assert alone.returncode == 99
    assert alone.stdout == (tmp_path / "diff.md").read_text()


@pytest.mark.long
def test_a_report_of_both_says_the_same_first_and_takes_the_threshold_too(in_process, results, tmp_path):
    results(0.8)
    both = ("report", "base.json", "new.json")
    difference = in_process("diff", "base.json", "new.json").stdout
    assert in_process(*both).stdout.startswith(difference)
    assert in_process(*both).returncode == 0
    assert in_process(*both, "--threshold", "5%").returncode == 99
    assert in_process(*both, "--threshold", "60%").returncode == 0
    assert "## base.json → new.json" in in_process(*both, "--markdown", "-").stdout
    assert in_process(*both, "--html", "page.html", "--charts", ".").returncode == 0
    assert "base.json → new.json: slower by more than 10%?" in (tmp_path / "page.html").read_text()
    assert (tmp_path / "2-changes.svg").is_file()


@pytest.mark.long
def test_the_exit_status_holds_when_standard_output_is_closed(results, environment, tmp_path):
    results(0.8)
    for words in (("diff", "--threshold", "5%"), ("report", "--threshold", "5%")):
        command = [sys.executable, "-m", "crossover.cli.main", *words, "base.json", "new.json"]
        reader, writer = os.pipe()
        os.close(reader)
        ended = subprocess.run(
            command, cwd=tmp_path, env=environment, stdout=writer, stderr=subprocess.PIPE, check=False
        )
        os.close(writer)
        assert (ended.returncode, ended.stderr) == (99, b"")


def test_in_a_narrow_terminal_no_figure_is_cut_off(in_process, results):
    results(0.8)
    narrow = in_process("report", "new.json", COLUMNS="40").stdout
    assert narrow == in_process("report", "new.json", COLUMNS="80").stdout


def test_a_report_compares_only_results_that_are_alike(in_process, results):
    results(0.8, plan={"batch": 7})
    assert "→" not in in_process("report", "base.json", "new.json").stdout
    refused = in_process("report", "base.json", "new.json", "--threshold", "5%")
    assert refused.returncode == 2
    assert "batch: 1, now 7. crossover diff --force compares them" in refused.stderr
    alone = in_process("report", "base.json", "--threshold", "5%")
    assert alone.returncode == 2
    assert "--threshold compares with the first result, and only one is given" in alone.stderr


def test_the_same_twice_is_nothing_to_complain_about(in_process, results):
    results(1.0)
    ended = in_process("diff", "base.json", "new.json", "--threshold", "30%")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "No case is proven to be slower by more than 30%" in ended.stdout


def test_other_hosts_and_settings_are_refused_with_what_differs_unless_forced(in_process, results):
    results(1.0, host={"cpu": "another cpu"}, plan={"batch": 7})
    refused = in_process("diff", "base.json", "new.json")
    assert refused.returncode == 2
    assert "base.json and new.json have different hosts or settings: cpu: " in refused.stderr
    assert "now another cpu; batch: 1, now 7. crossover diff --force compares them" in refused.stderr
    assert not refused.stdout
    forced = in_process("diff", "base.json", "new.json", "--force", "--threshold", "60%")
    assert forced.returncode == 0
    assert "different: batch: 1, now 7" in forced.stdout


@pytest.mark.long
def test_what_cannot_be_compared_is_refused(in_process, tmp_path, measured):
    (tmp_path / "share.json").write_text(measured("share", "value", "-n", "500", "-r", "1"))
    (tmp_path / "serial.json").write_text(measured("compare", "serial", "-W", "noop", "-n", "9", "-r", "1"))
    (tmp_path / "queue.json").write_text(measured("compare", "queue", "-W", "noop", "-n", "9", "-r", "1"))
    (tmp_path / "cut.json").write_text((tmp_path / "serial.json").read_text()[:500])
    for words, why in (
        (
            ("share.json", "serial.json"),
            "share.json and serial.json cannot be compared: one is a share result, the other a comparison result",
        ),
        (("serial.json", "serial.json"), "BASE and NEW are the same file: serial.json"),
        (("serial.json", "queue.json"), "serial.json and queue.json have no case in common; there are serial, queue"),
        (("serial.json", "cut.json"), "cut.json ends in the middle"),
        (("serial.json", "none.json"), "none.json cannot be read"),
    ):
        ended = in_process("diff", *words)
        assert ended.returncode == 2
        assert why in ended.stderr


@pytest.mark.parametrize("threshold", ["10", "-1%", "1e-1", "100%", "ten", "", "nan", "1_0%", "10%%"])
def test_a_threshold_that_makes_no_sense_is_refused(in_process, threshold):
    ended = in_process("diff", "a.json", "b.json", f"--threshold={threshold}")
    assert ended.returncode == 2
    assert "is not possible; allowed: a fraction, as in 10% or 0.1" in ended.stderr
