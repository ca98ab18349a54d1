"""rediss:// and amqps://: the server's certificate and its name are checked on both sides."""

import os
import subprocess
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from certificates import encrypted_rabbitmq, encrypted_redis, make_authorities
from waiting import PATIENCE

from crossover import Executor
from crossover.contract.errors import CrossoverError

pytestmark = pytest.mark.long

VARIABLES = {"redis": "CROSSOVER_REDIS_URL", "rabbitmq": "CROSSOVER_RABBITMQ_URL"}
ENCRYPTED = {"redis": encrypted_redis, "rabbitmq": encrypted_rabbitmq}
EACH = pytest.mark.parametrize("transport", ["redis-stream", "rabbitmq", "celery+redis", "celery+rabbitmq"])


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    folder = tmp_path_factory.mktemp("authorities")
    make_authorities(folder)
    return folder


@pytest.fixture(scope="module")
def servers(authorities):
    """The URL of an encrypted server of each kind."""
    with ExitStack() as running:
        yield {kind: running.enter_context(start(authorities)) for kind, start in ENCRYPTED.items()}


@pytest.fixture
def url(transport, servers):
    return servers["rabbitmq" if "rabbitmq" in transport else "redis"]


@pytest.fixture
def trust(monkeypatch, transport, authorities):
    """Name the server and the CA, for this process and those that it starts."""

    def name(url, authority):
        monkeypatch.setenv(VARIABLES["rabbitmq" if "rabbitmq" in transport else "redis"], url)
        monkeypatch.setenv("SSL_CERT_FILE", str(authorities / authority))

    return name


@EACH
def test_with_the_right_ca_calls_are_done(transport, url, trust, start_worker):
    trust(url, "ca.pem")
    with Executor(transport, 1) as own:
        assert own.submit(pow, 2, 3).result(60) == 8
    start_worker("--allow", "builtins:pow", "-w", "1", address=transport)
    with Executor(transport, workers="external") as external:
        assert external.submit(pow, 2, 4).result(60) == 16


@EACH
@pytest.mark.parametrize(
    ("authority", "host", "reason"),
    [
        (
            "other.pem",
            "127.0.0.1",
            "self-signed certificate in certificate chain; SSL_CERT_FILE names the file of its CA",
        ),
        ("ca.pem", "127.0.0.2", "IP address mismatch, certificate is not valid for '127.0.0.2'"),
    ],
    ids=["wrong CA", "wrong host"],
)
def test_a_certificate_that_is_not_right_ends_the_worker_with_a_sentence(
    transport, url, trust, tmp_path, authority, host, reason
):
    trust(url := url.replace("127.0.0.1", host), authority)
    command = [sys.executable, "-m", "crossover", "worker", transport, "--allow", "math", "-w", "1"]
    words = ["--state", str(tmp_path / "state")]
    ended = subprocess.run(
        [*command, *words], capture_output=True, text=True, timeout=PATIENCE, env=os.environ, check=False
    )
    where = urlsplit(url)
    sentence = f" at {where.hostname}:{where.port}: its certificate is not accepted: {reason}"
    assert ended.returncode == 69, ended.stderr
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1
    with pytest.raises(CrossoverError) as refused:
        Executor(transport, workers="external", reconnect=0).submit(pow, 2, 3).result(60)
    assert sentence in str(refused.value)
    assert where.password not in ended.stderr + str(refused.value)
