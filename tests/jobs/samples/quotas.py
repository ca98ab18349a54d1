"""A part of a core for each machine: control groups with a quota."""

from contextlib import suppress
from pathlib import Path

from waiting import eventually

CGROUPS_1, CGROUPS_2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds, as containers have it
PREFERRED = {"cpu.shares": "262144", "cpu.weight": "10000"}  # to other programs, which would take the quota away


class Quotas:
    """A control group for each namespace, whose processes may use a part of a core together.

    Args:
        cores: name of a namespace → cores; None: any number.
    """

    def __init__(self, cores):
        self._base = CGROUPS_1 if CGROUPS_1.is_dir() else CGROUPS_2
        self._groups = {name: self._base / name for name in cores}
        self._cores = cores

    def build(self):
        """Return why they cannot be made, or None."""
        try:
            for name, group in self._groups.items():
                group.mkdir()
                for file, value in {**self._limits(self._cores[name]), **PREFERRED}.items():
                    if (group / file).exists():
                        (group / file).write_text(value)
        except OSError as error:
            return f"control groups with a quota cannot be made here: {error}"
        group = next(iter(self._groups.values()))
        known = any((group / file).exists() for file in ("cpu.cfs_quota_us", "cpu.max"))
        return None if known else "control groups have no quota of CPU time here"

    def _limits(self, cores):
        if cores is None:
            return {}
        quota = round(cores * PERIOD)
        return {"cpu.cfs_period_us": str(PERIOD), "cpu.cfs_quota_us": str(quota), "cpu.max": f"{quota} {PERIOD}"}

    def on(self, name, command):
        """Return the command that runs a command on the machine of this name."""
        enter = f'echo $$ > {self._groups[name]}/cgroup.procs; exec nsenter --net=/run/netns/{name} "$@"'
        return ["sh", "-c", enter, "sh", *map(str, command)]

    def remove(self):
        """Remove the groups once their processes have ended."""
        for group in self._groups.values():
            with suppress(FileNotFoundError):
                assert eventually(lambda group=group: not (group / "cgroup.procs").read_text())
                group.rmdir()
