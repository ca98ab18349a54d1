"""crossover safety: the self-test, the matrix, the throughput of each level."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from crossover.experiments.safety.fault_environments import FaultEnvironments
from crossover.experiments.safety.level_throughput import measure_levels, planned_runs
from crossover.experiments.safety.matrix import Matrix
from crossover.experiments.safety.planning import SafetySetup
from crossover.experiments.safety.self_test import CHECKS, passed, self_test
from crossover.progress.live_view import progress_view
from crossover.progress.progress import Schedule
from crossover.results.safety import SafetyResult
from crossover.workers import interruption

THROUGHPUT_ROUNDS = 2


class SafetyExperiment:
    """Tests the checker, runs the matrix, measures the throughput of each level.

    Attributes:
        result: the result so far.

    Args:
        result: empty, or that of an interrupted invocation.
        setup: what will be done.
        destructive: host and port of servers, named by the user, whose memory may be filled.
        save: called with the result whenever it changes.
        evidence: folder for the journals of cells whose symptoms are not the expected ones.
    """

    def __init__(
        self,
        result: SafetyResult,
        setup: SafetySetup,
        destructive: frozenset[str],
        save: Callable[[SafetyResult], None],
        evidence: Path,
    ) -> None:
        self.result = result
        self._setup = setup
        self._environments = FaultEnvironments(destructive)
        self._save = save
        self._evidence = evidence

    def execute(self, *, quiet: bool, only_self_test: bool) -> None:
        """Do everything; only the self-test where it fails, or where nothing else was requested.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        title = "1 of 3: self-test of the checker"
        checks = Schedule(len(CHECKS), title=title, unit="checks", row_heading="planted", figure_heading="")
        with progress_view(checks, quiet=quiet) as progress:
            self._update(self_test=self_test(self._evidence, progress, interruption.requested))
            progress.close()
        if not passed(self.result.self_test) or only_self_test:
            return
        setup = self._setup
        matrix = Matrix(self.result, setup.addresses, setup.workload, self._environments, self._take, self._evidence)
        with progress_view(matrix.schedule, quiet=quiet) as progress:
            matrix.execute(progress)
            progress.close()
        with progress_view(_throughput_schedule(setup), quiet=quiet) as progress:
            measured = measure_levels(self.result, setup.addresses, progress, THROUGHPUT_ROUNDS)
            self._update(costs=measured, finished=True)
            progress.close()

    def _take(self, result: SafetyResult) -> None:
        self.result = result
        self._save(result)

    def _update(self, **changes: Any) -> None:
        self._take(msgspec.structs.replace(self.result, **changes))


def _throughput_schedule(setup: SafetySetup) -> Schedule:
    runs = planned_runs(setup.plan, setup.addresses, THROUGHPUT_ROUNDS)
    return Schedule(runs, at_most=True, title="3 of 3: throughput of each level")
