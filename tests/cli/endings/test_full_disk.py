"""A result that cannot be written in the middle: the runs go on, and a warning is printed."""

import os
import shutil
import subprocess

import pytest


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk with room for one small file."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.long
def test_a_full_disk_does_not_end_the_runs(crossover, tiny_disk):
    old = tiny_disk / "out.json"
    old.write_text("{}")
    ended = crossover("compare", "serial", "queue", "-W", "noop", "-n", "200", "-r", "4", "--json", old)
    assert ended.returncode == 1
    assert ended.stderr.count(f"{old} cannot be written: No space left on device; the runs go on") == 1
    assert "[14/14]" in ended.stderr
    assert "lost" in ended.stdout
    assert [file.name for file in tiny_disk.iterdir()] == ["out.json"]
    assert old.read_text() == "{}"


@pytest.mark.long
def test_a_full_disk_is_no_damage_without_a_result_file(crossover, tiny_disk):
    (tiny_disk / "filler").write_bytes(bytes(4096))
    assert crossover("compare", "serial", "-W", "noop", "-n", "200", "-r", "1", cwd=tiny_disk).returncode == 0
