"""What an exchange needs of the workers that an executor starts itself."""

from __future__ import annotations

from typing import Protocol


class Helpers(Protocol):
    """The workers that an executor has started itself."""

    @property
    def workers(self) -> int:
        """How many."""

    def start(self) -> None:
        """Start them."""

    def problem(self) -> str | None:
        """Return why they do nothing any more, or None."""

    def stop(self) -> None:
        """Let them finish what they have, and end."""

    def kill(self) -> None:
        """End them at once."""
