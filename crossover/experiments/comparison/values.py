"""Whether a task returns the same value in every run, where no check of the workload says which value is right."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from crossover.analysis.verdict import count_differing
from crossover.results.conclusions.findings import ValueComparison


class ValueRecord:
    """Compares the values of each run with those of all runs before it.

    The runs of a transport are compared with each other, too: then it can be told whether values change from run to
    run, or whether they are the same in all runs of each transport and differ between transports. The fingerprints of a
    transport are kept only where they are not those of the others.
    """

    def __init__(self) -> None:
        self._common = array("Q")  # per task, the first fingerprint of all runs; 0: no value yet
        self._differing = bytearray()  # per task, whether another run had another one
        self._equal: dict[str, int] = {}  # label → number of tasks, from the first on, whose values are the common ones
        self._own: dict[str, array[int]] = {}  # the other labels → per task, the first fingerprint of their runs
        self._changing: dict[str, None] = {}  # labels whose own runs differ

    def add(self, label: str, fingerprints: Sequence[int]) -> None:
        """Compare the values of a run.

        Args:
            label: of its transport.
            fingerprints: of the value of each task that was attempted; 0: it returned none.
        """
        values, both = array("Q", fingerprints), min(len(self._common), len(fingerprints))
        if label not in self._own and 0 not in values and values[:both] == self._common[:both]:
            self._equal[label] = max(len(values), self._equal.get(label, 0))
        else:
            own = self._own.setdefault(label, self._common[: self._equal.pop(label, 0)])
            if count_differing(values, own):
                self._changing[label] = None
            _fill(own, values)
            self._differing.extend(bytes(max(0, len(values) - len(self._differing))))
            for task, (here, there) in enumerate(zip(values, self._common, strict=False)):
                if here != there and here and there:
                    self._differing[task] = 1
        _fill(self._common, values)

    def comparison(self) -> ValueComparison:
        """Return the comparison of all runs so far."""
        alike: list[list[str]] = []
        for label in [*self._equal, *self._own]:
            if label not in self._changing:
                group = next((group for group in alike if self._agree(label, group[0])), None)
                alike.append([label]) if group is None else group.append(label)
        return ValueComparison(
            checked=False,
            tasks=len(self._common) - self._common.count(0),
            differing=sum(self._differing),
            changing=list(self._changing),
            alike=alike,
        )

    def _agree(self, label: str, other: str) -> bool:
        return not count_differing(self._values(label), self._values(other))

    def _values(self, label: str) -> array[int]:
        return self._own[label] if label in self._own else self._common[: self._equal[label]]


def _fill(first: array[int], values: array[int]) -> None:
    """Add the fingerprints of tasks that had no value yet."""
    if 0 in first:
        for task, value in enumerate(values[: len(first)]):
            first[task] = first[task] or value
    first.extend(values[len(first) :])
