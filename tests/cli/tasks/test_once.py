"""--once: a function that cannot be repeated is called once for each item and transport, and never before."""

import pytest

NOTES = """
    import pathlib

    def run(item):
        with pathlib.Path("calls").open("a") as file:
            file.write(f"{item}\\n")
        return item
"""


@pytest.mark.long
def test_each_item_is_run_once_through_each_transport(in_process, mine, result, tmp_path):
    ended = in_process("compare", "queue", "threads", *mine(NOTES, range(30)), "--once", "--json", "out.json")
    assert ended.returncode == 0, ended.stderr
    calls = (tmp_path / "calls").read_text().split()
    assert sorted(map(int, calls)) == sorted([*range(30)] * 2)
    found = result()
    assert found["plan"]["once"]
    assert [run["delivery"]["completed"] for run in found["runs"]] == [30, 30]
    assert found.get("task") is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-r", "5"], "--once cannot be combined with -r/--rounds, which runs each item several times"),
        (["--rate", "auto"], "--once cannot be combined with --rate auto"),
        (["-n", "31"], "--once: -n/--tasks 31 is more than the 30 items, which would be run again"),
        (["queue"], "--once: queue was named twice, which would run each item twice through it"),
    ],
)
def test_what_would_run_an_item_again_is_refused(in_process, mine, tmp_path, words, sentence):
    ended = in_process("compare", "queue", *mine(NOTES, range(30)), "--once", *words)
    assert ended.returncode == 2
    assert sentence in " ".join(ended.stderr.split())
    assert not (tmp_path / "calls").exists()
