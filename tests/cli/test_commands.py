"""The commands that measure nothing."""

import subprocess
import sys

import pytest

from crossover import __version__
from crossover.contract.registry import TRANSPORTS

HEAVY = (
    "rich",
    "msgspec",
    "psutil",
    "numpy",
    "multiprocessing",
    "concurrent.futures",
    "asyncio",
    "redis",
    "pika",
    "celery",
)


def test_help_imports_nothing_heavy(environment, tmp_path):
    program = (
        "import sys, crossover.cli.main as main\n"
        "sys.argv = ['crossover', '--help']\n"
        "try: main.main()\n"
        f"finally: print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "compare" in ended.stdout
    assert ended.stderr.strip() == "[]"


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_names_every_command(crossover, word):
    ended = crossover(word)
    assert ended.returncode == 0
    assert all(f"\n  {command} " in ended.stdout for command in ("compare", "share", "report", "diff", "doctor"))


@pytest.mark.long
def test_the_help_of_a_command_names_its_options(crossover):
    ended = crossover("compare", "--help")
    assert ended.returncode == 0
    for option in ("--workload", "--input", "--tasks", "--workers", "--batch", "--rounds", "--json", "--time-limit"):
        assert option in ended.stdout


def test_the_version_is_printed(crossover):
    assert crossover("--version").stdout == f"crossover, version {__version__}\n"


@pytest.mark.long
def test_doctor_names_every_transport_and_the_python(crossover):
    ended = crossover("doctor")
    assert ended.returncode == 0
    assert not ended.stderr
    assert sys.version.split()[0] in ended.stdout
    lines = {line.split()[0]: line for line in ended.stdout.splitlines() if line and not line.startswith(" ")}
    assert all(name in lines for name in TRANSPORTS)
    assert lines["serial"].split()[1:] == ["yes", "fast,", "default"]
    assert {"redis", "rabbitmq", "memcached", "pika", "celery"} <= lines.keys()
