"""Programs that are started one by one, as on machines of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

DEADLINE = 20.0  # seconds that all of them may take


def outputs(module: str, *arguments: str, programs: int) -> list[str]:
    """Run a module as a program, several times at once, and return what each has printed.

    Args:
        module: its name.
        *arguments: of each program.
        programs: how many.

    Raises:
        subprocess.SubprocessError: one failed, or took too long.
    """
    path = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path)
    command = [sys.executable, "-m", module, *arguments]
    started = [_start(command, path) for _ in range(programs)]
    try:
        return [_output(one, command) for one in started]
    finally:
        for one in started:
            one.kill()
            one.communicate()


def _start(command: Sequence[str], path: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(
        command, cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8"
    )


def _output(program: subprocess.Popen[str], command: Sequence[str]) -> str:
    text, _ = program.communicate(timeout=DEADLINE)
    if program.returncode:
        raise subprocess.CalledProcessError(program.returncode, command)
    return text
