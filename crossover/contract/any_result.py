"""The results of all commands that measure."""

from __future__ import annotations

from crossover.contract.records import COMPARISON, SAFETY, SHARE
from crossover.contract.result import Result
from crossover.contract.safety_records import SafetyResult
from crossover.contract.share_records import ShareResult

AnyResult = Result | SafetyResult | ShareResult
KINDS: dict[str, type[AnyResult]] = {COMPARISON: Result, SAFETY: SafetyResult, SHARE: ShareResult}
"""What a result file calls its kind → the record that it is."""
