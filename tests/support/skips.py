"""Transports and private servers for tests: what this machine lacks is skipped; with CI=true it is a failure."""

import os
import shutil

import pytest

from brokers.servers.private import PrivateServer, private_server
from brokers.servers.registry import server_kind
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.traits import USABLE_HERE

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def create(url, safety=Safety.DEFAULT):
    """Return a transport, not yet started."""
    address = parse(url)
    need(address.why_not(USABLE_HERE))
    return address.create(Safety(safety))


def serve(kind, safety=Safety.DEFAULT):
    """Return a private server that belongs to one test alone, which must stop it."""
    need(server_kind(kind).install_hint())
    return PrivateServer(kind, Safety(safety))


def controllable(kind, safety=Safety.DEFAULT):
    """Return a private server that tests may kill, hold and spoil, as long as they leave it usable."""
    need(server_kind(kind).install_hint())
    server = private_server(kind, Safety(safety), "struck by faults")
    if server.down:  # the test before has failed
        server.restart()
    return server


def browser():
    """Return where a Chromium is."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    need(None if found else "there is no browser; the package is called chromium")
    return found


def need(reason):
    """Skip the test where there is a reason, or fail it where nothing may go untested."""
    if reason is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
