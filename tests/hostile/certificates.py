"""A CA of the tests' own, and servers with certificates of it for 127.0.0.1; they listen at 127.0.0.2, too."""

import shutil
import subprocess
from contextlib import contextmanager

from odd_redis import redis_with
from rabbitmq_settings import rabbitmq_with
from skips import need

from brokers.servers.launch import free_ports

HOSTS = ("127.0.0.1", "127.0.0.2")
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1\n"
PASSWORD = "s3cret-s3cret"
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")  # made at once, unlike one of RSA


def make_authorities(folder):
    """Write ca.pem, the certificate and key of a server that it vouches for, and the certificate of another CA."""
    need(None if shutil.which("openssl") else "there is no openssl")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    for name in ("ca", "other"):
        key = ["-keyout", f"{name}.key", "-out", f"{name}.pem"]
        openssl("req", "-x509", *KEY, "-days", "2", "-subj", f"/CN={name}", *key)
    openssl("req", *KEY, "-subj", "/CN=server", "-keyout", "key.pem", "-out", "request")
    (folder / "names").write_text(NAMES)
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-out", "certificate.pem"]
    openssl("x509", "-req", "-in", "request", "-days", "2", *signed)


@contextmanager
def encrypted_redis(folder):
    """Run a Redis that speaks TLS; yield its URL."""
    (port,) = free_ports(1)
    words = ["--tls-port", port, "--tls-auth-clients", "no", "--bind", *HOSTS]
    files = {"--tls-cert-file": "certificate.pem", "--tls-key-file": "key.pem", "--tls-ca-cert-file": "ca.pem"}
    paths = [word for option, name in files.items() for word in (option, folder / name)]
    with redis_with(*map(str, [*words, *paths])) as client:
        client.config_set("requirepass", PASSWORD)
        yield f"rediss://:{PASSWORD}@127.0.0.1:{port}/0"


@contextmanager
def encrypted_rabbitmq(folder):
    """Run a RabbitMQ that speaks TLS; yield its URL."""
    (port,) = free_ports(1)
    listeners = ", ".join(f'{{"{host}", {port}}}' for host in HOSTS)
    options = (
        f'{{cacertfile, "{folder}/ca.pem"}}, {{certfile, "{folder}/certificate.pem"}}, {{keyfile, "{folder}/key.pem"}}'
    )
    settings = f"{{ssl_listeners, [{listeners}]}}, {{ssl_options, [{options}, {{verify, verify_none}}]}}"
    with rabbitmq_with(settings) as server:
        credentials = server.url.partition("://")[2].partition("@")[0]
        yield f"amqps://{credentials}@127.0.0.1:{port}/%2F"
