"""A kind of server is added with one class and one row, or by an installed distribution: everything else finds it."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from server_values import VALUES

from brokers.servers import address, compose, doctor, leftovers, registry
from brokers.servers.addresses.urls import SOCKET, Scheme
from brokers.servers.kind import ServerKind
from brokers.servers.launch import HOST, LaunchSpec, free_ports
from brokers.servers.private import PrivateServer
from brokers.servers.registry import kind_names, server_kind, server_kinds
from brokers.servers.warden.process_identity import ProcessState
from crossover.contract.errors import UnusableError, UsageError
from crossover.contract.safety import Safety
from crossover.contract.traits import USABLE_HERE, RunRequest
from crossover.workers.processes.python_process import environment

PROGRAM = """
import socketserver, sys

class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"toy " + open("toy.conf", "rb").read())

socketserver.TCPServer.allow_reuse_address = True
socketserver.TCPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
"""


class ToyKind(ServerKind):
    """A server that sends its version to everyone who connects."""

    name = "toy"
    title = "Toy"
    schemes: ClassVar = {"toy": Scheme(1234), "toys": Scheme(1235, tls=True), "unix": SOCKET}
    variable = "CROSSOVER_TOY_URL"
    package = "toy-server"
    library = "msgspec"  # there must be one
    client_settings: ClassVar = {"patience": 5}

    def program(self):
        return sys.executable

    def launch_spec(self, directory: Path, safety: Safety):
        (port,) = free_ports(1)
        command = [sys.executable, "-c", PROGRAM, str(port)]
        return LaunchSpec([command], f"toy://{HOST}:{port}", port, {"toy.conf": f"1.0 {safety}"}, {"TOY": "yes"})

    def inspect(self, url):
        if problem := self.url_problem(url):
            raise UnusableError(problem)
        try:
            with socket.create_connection((urlsplit(url).hostname, self.port(url)), 5) as line:
                return line.makefile().read()
        except OSError as error:
            raise UnusableError(f"no Toy at {self.host_and_port(url)}") from error

    def remove(self, url, run, names):
        return f"{', '.join(names)} of {run}"


@pytest.fixture
def row(monkeypatch):
    """The one row that a new kind needs."""
    monkeypatch.setitem(registry.SERVER_KINDS, "toy", f"{__name__}:ToyKind")
    monkeypatch.delenv("CROSSOVER_TOY_URL", raising=False)


@pytest.fixture
def state(tmp_path, monkeypatch):
    """Notes and folders of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture
def private(row, state):
    server = PrivateServer("toy", Safety.SAFE)
    yield server
    server.stop()


@pytest.mark.long
def test_a_private_server_of_a_new_kind_is_launched_controlled_and_removed(private):
    kind = server_kind("toy")
    assert kind.inspect(private.url) == "toy 1.0 safe"
    assert (private.directory / "toy.conf").stat().st_mode & 0o777 == 0o600
    before = private.pids[-1]
    private.kill()
    assert not kind.answers(private.url)
    private.restart()
    assert kind.inspect(private.url) == "toy 1.0 safe"
    assert private.pids[-1] != before
    with pytest.raises(UsageError, match="crossover does not know how to fill the memory of Toy"):
        private.fill()
    private.stop()
    assert not private.directory.exists()
    assert not kind.answers(private.url)


def test_a_new_kind_is_found_by_its_address_then_by_its_variable(private, monkeypatch):
    host_and_port = f"{HOST}:{urlsplit(private.url).port}"
    assert address.find("toy", host_and_port, Safety.SAFE) == (private.url, ())
    assert server_kind("toy").why_not("toy", RunRequest(server_address=host_and_port)) is None
    monkeypatch.setenv("CROSSOVER_TOY_URL", private.url)
    assert address.find("toy", "", Safety.SAFE) == (private.url, ())
    assert server_kind("toy").why_not("toy", RunRequest(server_address=f"{HOST}:1")) == f"no Toy at {HOST}:1"


def test_doctor_shows_a_new_kind_and_cleans_its_servers(private, monkeypatch):
    assert doctor.servers(USABLE_HERE)["toy"].startswith(
        f"private Toy, version {sys.version.split()[0]}; nothing on disk"
    )
    monkeypatch.setenv("CROSSOVER_TOY_URL", private.url)
    where = urlsplit(private.url).netloc
    assert doctor.servers(USABLE_HERE)["toy"] == f"toy 1.0 safe, at {where} (CROSSOVER_TOY_URL)"
    assert any(settings == "patience 5" for settings in doctor.clients().values())
    names = ["crossover.a-run.one", "crossover.a-run.two"]
    leftovers.register("a-run", "toy", private.url, names)
    (note,) = leftovers.abandoned_runs(ProcessState.RUNNING)
    assert leftovers.clean_up(note) == f"run a-run on toy at {where}: removed {', '.join(names)} of a-run"


def test_a_kind_without_a_compose_service_is_not_looked_for_in_the_project(row):
    assert "toy" in kind_names()
    assert "toy" not in {kind.name for kind in compose._kinds()}
    assert {"redis", "rabbitmq", "memcached"} == {kind.name for kind in compose._kinds()}


@pytest.mark.parametrize(
    ("url", "port", "shown", "problem"),
    [
        ("toy://host", 1234, "host:1234", None),
        ("toys://me:secret@host/x", 1235, "host:1235", None),
        ("toy://host:9", 9, "host:9", None),
        ("unix:///there/it%20is", 0, "/there/it is", None),
        ("redis://host", 0, "host:0", "begins with redis, allowed: toy://, toys://, unix://"),
        ("toy://", 1234, "None:1234", "names no host"),
        ("unix://", 0, "", "names no socket"),
    ],
)
def test_urls_of_a_new_kind_are_read(row, url, port, shown, problem):
    kind = server_kind("toy")
    assert kind.port(url) == port
    assert kind.host_and_port(url) == shown
    found = kind.url_problem(url)
    assert (found is None) if problem is None else found == f"the URL of toy {problem}"


def test_an_installed_distribution_adds_a_kind(tmp_path, monkeypatch):
    metadata = tmp_path / "toy_servers-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-servers\nVersion: 1.0\n")
    points = f"[crossover.server_kinds]\ntoy = {__name__}:ToyKind\nredis = {__name__}:ToyKind\n"
    (metadata / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(str(tmp_path))
    registry._installed.cache_clear()
    try:
        assert kind_names() == ["redis", "rabbitmq", "memcached", "toy"]
        assert server_kind("toy").title == "Toy"
        assert server_kind("redis").title == "Redis"  # ours cannot be replaced
    finally:
        monkeypatch.undo()
        registry._installed.cache_clear()
    with pytest.raises(UsageError, match="there is no kind of server 'toy'"):
        server_kind("toy")


def test_every_kind_says_what_it_is_and_is_tested():
    assert [kind.name for kind in server_kinds()] == list(VALUES) == list(registry.SERVER_KINDS)
    for kind in server_kinds():
        assert kind.variable == f"CROSSOVER_{kind.name.upper()}_URL"
        assert all(getattr(kind, name) for name in ("title", "package", "library", "client_settings"))
        assert kind.compose_url.partition("://")[0] in kind.schemes


def test_the_table_imports_no_client_library():
    script = "import brokers.servers.address, brokers.servers.doctor, sys; print(*sys.modules)"
    words = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment()
    )
    assert not {"redis", "pika", "pymemcache", "celery"} & set(words.stdout.split())
