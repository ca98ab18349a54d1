"""safety, from the proof of the checker to what safety costs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from crossover.execution import interruption
from crossover.experiments.safety.costs import costs, planned
from crossover.experiments.safety.environments import FaultEnvironments
from crossover.experiments.safety.matrix import Matrix
from crossover.experiments.safety.planning import Prepared
from crossover.experiments.safety.self_test import CHECKS, self_test, sound
from crossover.progress.live_view import shown
from crossover.progress.watcher import Ahead
from crossover.results.safety import SafetyResult

COST_ROUNDS = 2  # of what safety costs


class SafetyExperiment:
    """Proves the checker, runs the matrix, measures what safety costs.

    Attributes:
        result: all there is so far.

    Args:
        result: empty, or what an interrupted invocation has left.
        prepared: what is to be done.
        destructive: host and port of servers given by URL that may be filled.
        save: called with the result whenever there is more.
        evidence: folder for what is written down about cells that differ.
    """

    def __init__(
        self,
        result: SafetyResult,
        prepared: Prepared,
        destructive: frozenset[str],
        save: Callable[[SafetyResult], None],
        evidence: Path,
    ) -> None:
        self.result = result
        self._prepared = prepared
        self._stages = FaultEnvironments(destructive)
        self._save = save
        self._evidence = evidence

    def execute(self, *, quiet: bool, only_test: bool) -> None:
        """Do what is to be done; nothing after a checker that does not find what was planted.

        Raises:
            KeyboardInterrupt: Ctrl-C.
        """
        checks = Ahead(len(CHECKS), title="1 of 3: the checker proves itself", what="checks", rows="planted", figure="")
        with shown(checks, quiet=quiet) as watcher:
            self._update(self_test=self_test(self._evidence, watcher, interruption.requested))
            watcher.close()
        if not sound(self.result.self_test) or only_test:
            return
        prepared = self._prepared
        matrix = Matrix(self.result, prepared.addresses, prepared.workload, self._stages, self._take, self._evidence)
        with shown(matrix.ahead, quiet=quiet) as watcher:
            matrix.execute(watcher)
            watcher.close()
        with shown(_costs_ahead(prepared), quiet=quiet) as watcher:
            self._update(costs=costs(self.result, prepared.addresses, watcher, COST_ROUNDS), finished=True)
            watcher.close()

    def _take(self, result: SafetyResult) -> None:
        self.result = result
        self._save(result)

    def _update(self, **changes: Any) -> None:
        self._take(msgspec.structs.replace(self.result, **changes))


def _costs_ahead(prepared: Prepared) -> Ahead:
    runs = planned(prepared.plan, prepared.addresses, COST_ROUNDS)
    return Ahead(runs, at_most=True, title="3 of 3: what safety costs")
