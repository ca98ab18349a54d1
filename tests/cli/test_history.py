"""`crossover diff` with many older results: folders as they are in practice, and what in them is no older result."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest

FIRST_DAY = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = (1000, 1020, 985, 1010, 990, 1005, 995, 1015)


@pytest.fixture
def history(measured, tmp_path):
    """A folder with a result of one day after the other, and the newest beside it; figures are planted."""
    text = measured("compare", "serial", "-W", "sleep", "-n", "20", "-w", "1", "-r", "5")
    (tmp_path / "history").mkdir()

    def save(name, day, figure, **changes):
        data = json.loads(text)
        data["started_at"] = (FIRST_DAY + timedelta(days=day)).isoformat()
        for run in data["runs"]:
            run["seconds"], run["cost"]["others_cpu_seconds"] = 1.0, 0.0
            run["throughput"] = figure * (1 + run["round"] / 1000)
            run["seconds"] += day
        for part, change in changes.items():
            data[part] = data[part] | change if isinstance(change, dict) else change
        (tmp_path / name).write_text(json.dumps(data))

    def make(newest, days=DAYS):
        for day, figure in enumerate(days):
            save(f"history/{9 - day}.json", day, figure)  # not in the order of their dates
        save("new.json", len(days), newest)
        return save

    return make


@pytest.mark.long
def test_a_slowdown_ends_with_99_and_one_less_than_the_threshold_with_0(in_process, history):
    history(700)
    slower = in_process("diff", "--history", "history", "new.json")
    assert (slower.returncode, slower.stderr) == (99, "")
    assert "8 older results → new.json: slower than their band by more than 10%?" in slower.stdout
    assert "Slower than the band by more than 10%: serial." in slower.stdout
    assert in_process("diff", "--history", "history", "new.json", "--threshold", "50%").returncode == 0


def test_files_that_are_named_are_the_same_as_a_folder(in_process, history, tmp_path):
    history(700)
    names = sorted(f"history/{path.name}" for path in (tmp_path / "history").iterdir())
    by_name = in_process("diff", *names, "new.json")
    assert by_name.returncode == 99
    assert by_name.stdout == in_process("diff", "--history", "history", "new.json").stdout
    half = in_process("diff", *names[:4], "--history", "history", "new.json")
    assert half.stdout == by_name.stdout


@pytest.mark.long
def test_every_form_shows_it(in_process, history, tmp_path):
    history(700)
    formats = [("json", "d.json"), ("csv", "d.csv"), ("markdown", "d.md"), ("html", "d.html"), ("charts", ".")]
    typed = [word for name, where in formats for word in (f"--{name}", where)]
    assert in_process("diff", "--history", "history", "new.json", *typed).returncode == 99
    found = json.loads((tmp_path / "d.json").read_text())
    (case,) = found["series"]
    assert (found["kind"], case["change"], case["breached"]) == ("difference", "slower", True)
    assert [point["value"] for point in case["points"]] == pytest.approx([1.003 * figure for figure in (*DAYS, 700)])
    rows = list(csv.DictReader((tmp_path / "d.csv").read_text().splitlines()))
    assert [row["point.role"] for row in rows] == ["counted"] * 8 + ["newest"]
    assert rows[0]["point.result"] == "history/9.json"
    assert "| serial | 702 | -" in (tmp_path / "d.md").read_text()
    page = (tmp_path / "d.html").read_text()
    assert "Each case over time" in page
    assert "the newest is slower than its band" in page
    assert "2026-09-03" in page
    assert (tmp_path / "series-1.svg").is_file()
    alone = in_process("diff", "--history", "history", "new.json", "--csv", "-")
    assert alone.stdout == (tmp_path / "d.csv").read_text()


@pytest.mark.long
def test_a_report_of_seven_results_begins_with_the_last_against_the_others(in_process, history, tmp_path):
    history(700)
    names = sorted((f"history/{path.name}" for path in (tmp_path / "history").iterdir()), reverse=True)
    shown = in_process("report", *names, "new.json", "--html", "page.html")
    assert shown.returncode == 0
    assert shown.stdout.startswith(in_process("diff", *names, "new.json").stdout)
    assert "the newest is slower than its band" in (tmp_path / "page.html").read_text()
    assert "older results" not in in_process("report", *names[:5], "new.json").stdout


@pytest.mark.long
def test_two_results_can_be_written_in_every_form_too(in_process, history, tmp_path):
    history(700)
    typed = ("--csv", "d.csv", "--html", "d.html", "--charts", ".")
    assert in_process("diff", "history/9.json", "new.json", *typed).returncode == 99
    (row,) = csv.DictReader((tmp_path / "d.csv").read_text().splitlines())
    assert (row["case"], row["change"], row["breached"]) == ("serial", "slower", "true")
    assert "history/9.json → new.json: slower by more than 10%?" in (tmp_path / "d.html").read_text()
    assert (tmp_path / "changes.svg").is_file()


def test_the_newest_may_lie_in_the_folder_and_no_result_counts_twice(in_process, history, tmp_path):
    history(700)
    history(700)("history/newest.json", len(DAYS), 700)
    (tmp_path / "history" / "copy.json").write_text(
        json.dumps(json.loads((tmp_path / "new.json").read_text()), indent=9)
    )
    (tmp_path / "history" / "link.json").symlink_to("9.json")
    (tmp_path / "history" / "again.json").write_bytes((tmp_path / "history" / "8.json").read_bytes())
    ended = in_process("diff", "history/8.json", "history/8.json", "--history", "history", "history/newest.json")
    assert ended.returncode == 99
    assert ended.stdout.startswith("8 older results → history/newest.json")
    said = " ".join(ended.stdout.split())
    assert "left out: 1 result (a copy of history/newest.json): history/copy.json." in said
    assert "left out: 1 result (a copy of history/8.json): history/again.json." in said


@pytest.mark.long
def test_what_is_no_older_result_of_its_own_kind_is_left_out_and_named(in_process, history, tmp_path, measured):
    save = history(1000)
    folder = tmp_path / "history"
    save("history/host-1.json", 2.1, 500, host={"cpu": "another cpu"})
    save("history/host-2.json", 3.2, 500, host={"cpu": "another cpu"})
    save("history/settings.json", 3.3, 500, plan={"batch": 7})
    save("history/later.json", 30, 500)
    save("history/future.json", 3.4, 500, schema_version=2)
    save("history/no-date.json", 3.5, 500, started_at="yesterday")
    save("history/kernel.json", 3.6, 1000, host={"kernel": "Linux 7.1"})
    (folder / "share.json").write_text(measured("share", "value", "-n", "500", "-r", "1"))
    (folder / "cut.json").write_text((folder / "9.json").read_text()[:500])
    (folder / "other.json").write_text('{"name": "a package"}')
    (folder / "empty.json").touch()
    (folder / "notes.txt").write_text("not read")
    (folder / "folder.json").mkdir()
    ended = in_process("diff", "--history", "history", "new.json")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("9 older results")
    said = " ".join(ended.stdout.split())
    for words in (
        "now another cpu",
        "left out: 1 result (batch: 7, now 1): history/settings.json.",
        "left out: 1 result (started after the newest): history/later.json.",
        "has schema_version 2; this crossover reads 1",
        "(does not say when it was started: started_at 'yesterday' is no date): history/no-date.json.",
        "left out: 1 result (a share result, not a comparison result): history/share.json.",
        "left out: 1 result (ends in the middle: it is only a part of a result): history/cut.json.",
        "history/other.json.",
        "history/empty.json.",
        "kernel: Linux 7.1, now",
    ):
        assert words in said.replace("cpu: another cpu, now", "now another cpu"), words
    assert "history/host-1.json, history/host-2.json" in said
    assert not any(name in said for name in ("notes.txt", "folder.json"))


@pytest.mark.parametrize("words", [("--history", "history"), ("other/1.json", "other/2.json")])
def test_results_of_which_none_is_of_its_own_kind_are_refused_unless_forced(in_process, history, tmp_path, words):
    save = history(1000, ())
    (tmp_path / "other").mkdir()
    for folder in ("history", "other"):
        for number in range(1, 9):
            save(f"{folder}/{number}.json", -number, 1000, host={"cpu": "another cpu"})
    refused = in_process("diff", *words, "new.json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "no older result is of the kind of new.json: " in refused.stderr
    assert "cpu: another cpu, now" in refused.stderr
    forced = in_process("diff", *words, "new.json", "--force")
    assert forced.returncode == 0
    assert "different: cpu: another cpu, now" in forced.stdout


@pytest.mark.long
def test_a_history_that_begins_says_how_many_are_needed(in_process, history):
    history(500, ())
    empty = in_process("diff", "--history", "history", "new.json")
    assert (empty.returncode, empty.stderr) == (0, "")
    assert "there are none; 6 more: serial." in " ".join(empty.stdout.split())
    history(500, DAYS[:2])
    two = in_process("diff", "--history", "history", "new.json", "--html", "page.html")
    assert two.returncode == 0
    assert "there are 2; 4 more: serial." in " ".join(two.stdout.split())


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("new.json",), "an older result is missing: crossover diff OLD.json NEW.json, or --history FOLDER"),
        (("--history", "none", "new.json"), "--history none cannot be read: No such file or directory"),
        (("--history", "new.json", "new.json"), "--history new.json is a file; it takes a folder"),
        (("history/9.json", "history/none.json", "new.json"), "history/none.json cannot be read"),
        (("history/9.json", "cut.json", "new.json"), "cut.json ends in the middle"),
        (("--history", "history", "new.json", "--json", "new.json"), "--json would replace new.json, which is read"),
        (
            ("--history", "history", "new.json", "--csv", "history/9.json"),
            "would replace history/9.json, which is read",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(in_process, history, tmp_path, words, why):
    history(1000)
    (tmp_path / "cut.json").write_text((tmp_path / "new.json").read_text()[:500])
    ended = in_process("diff", *words)
    assert ended.returncode == 2
    assert why in ended.stderr


def test_a_file_that_is_named_more_than_once_is_said_to_be(in_process, history, tmp_path):
    history(700)
    names = sorted(f"history/{path.name}" for path in (tmp_path / "history").iterdir())
    assert (
        f"left out: 1 result (named more than once): {names[0]}."
        in in_process("diff", *names, names[0], "new.json").stdout
    )
    alone = in_process("diff", "new.json", "new.json", "new.json")
    assert alone.returncode == 2
    assert "1 result (named more than once): new.json" in alone.stderr
    assert "named more than once is shown once" in in_process("report", "new.json", "new.json").stderr
