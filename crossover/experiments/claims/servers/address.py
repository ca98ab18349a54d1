"""Where the servers are that an experiment needs."""

from __future__ import annotations

import os


class NoServerError(Exception):
    """An experiment runs alone, and is not told where the server is that it needs."""


def server_url(kind: str) -> str:
    """Return the URL of a server, which `crossover claims` has put into the environment.

    Args:
        kind: redis, memcached, rabbitmq.

    Raises:
        NoServerError: it is not there; the message says what to do.
    """
    variable = f"CROSSOVER_{kind.upper()}_URL"
    if not (url := os.environ.get(variable, "")):
        raise NoServerError(f"{variable} does not say where a server is; `crossover claims` starts one by itself")
    return url
