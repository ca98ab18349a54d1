"""Whether `crossover run` does each line once when its command, a worker and the broker are killed in turn.

    python benchmarks/job_kills [TRANSPORT ...] [--lines N] [--kills N] [--seed N]

Each is killed with SIGKILL at a drawn moment, and the command is run again where it has ended. Some lines fail: these
belong into the file of failures. each_line_once.py, which knows nothing of crossover, checks the files.
After each kill, no process of the command may be left.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from brokers.servers.private import PrivateServer
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.workers.processes import start_timeout

ROOT = Path(__file__).parents[2]
CHECKER = Path(__file__).parent / "each_line_once.py"
SERVERS = {"redis-stream": "redis", "redis-list": "redis", "rabbitmq": "rabbitmq"}
MINE = """
import hashlib, os, pathlib

(pathlib.Path(__file__).parent / "pids" / str(os.getpid())).touch()

def digest(line):
    if int(line) % 997 == 0:
        raise ValueError(f"{line} is a multiple of 997")
    value = hashlib.sha256(line.encode()).hexdigest()
    for _ in range(100):
        hashlib.sha256(value.encode())
    return value
"""
GOES_ON_WITHIN = 100.0  # seconds, in which a server starts, or a command has a line to write
ENDS_WITHIN = 20.0  # seconds, in which everything ends whose command was killed


class Trial:
    """One job, killed again and again.

    Args:
        transport: by name.
        lines: of the input.
        folder: for its files.
        draw: draws moments.
    """

    def __init__(self, transport: str, lines: int, folder: Path, draw: random.Random) -> None:
        self.transport, self.lines, self.folder, self.draw = transport, lines, folder, draw
        self.server = PrivateServer(SERVERS[transport], Safety.DEFAULT) if transport in SERVERS else None
        self.runs = 0
        (folder / "pids").mkdir()
        (folder / "mine.py").write_text(MINE)
        (folder / "in.txt").write_text("".join(f"{number}\n" for number in range(1, lines + 1)))

    def run(self, kills: int) -> None:
        """Run the job to its end, with a number of kills on the way."""
        targets = itertools.cycle(["command", "worker", *(["broker"] if self.server else [])])
        moments = sorted(self.draw.uniform(0.02, 0.95) for _ in range(kills))
        command = self._begin()
        for moment, target in zip(moments, targets, strict=False):
            command = self._when(moment, command)
            self._kill(target, command)
            print(f"  {moment:4.0%} of the output: {target} killed", flush=True)
        while command.wait(600) not in {0, 1}:
            self._tell(command)
            command = self._begin()

    def stop(self) -> None:
        """Stop the server."""
        if self.server is not None:
            self.server.stop()

    def _begin(self) -> subprocess.Popen[bytes]:
        self.runs += 1
        variables = {server_kind(self.server.kind).variable: self.server.url} if self.server else {}
        words = [sys.executable, "-m", "crossover.cli.main", "run", "mine:digest", self.transport, "--lines"]
        words += ["-i", "in.txt", "-o", "out.jsonl", "--failures", "bad.jsonl", "-q", "-w", "2"]
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        with (self.folder / "messages").open("ab") as messages:
            environment = {**os.environ, **variables, "PYTHONPATH": path}
            return subprocess.Popen(words, cwd=self.folder, env=environment, stdout=messages, stderr=messages)

    def _when(self, part: float, command: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Wait until a part of the output is there; run the command again where it has ended before."""
        size, output = part * self.lines * 90, self.folder / "out.jsonl"  # bytes of a line
        until, before = time.monotonic() + GOES_ON_WITHIN, -1
        while (now := output.stat().st_size if output.exists() else 0) < size:
            if now > before:
                until, before = time.monotonic() + GOES_ON_WITHIN, now
            if command.poll() is not None:
                if command.returncode in {0, 1}:
                    return command
                self._tell(command)
                command = self._begin()
            if time.monotonic() > until:
                raise SystemExit(f"nothing goes on: {(self.folder / 'messages').read_text()[-2_000:]}")
            time.sleep(0.002)
        return command

    def _tell(self, command: subprocess.Popen[bytes]) -> None:
        """Say how a command has ended by itself; after a kill that is as it should be."""
        if command.returncode != -signal.SIGKILL:
            said = (self.folder / "messages").read_text(errors="replace").strip().splitlines()[-1:]
            print(f"  ended with status {command.returncode}, run again: {''.join(said)}", flush=True)

    def _kill(self, target: str, command: subprocess.Popen[bytes]) -> None:
        if target == "broker" and self.server is not None:
            self.server.kill()
            time.sleep(self.draw.uniform(0.0, 2.0))
            self.server.restart()
        elif target == "worker":
            workers = [one for one in self._family(command) if (self.folder / "pids" / str(one.pid)).exists()]
            if workers:
                with suppress(psutil.NoSuchProcess):
                    self.draw.choice(workers).kill()
        elif command.poll() is None:
            family = self._family(command)
            command.kill()
            command.wait()
            _, left = psutil.wait_procs(family, ENDS_WITHIN)
            if left:
                raise SystemExit(f"left behind: {left}")

    def _family(self, command: subprocess.Popen[bytes]) -> list[psutil.Process]:
        try:
            return psutil.Process(command.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []


def main() -> int:
    """Kill jobs over each transport; return 1 where a line was lost, doubled or wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("transports", nargs="*", default=["pool", "redis-stream", "rabbitmq"])
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - no secret
    asked = parser.parse_args()
    status = 0
    for transport in asked.transports:
        print(f"{transport}: {asked.lines:,} lines, {asked.kills} kills, seed {asked.seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="job-kills-") as made:
            folder = Path(made)
            draw = random.Random(f"{asked.seed} {transport}")  # noqa: S311 - no secret
            with start_timeout.allowing(GOES_ON_WITHIN):
                trial = Trial(transport, asked.lines, folder, draw)
            began = time.monotonic()
            try:
                trial.run(asked.kills)
            finally:
                trial.stop()
            check = [sys.executable, CHECKER, "in.txt", "out.jsonl", "bad.jsonl"]
            checked = subprocess.run(check, cwd=folder, check=False)
            words = "each line once" if checked.returncode == 0 else "NOT each line once"
            print(f"  {words}, in {trial.runs} runs and {time.monotonic() - began:.0f} s", flush=True)
            status |= checked.returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
