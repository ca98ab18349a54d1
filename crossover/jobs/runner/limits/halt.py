"""When too much fails for a job to go on."""

from __future__ import annotations

from typing import NamedTuple

from crossover.contract.text import counted
from crossover.jobs.runner.tally import Tally

AT_LEAST = 100  # lines that have ended, before a percentage says anything


class Halt(NamedTuple):
    """What the user has said.

    Attributes:
        lines: failed ones with which it stops; 0: see below.
        percent: of failed ones among those that have ended; 0: any number may fail.
    """

    lines: int = 0
    percent: float = 0.0

    def why(self, tally: Tally) -> str:
        """Return why nothing more should begin; "": nothing speaks against it.

        Args:
            tally: of this command: what failed before it is not counted.
        """
        failed, ended = tally.failed, tally.failed + tally.done
        if self.lines and failed >= self.lines:
            return f"{counted(failed, 'line has', 'lines have')} failed (--halt {self.lines})"
        if self.percent and ended >= AT_LEAST and failed * 100 >= self.percent * ended:
            return f"{failed:,} of {ended:,} lines have failed (--halt {self.percent:g}%)"
        return ""
