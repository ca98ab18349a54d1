"""One experiment about a claim, in a process of its own with a deadline."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from crossover.contract.errors import UnusableError
from crossover.contract.text import describe
from crossover.execution.template.forked_call import call
from crossover.experiments.claims.claim import Claim, Finding, find_claim
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimRun
from crossover.workers.processes.start_timeout import not_within, start_timeout


def check(claim: Claim, deadline: float, urls: Mapping[str, str], python: str = "") -> ClaimRun:
    """Run the experiment of a claim; whatever it started is gone afterwards.

    Args:
        claim: what to check.
        deadline: seconds after which it is ended; then it could not tell.
        urls: kind of server → URL, of those that it needs.
        python: path of the interpreter; empty: the one of this process.

    Raises:
        KeyboardInterrupt: the user has asked the command to stop.
    """
    began = time.monotonic()
    version = ""
    try:
        found, version = call(
            f"{check_here.__module__}:{check_here.__name__}",
            claim.theme,
            claim.name,
            dict(urls),
            within=deadline,
            modules=(check.__module__,),
            python=python,
        )
    except TimeoutError:
        found = _unknown(f"it had not ended after {deadline:g} s")
    except EOFError:
        found = _unknown("its process ended")
    except UnusableError:
        raise
    except Exception as error:
        found = _unknown(describe(error))
    return ClaimRun(
        claim=claim.name,
        theme=claim.theme,
        verdict=found.verdict,
        facts=dict(found.facts),
        seconds=time.monotonic() - began,
        reason=found.reason,
        code=claim.code,
        python=python,
        version=version,
    )


@cache
def lacking(python: str, *libraries: str) -> list[str]:
    """Return which libraries another interpreter lacks; it is asked once.

    Args:
        python: its path.
        libraries: names of modules.

    Raises:
        UnusableError: it could not say.
    """
    try:
        found: list[str] = call(
            f"{lacking_here.__module__}:{lacking_here.__name__}", libraries, within=start_timeout(), python=python
        )
    except EOFError:
        raise UnusableError(f"{python} ended before it could say what is in it") from None
    except TimeoutError:
        raise UnusableError(not_within(f"{python} did not say what is in it")) from None
    return found


def lacking_here(libraries: Sequence[str]) -> list[str]:
    """Return which libraries this interpreter lacks."""
    return [name for name in libraries if find_spec(name) is None]


def check_here(theme: str, name: str, urls: Mapping[str, str]) -> tuple[Finding, str]:
    """Run an experiment in this process; return what it finds, and what interpreter this is.

    Args:
        theme: of the claim.
        name: of the claim.
        urls: kind of server → URL.
    """
    os.environ.update({f"CROSSOVER_{kind.upper()}_URL": url for kind, url in urls.items()})
    return find_claim(theme, name).check(), version_here()


def version_here() -> str:
    """Return what this interpreter is, in words."""
    gil: Any = getattr(sys, "_is_gil_enabled", lambda: True)
    return f"{platform.python_implementation()} {platform.python_version()}{'' if gil() else ' free-threaded'}"


def _unknown(reason: str) -> Finding:
    return Finding(ClaimVerdict.COULD_NOT_TELL, {}, reason)
