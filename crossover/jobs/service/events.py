"""What a worker says: a sentence or a JSON object per line, on standard error."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from crossover.contract.text import masked, readable

QUIET = {"taken", "done"}  # of each call: only in lines that a program reads


class Events:
    """Writes one line for each event; from any thread.

    Args:
        as_json: whether each line is a JSON object: time (ISO 8601, UTC), event, and what belongs to it.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self._lock = threading.Lock()

    def tells(self, event: str) -> bool:
        """Return whether it writes such an event at all; where it does not, its facts need not be made."""
        return self._as_json or event not in QUIET

    def tell(self, event: str, sentence: str = "", **facts: Any) -> None:
        """Write an event.

        Args:
            event: its name, one word or several with an underscore.
            sentence: for people; empty: name and facts.
            facts: what belongs to it.
        """
        if self._as_json:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            if sentence:
                facts["message"] = sentence
            shown = {name: masked(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
            line = json.dumps({"time": now, "event": event, **shown}, default=str)
        elif not self.tells(event):
            return
        else:
            told = sentence or f"{event.replace('_', ' ')}: {', '.join(f'{name} {one}' for name, one in facts.items())}"
            line = f"crossover: {readable(masked(told))}"
        with self._lock, suppress(OSError, ValueError):  # a closed standard error stops no work
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - the one place that writes
