"""rediss: the certificate of the server is checked."""

import shutil
import subprocess

import pytest
from odd_redis import redis_with
from skips import need

from brokers.servers.launch import free_ports
from crossover.contract.errors import BrokenError


@pytest.fixture
def encrypted(tmp_path):
    """A server with a certificate of its own; return its URL, and the file of the certificate."""
    need(None if shutil.which("openssl") else "there is no openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *words, *names], check=True, capture_output=True)
    (port,) = free_ports(1)
    files = ["--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-ca-cert-file", str(certificate)]
    with redis_with("--tls-port", str(port), "--tls-auth-clients", "no", *files):
        yield f"rediss://127.0.0.1:{port}/0", certificate


def test_a_server_whose_certificate_nobody_vouches_for_is_not_used(encrypted, open_sides):
    url, _ = encrypted
    with pytest.raises(
        BrokenError, match="its certificate is not accepted: self-signed certificate; SSL_CERT_FILE names"
    ):
        open_sides(url=url)


@pytest.mark.long
def test_a_server_whose_certificate_is_known_is_used(encrypted, open_sides):
    url, certificate = encrypted
    queue, intake = open_sides(url=f"{url}?ssl_ca_certs={certificate}")
    queue.send(b"call", "n")
    assert [delivery.call for delivery in intake.take(1, 5.0)] == [b"call"]
