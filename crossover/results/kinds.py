"""The results of all commands that measure."""

from __future__ import annotations

from crossover.results.comparison import Result
from crossover.results.records import COMPARISON, SAFETY, SHARE
from crossover.results.safety import SafetyResult
from crossover.results.share import ShareResult

AnyResult = Result | SafetyResult | ShareResult
KINDS: dict[str, type[AnyResult]] = {COMPARISON: Result, SAFETY: SafetyResult, SHARE: ShareResult}
"""What a result file calls its kind → the record that it is."""
