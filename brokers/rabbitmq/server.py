"""What is true of RabbitMQ as a server."""

from __future__ import annotations

import re
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from pika.exceptions import IncompatibleProtocolError, ProbableAccessDeniedError, ProbableAuthenticationError

from brokers.rabbitmq.connection.client import (
    SCHEMES,
    SETTINGS,
    connect,
    largest_message,
    remove_names,
    version_of,
    virtual_host,
)
from brokers.rabbitmq.connection.connection import CONNECT_WITHIN, error_text, root_cause
from brokers.rabbitmq.inquiry import inquire
from brokers.rabbitmq.queues import why_silent
from brokers.servers.facts import ServerFacts
from brokers.servers.kind import ServerKind
from brokers.servers.launch import HOST, USER, LaunchSpec, free_ports, new_password, version_in
from crossover.contract.errors import BrokenError, UnusableError
from crossover.contract.safety import Safety

OLDEST = (3, 10)
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # Debian's wrapper on the PATH switches to another user
COOKIE = ".erlang.cookie"  # in HOME; who knows it runs code in the node. Erlang's own is guessable: not from urandom
EVALUATED_WITHIN = 60.0  # seconds; on a busy machine it takes long
EVALUATED = re.compile(r"\{ok, (.*)\}", re.DOTALL)  # how erl_call shows what an expression gives
PLAIN = r"[A-Za-z0-9_./+-]+"
FULL = "{absolute, 1}"  # byte: less than RabbitMQ uses
WATERMARK = "vm_memory_monitor:get_vm_memory_high_watermark()"


class RabbitmqKind(ServerKind):
    """RabbitMQ."""

    name = "rabbitmq"
    title = "RabbitMQ"
    schemes = SCHEMES
    variable = "CROSSOVER_RABBITMQ_URL"
    package = "rabbitmq-server"
    library = "pika"
    client_settings = SETTINGS
    on_disk = "to disk as each message asks"
    compose_url = "amqp://crossover:{password}@{address}/%2F"

    def namespace(self, url: str) -> str:
        """Return the virtual host."""
        return f"virtual host {virtual_host(url)}"

    def program(self) -> str | None:
        """Return the path of rabbitmq-server."""
        return str(PROGRAM) if PROGRAM.exists() else None

    def installed_version(self) -> str:
        """Return the version in the program's path: the program itself would need seconds to print it."""
        program = self.program()
        return version_in(str(Path(program).resolve())) if program else ""

    def fits(self, directory: Path) -> bool:
        """Return whether its scripts, which quote nothing, can handle the name."""
        return re.fullmatch(PLAIN, str(directory)) is not None

    def launch_spec(self, directory: Path, safety: Safety) -> LaunchSpec:
        """Return how to launch one on free ports with an epmd of its own, a password, and a secret of its node."""
        (port, distribution, epmd), password = free_ports(3), new_password()
        configuration = (
            f"default_user = {USER}\ndefault_pass = {password}\nlog.file.level = warning\nlog.console = false\n"
        )
        environment = {
            "HOME": str(directory),
            "RABBITMQ_NODENAME": f"crossover-{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(directory / "data"),
            "RABBITMQ_LOG_BASE": str(directory / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, instead of waiting for it
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(epmd),
            "ERL_EPMD_ADDRESS": HOST,
        }
        return LaunchSpec(
            commands=[["epmd", "-port", str(epmd), "-address", HOST], [self.program() or "rabbitmq-server"]],
            url=f"amqp://{USER}:{password}@{HOST}:{port}/%2F",
            listens=port,
            files={"rabbitmq.conf": configuration, "plugins": "[].\n", COOKIE: new_password()},
            environment=environment,
        )

    def inspect(self, url: str) -> str:
        """Return the versions of RabbitMQ and Erlang, and the largest message."""
        if problem := self.url_problem(url):
            raise UnusableError(problem)
        where = self.host_and_port(url)
        try:
            channel = connect(url, "crossover.inspect")
        except BrokenError as error:
            raise UnusableError(_why_not_connected(where, url, error)) from error
        except (ValueError, TypeError) as error:  # pika's, about a part of the URL; it may quote the password
            raise UnusableError(
                f"the URL of rabbitmq at {where} cannot be read: user:password@host:port/vhost"
            ) from error
        try:
            product, version, platform = (channel.properties.get(key, "") for key in ("product", "version", "platform"))
            if product != "RabbitMQ":
                raise UnusableError(f"what listens at {where} is {product or 'nameless'}, not RabbitMQ")
            if version_of(channel) < OLDEST:
                raise UnusableError(f"RabbitMQ at {where} is version {version}; crossover needs 3.10 or newer")
        finally:
            channel.close()
        return f"RabbitMQ {version}, {platform.replace('/OTP', '')}, messages up to {largest_message(channel):,} bytes"

    def ask(self, url: str) -> ServerFacts:
        """Ask whether this user may do what runs do, and whether queues keep what is sent to them."""
        return inquire(url, self.inspect(url))

    def answers(self, url: str) -> bool:
        """Return whether it lets us open a channel."""
        try:
            connect(url, "crossover.ping").close()
        except (BrokenError, OSError):
            return False
        return True

    def why_silent(self, url: str, queue: str) -> str:
        """Return whether it accepts messages, and still holds the tasks."""
        return why_silent(url, queue)

    def why_not_filled(self, *, private: bool) -> str | None:
        """Return why a server that we did not launch cannot be filled."""
        return None if private else "its memory is limited through its node, whose secret only who launched it knows"

    def fill(self, url: str, environment: Mapping[str, str]) -> str:
        """Set a limit below what it uses; it blocks publishers then."""
        return evaluate(environment, f"Was = {WATERMARK}, {_set_watermark(FULL)}, Was.")

    def relieve(self, url: str, environment: Mapping[str, str], before: str) -> None:
        """Restore the limit."""
        evaluate(environment, f"{_set_watermark(before)}.")

    def remove(self, url: str, run: str, names: Sequence[str]) -> str:
        """Remove the queues and exchanges of a run."""
        self.inspect(url)  # raises the better error
        remove_names(url, names, names, "crossover.doctor")
        return "its queues and exchanges"


def _set_watermark(watermark: str) -> str:
    set_watermark = f"vm_memory_monitor:set_vm_memory_high_watermark({watermark})"
    return f"{set_watermark}, vm_memory_monitor ! update"  # at once: the monitor looks every 2.5 s


def evaluate(environment: Mapping[str, str], expression: str) -> str:
    """Have the node of a private server evaluate an Erlang expression, and return what it gives.

    By erl_call, which comes with Erlang and is a client of the node: rabbitmqctl starts an Erlang machine for each
    command, which takes seconds, and rarely (Erlang 25) waits for ever as it starts.

    Args:
        environment: that the server was launched with; HOME has the secret of its node.
        expression: ends with a dot.

    Raises:
        BrokenError: it cannot be asked, or the expression fails.
    """
    command = ["erl_call", "-address", environment["RABBITMQ_DIST_PORT"], "-r", "-e"]
    try:
        answer = subprocess.run(
            command,
            env=dict(environment),
            input=f"{expression}\n",
            capture_output=True,
            encoding="utf-8",
            timeout=EVALUATED_WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrokenError(f"erl_call: {error}") from error
    if (given := EVALUATED.fullmatch(answer.stdout.strip())) is None:
        raise BrokenError(f"erl_call: {answer.stderr.strip() or answer.stdout.strip()}")
    return given[1]


def _why_not_connected(where: str, url: str, error: BrokenError) -> str:
    if error.__cause__ is None:
        return f"what listens at {where} does not answer like RabbitMQ within {CONNECT_WITHIN:.0f} s"
    match cause := root_cause(error.__cause__):
        case ProbableAuthenticationError():
            return f"RabbitMQ at {where} refuses the user or the password"
        case ProbableAccessDeniedError():
            host = virtual_host(url)
            return f"RabbitMQ at {where} has no virtual host {host!r}, or this user may not use it"
        case ssl.SSLCertVerificationError():
            return f"RabbitMQ at {where}: {error_text(cause)}"
        case IncompatibleProtocolError():
            return f"what listens at {where} is not RabbitMQ"
    return f"no RabbitMQ at {where}: {error_text(cause).lower()}"
