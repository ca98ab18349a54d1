"""What an experiment says of a claim. Nothing but the standard library is imported: any Python can check a claim."""

from __future__ import annotations

from enum import StrEnum


class ClaimVerdict(StrEnum):
    """Whether what is said is true."""

    TRUE = "true"
    BUT = "true, but"  # there is a case that matters in which it is not
    MISLEADING = "misleading"  # the words may be right; who acts on them is hurt
    FALSE = "false"
    COULD_NOT_TELL = "could not tell"  # the experiment did not end, or what it needs was disturbed
