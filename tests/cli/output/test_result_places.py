"""Where a result may go, by the real command: through a process, to a device, and from a folder that has gone."""

import json
import os
import shutil
import subprocess

import pytest

SHORT = "compare serial -W noop -n 50 -r 1 -q"


@pytest.mark.long
def test_a_result_goes_through_a_process_of_the_shell_and_to_devices(shell, tmp_path):
    ended = shell(f"$crossover {SHORT} --csv >(cat > out.csv) --json /dev/stdout --markdown /dev/null; wait $!")
    assert ended.returncode == 0, ended.stderr
    assert len(json.loads(ended.stdout)["runs"]) == 1
    assert (tmp_path / "out.csv").read_text().startswith("result,kind")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (f"{SHORT} --csv out.csv > out.csv", "--csv and standard output would both be written to out.csv"),
        (
            "compare serial -W mine:run -i items.jsonl --csv items.jsonl",
            "--csv would replace items.jsonl, which is read",
        ),
        ("share value --csv fifo", "fifo is not a regular file but a named pipe; to write to a process"),
        (f"{SHORT} --json /dev/fd/0 </dev/null", "/dev/fd/0 cannot be written: it is closed, or open for reading only"),
        (f"{SHORT} --json - >&-", "--json cannot be written: standard output is closed"),
        (f"{SHORT} --json {'a' * 256}", "cannot be written: File name too long"),
    ],
)
def test_what_would_lose_something_is_refused_before_anything_runs(shell, mine, tmp_path, words, said):
    mine("def run(item): return item")
    os.mkfifo(tmp_path / "fifo")
    ended = shell(f"$crossover {words}")
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert (tmp_path / "items.jsonl").read_text().count("\n") == 5


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        SHORT,
        "scale queue -W noop -n 50 -r 1 -q -w 1",
        "share value-lock -n 50 -r 1 -q",
        "safety pipe --fault none -n 50 -q",
        "report ../base.json",
        "diff ../base.json ../new.json",
        "doctor",
    ],
)
def test_every_command_works_in_a_folder_that_was_removed(shell, measured, tmp_path, words):
    for name in ("base", "new"):
        (tmp_path / f"{name}.json").write_text(measured("compare", "serial", "-W", "noop", "-n", "50", "-r", "2"))
    words = words.replace("..", str(tmp_path))
    output = "" if words == "doctor" else f"--json {tmp_path}/out.json"
    ended = shell(f"mkdir gone; cd gone; rmdir ../gone; $crossover {words} {output}")
    assert ended.returncode == 0, ended.stderr
    assert not output or (tmp_path / "out.json").exists()
    assert "Traceback" not in ended.stderr
    if output:
        ended = shell(f"mkdir gone; cd gone; rmdir ../gone; $crossover {words} --json out.json")
        assert ended.returncode == 2
        assert "out.json cannot be written: the current folder has been removed" in ended.stderr


@pytest.mark.long
def test_a_result_whose_folder_is_removed_meanwhile_is_kept_elsewhere(crossover, mine, tmp_path):
    (tmp_path / "folder").mkdir()
    words = mine(f"import shutil\ndef run(item): shutil.rmtree({str(tmp_path / 'folder')!r}, True); return item")
    ended = crossover("compare", "serial", *words, "-r", "1", "-q", "--json", "folder/out.json")
    assert ended.returncode == 1
    (kept,) = (tmp_path / "state" / "crossover").glob("unsaved-*.json")
    assert len(json.loads(kept.read_text())["runs"]) == 1
    assert f"the result is in {kept} instead" in ended.stderr


@pytest.mark.long
def test_a_user_without_a_name_and_a_home_loses_nothing(shell, tmp_path):
    """In a name space of its own a process has a number that is in no list of users."""
    alone = "unshare --user --map-user=54321 --map-group=54321"
    if shutil.which("unshare") is None or subprocess.run([*alone.split(), "true"], check=False).returncode:
        pytest.skip("no name space of users can be made here")
    nameless = f"{alone} env -u HOME -u XDG_STATE_HOME $crossover"
    ended = shell(f"{nameless} safety pipe --fault none -n 50 -q && {nameless} doctor")
    assert ended.returncode == 0, ended.stderr
    assert "/.crossover-54321/safety-" in ended.stderr
    unwritable = "env HOME=/proc/none XDG_STATE_HOME=/proc/none $crossover safety --self-test -q"
    assert shell(f"{unwritable} --json {tmp_path}/{'a' * 255}").returncode == 0
    assert shell(unwritable).returncode == 0
