"""Servers for the experiments that need them."""

import multiprocessing

import pytest
from skips import need

from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.experiments.claims.servers.in_server import KINDS


@pytest.fixture
def urls(monkeypatch):
    """Say where the private servers of this session are, as the command does; return kind → URL."""
    found = {}
    for kind in KINDS:
        need(server_kind(kind).install_hint())
        found[kind] = private_server(kind, Safety.DEFAULT).url
        monkeypatch.setenv(f"CROSSOVER_{kind.upper()}_URL", found[kind])
    return found


@pytest.fixture
def forked(monkeypatch):
    """Let processes begin as copies of this one, with what a test has planted."""
    monkeypatch.setattr(multiprocessing, "Process", multiprocessing.get_context("fork").Process)


@pytest.fixture
def children_have_what_is_planted():
    """Let processes inherit what a test has replaced."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method("fork", force=True)
    yield
    multiprocessing.set_start_method(before, force=True)
