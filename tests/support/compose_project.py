"""A compose project of the tests' own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


NOOP = ("-W", "noop", "-n", "400", "-r", "1")


PATIENCE = 500.0  # seconds for one command of docker


class Project:
    def __init__(self, name, folder=ROOT):
        self.name = name
        self.folder = folder
        self.environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": name,
            "CROSSOVER_USER": f"{os.getuid()}:{os.getgid()}",
            "BUILDKIT_PROGRESS": "quiet",
            "PYTHONPATH": str(folder),
        }

    def docker(self, *words, check=True):
        return subprocess.run(
            ["docker", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=check,
        )

    def compose(self, *words, check=True):
        done = self.docker("compose", *words, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done

    def shell(self, script, **variables):
        """Run a shell script in the project's folder."""
        return subprocess.run(
            ["bash", "-euc", script],
            cwd=self.folder,
            env={**self.environment, **variables},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    def crossover(self, *words, timeout=170):
        """The command on the host."""
        command = [sys.executable, "-m", "crossover.cli.main", *words]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    def compare(self, *words):
        """Compare through the project; return the status and the result."""
        done = self.crossover("compare", *words, "--compose", "--json", "-", "-q")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def begin(self, *words):
        """Start to compare through the project."""
        command = [sys.executable, "-m", "crossover.cli.main", "compare", *words, "--compose", "--json", "-", "-q"]
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE)

    def containers(self, service):
        lines = self.compose("ps", "--all", "--format", "json", service).stdout.splitlines()
        return [json.loads(line)["Name"] for line in lines]

    def left(self):
        """What docker still knows of the project."""
        label = f"label=com.docker.compose.project={self.name}"
        kinds = (("ps", "-aq"), ("volume", "ls", "-q"), ("network", "ls", "-q"))
        found = [name for kind in kinds for name in self.docker(*kind, "--filter", label).stdout.split()]
        return found + self.docker("images", "-q", f"{self.name}-*").stdout.split()

    def down(self):
        return self.compose("--profile", "*", "down", "--volumes", "--rmi", "local", "--timeout", "10", check=False)


def processes(project, name):
    """How many pool processes a Celery worker has."""
    lines = project.docker("top", name, "-eo", "pid,args").stdout.splitlines()
    return sum("celery" in line for line in lines) - 2  # its init, its main process
