"""What a server says of itself when it is asked before the first run, and what follows for those who would use it."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.contract.traits import RunRequest


class ServerFacts:
    """What a server has said of itself. It is asked once per command; each transport is judged by the same answer.

    Attributes:
        description: version and important settings, in words.

    Args:
        description: as above.
    """

    def __init__(self, description: str) -> None:
        self.description = description

    def why_not(self, name: str, request: RunRequest) -> str | None:
        """Return why the server cannot be used as requested, or None where it can.

        Args:
            name: of the transport or shared state that would use it.
            request: at which level (None: at any), and with how many workers (0: not known yet).
        """
        return None

    def warnings(self, name: str, request: RunRequest) -> Sequence[str]:
        """Return what the user should know before it is used as requested, in sentences; arguments as for `why_not`."""
        return ()
