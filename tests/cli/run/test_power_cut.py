"""A power cut: what the system has not written to the disk is gone. The same command goes on with what is there."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from waiting import PATIENCE, eventually

LINES = 6_000
CUTS = 2
CHECKER = Path(__file__).parents[3] / "benchmarks" / "job_kills" / "each_line_once.py"
MINE = """
import hashlib, time

def digest(line):
    time.sleep(0.001)
    if int(line) % 97 == 0:
        raise ValueError(line)
    return hashlib.sha256(line.encode()).hexdigest()
"""


@pytest.fixture
def disk(tmp_path):
    """Mount an image of a disk, whose journal of the file system is written seldom; return the folder."""
    if os.geteuid() != 0 or any(shutil.which(program) is None for program in ("mount", "mkfs.ext4")):
        pytest.skip("only root can mount an image of a disk, with mkfs.ext4")
    mounted = []

    def mount(image):
        folder = tmp_path / f"mounted-{len(mounted)}"
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-o", "loop,commit=300", image, folder], capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            pytest.skip(f"no image of a disk can be mounted here, it needs loop devices: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.long
def test_each_line_is_done_once_after_power_cuts(crossover, begin, disk, tmp_path):
    draw = random.Random(seed := random.randrange(10**6))
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "in.txt").write_text("".join(f"{number}\n" for number in range(1, LINES + 1)))
    image = tmp_path / "image-0"
    with image.open("wb") as file:
        file.truncate(2**25)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    folder = disk(image)
    for cut in range(1, CUTS + 1):
        process = begin("run", "mine:digest", "pool", *_files(folder))
        wanted = cut * LINES * 90 // (CUTS + 1)
        output = folder / "out.jsonl"
        assert eventually(lambda: output.exists() and output.stat().st_size > wanted)  # noqa: B023 - called at once
        time.sleep(draw.uniform(0, 0.5))
        after = tmp_path / f"image-{cut}"
        shutil.copyfile(image, after)  # what is in memory only is not in it
        process.kill()
        process.wait(PATIENCE)
        size = output.stat().st_size
        folder = disk(after)
        assert 0 < (folder / "out.jsonl").stat().st_size < size
    ended = crossover("run", "mine:digest", "pool", *_files(folder))
    assert ended.returncode == 1, ended.stderr
    files = [tmp_path / "in.txt", folder / "out.jsonl", folder / "bad.jsonl"]
    checked = subprocess.run([sys.executable, CHECKER, *files], capture_output=True, encoding="utf-8", check=False)
    assert (checked.returncode, checked.stdout) == (0, ""), f"seed {seed}"


def _files(folder):
    return ["-i", "in.txt", "--lines", "-o", folder / "out.jsonl", "--failures", folder / "bad.jsonl", "-w", "2"]
