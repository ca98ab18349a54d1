"""The proxy between a run and its server: what goes through, what it counts, and what a cut network looks like."""

import socket
import threading

import pytest
from waiting import eventually

from crossover.execution.network_proxy import Proxy

SECONDS = 20.0


@pytest.fixture
def server():
    """Return the port of a server that answers everything twice, and the connections that it has."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections = []

    def answer(connection):
        with connection:
            try:
                while found := connection.recv(2**16):
                    connection.sendall(found * 2)
            except OSError:
                pass

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], connections
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for connection in connections:
        connection.close()


@pytest.fixture
def proxy(server):
    with Proxy("127.0.0.1", server[0]) as made:
        yield made


@pytest.fixture
def connect(proxy):
    opened = []

    def open_one():
        opened.append(socket.create_connection(("127.0.0.1", proxy.port), SECONDS))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


def read(connection, count):
    found = b""
    while len(found) < count and (more := connection.recv(2**16)):
        found += more
    return found


def test_what_is_sent_arrives_and_both_ways_are_counted(proxy, connect):
    client = connect()
    client.sendall(b"hello")
    assert read(client, 10) == b"hellohello"
    assert proxy.bytes_forwarded == 15
    other, large = connect(), bytes(2**20)
    threading.Thread(target=other.sendall, args=(large,), daemon=True).start()
    assert len(read(other, 2 * len(large))) == 2 * len(large)
    assert proxy.bytes_forwarded == 15 + 3 * len(large)


def test_who_closes_a_connection_closes_it_on_the_other_side(connect):
    client = connect()
    client.sendall(b"a")
    read(client, 2)
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1) == b""


def test_through_a_cut_network_nothing_comes_and_nothing_is_closed(proxy, connect):
    client = connect()
    client.sendall(b"a")
    read(client, 2)
    proxy.cut()
    client.sendall(b"b")
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(1)
    new = connect()  # is accepted, and gets no answer
    new.sendall(b"c")
    new.settimeout(0.1)
    with pytest.raises(TimeoutError):
        new.recv(1)
    assert proxy.bytes_forwarded == 3


def test_when_it_is_mended_old_connections_are_reset_and_new_ones_work(proxy, connect):
    old = connect()
    old.sendall(b"a")
    read(old, 2)
    proxy.cut()
    waiting = connect()
    waiting.sendall(b"b")
    assert eventually(lambda: len(proxy._writers) == 3)  # it has been accepted
    proxy.restore()
    for connection in (old, waiting):
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    new = connect()
    new.sendall(b"c")
    assert read(new, 2) == b"cc"


def test_the_server_sees_the_reset_too(proxy, connect, server):
    client = connect()
    client.sendall(b"a")
    read(client, 2)
    (at_the_server,) = server[1]
    proxy.restore()
    assert eventually(lambda: at_the_server.fileno() < 0)  # it has closed it, too


def test_a_server_that_is_gone_resets_the_connection_and_the_proxy_goes_on():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Proxy("127.0.0.1", port) as proxy:
        for _ in range(2):
            with (
                pytest.raises(ConnectionResetError),  # as it connects, or as it reads
                socket.create_connection(("127.0.0.1", proxy.port), SECONDS) as client,
            ):
                client.recv(1)
            proxy.restore()


def test_when_it_is_stopped_nothing_is_left_and_stopping_twice_is_safe(server):
    proxy = Proxy("127.0.0.1", server[0])
    client = socket.create_connection(("127.0.0.1", proxy.port), SECONDS)
    client.sendall(b"a")
    read(client, 2)
    proxy.stop()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port), SECONDS)
    assert not any(thread.name == "proxy" and thread is proxy._thread for thread in threading.enumerate())
    proxy.stop()
