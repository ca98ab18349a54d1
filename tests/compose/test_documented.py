"""What docs/guides/containers.md and compose.yaml tell people to type, typed in a fresh clone."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from compose_project import ROOT, Project

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def clone(unique_name, tmp_path):
    """A clone with a name of its own, and `crossover` on the PATH; nothing of it may be left."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is no clone itself")
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    made = Project(f"{unique_name}-clone", folder)
    command = tmp_path / "crossover"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m crossover.cli.main "$@"\n')
    command.chmod(0o755)
    made.environment["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    made.environment.pop("CROSSOVER_USER")
    yield made
    made.down()


def test_the_documented_commands_do_what_is_said_of_them(clone):
    guide = (clone.folder / "docs" / "guides" / "containers.md").read_text()
    block = guide.partition("```sh\n")[2].partition("```")[0]
    typed = re.findall(r"^(\S.*?)(?:  |$)", block, re.MULTILINE)
    header = re.findall(
        r"^# ((?:docker|crossover) .*?)(?:  |$)", (clone.folder / "compose.yaml").read_text(), re.MULTILINE
    )
    assert len(typed) == 4
    assert sorted(header) == sorted(typed[1:])
    done = clone.shell("\n".join(typed))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Verdict") == 2
    report = clone.folder / "reports" / "compare.json"
    assert report.stat().st_uid == report.parent.stat().st_uid == os.getuid()
    assert not clone.shell("git status --porcelain").stdout


def test_faults_strike_inside_too_and_the_report_is_the_callers(clone):
    words = "queue redis-list --fault kill-worker-busy --fault kill-broker -s default -n 100 -q"
    done = clone.shell(f"make up && docker compose run --rm safety {words}")
    assert done.returncode == 0, done.stderr
    report = clone.folder / "reports" / "safety.json"
    assert report.stat().st_uid == os.getuid()
    found = json.loads(report.read_text())
    assert {run["transport"]: run["delivery"]["lost"] for run in found["runs"] if run["fault"] != "none"} == {
        "queue": 1,
        "redis-list": 1,
    }
    assert "was named by its URL; only private servers are killed or paused" in done.stderr
    clone.shell("make down")


def test_numbers_of_workers_are_tried_inside_too(clone):
    words = "queue celery+redis -W noop -n 200 -w 1,2 -r 1 -q"
    done = clone.shell(f"make up && docker compose run --rm scale {words}")
    assert done.returncode == 0, done.stderr
    found = json.loads((clone.folder / "reports" / "scale.json").read_text())
    assert [(run["transport"], run["workers"]) for run in found["runs"]] == [
        (name, workers) for name in ("queue", "celery+redis") for workers in (1, 2)
    ]
    assert [law["transport"] for law in found["laws"]] == ["queue", "celery+redis"]
    clone.shell("make down")


def test_make_up_and_down_leave_nothing_but_whose_the_reports_are(clone):
    for _ in range(2):
        done = clone.shell("make up && docker compose run --rm compare celery+rabbitmq -W noop -n 100 -r 1 -q")
        assert done.returncode == 0, done.stderr
    assert (clone.folder / ".env").read_text().split() == [f"CROSSOVER_USER={os.getuid()}:{os.getgid()}"]
    assert (clone.folder / "reports" / "compare.json").stat().st_uid == os.getuid()
    assert not clone.shell("git status --porcelain").stdout
    assert clone.left()
    clone.shell("make down")
    assert not clone.left()
