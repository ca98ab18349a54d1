"""A password on the command line: every user of the machine can read it there."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit

from workloads.user_modules import restore_variables


def has_password(url: str) -> bool:
    """Return whether a URL has a password."""
    return urlsplit(url).password is not None


def begin_again(typed: str, instead: str, variable: str, url: str) -> None:
    """Replace this process with one that has the URL in its environment; returns if the URL is not in its command line.

    Args:
        typed: the word of the command line that has the password.
        instead: the word to write there.
        variable: the environment variable that takes the URL.
        url: of the server.
    """
    words = sys.orig_argv[1:]
    if typed not in words:
        return
    restore_variables()
    os.environ[variable] = url
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *(instead if word == typed else word for word in words)])  # noqa: S606
