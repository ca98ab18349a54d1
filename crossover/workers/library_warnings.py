"""What the transports' libraries warn of: it stays a warning, even where the user turns warnings into errors."""

from __future__ import annotations

import warnings

from crossover.workers.library_logs import LIBRARIES

THEIRS = rf"({'|'.join(LIBRARIES)})(\.|$)"


def spare_libraries() -> None:
    """Ignore warnings that libraries cause, whatever filters there are; to be called again where new ones are set.

    With PYTHONWARNINGS=error, or `warnings.simplefilter("error")` in the user's module, Celery would not start as root,
    and could not store a result: it calls a function of redis-py that is deprecated.
    """
    warnings.filterwarnings("ignore", module=THEIRS)
