"""What is refused because of a server."""

import pytest

from brokers.servers.registry import server_kind
from crossover.contract.registry import load

QUICK = ["-W", "noop", "-n", "50", "-r", "1", "-w", "2"]
SECRET = "s3cret-s3cret"


@pytest.fixture
def refused(in_process, tmp_path):
    """Compare a transport whose server cannot be used; return the one sentence that was said."""

    def attempt(transport, url, run=in_process):
        name = transport.partition("://")[0]
        words = ["compare", transport, *QUICK, "--json", "out.json"]
        ended = run(*words, **{server_kind(load(name).traits.server).variable: url})
        assert ended.returncode == 69, ended
        assert not ended.stdout
        assert not (tmp_path / "out.json").exists()
        assert ended.stderr.startswith(f"crossover: {name} cannot be used here: ")
        assert ended.stderr.count("\n") == 1
        assert SECRET not in ended.stderr
        return ended.stderr

    return attempt
