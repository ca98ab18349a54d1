"""Folders with names that shells and lists of folders would split."""

import json

import pytest


@pytest.mark.long
@pytest.mark.parametrize("name", ["two words", "line\nbreak", "Ünïcode", "a:b;c$HOME'\""])
def test_a_module_is_found_in_a_folder_of_any_name(crossover, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "there.py").write_text("class Found(dict):\n    pass\n\n\ndef run(item):\n    return Found(item=item)\n")
    (folder / "items.jsonl").write_text("1\n2\n")
    words = ["compare", "serial", "queue", "-W", "there:run", "-i", "items.jsonl", "-r", "1", "-q", "--json", "-"]
    done = crossover(*words, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert len({run["value_digest"] for run in json.loads(done.stdout)["runs"]}) == 1
