"""A password is shown nowhere: not by commands, not in results, not in the list of processes."""

from urllib.parse import urlsplit

import pytest
from waiting import PATIENCE, eventually

from brokers.servers.registry import server_kind
from crossover.contract.registry import load
from crossover.contract.text import ENCODE

QUICK = ["-W", "noop", "-n", "50", "-r", "1", "-w", "2"]


SECRET = "s3cret-s3cret"


NAP = """
    import pathlib, time

    def run(item):
        pathlib.Path("began").touch()
        time.sleep(item)
"""


@pytest.mark.long
@pytest.mark.parametrize("transport", ["redis-list", "celery+redis", "rabbitmq"])
def test_a_password_is_nowhere_to_be_seen(begin, mine, family, request, tmp_path, transport):
    server = load(transport).traits.server
    url = request.getfixturevalue(f"{server}_url")
    password = urlsplit(url).password
    words = [*mine(NAP, [0.2]), "-n", "40", "-r", "1", "-w", "2", "--window", "32", "--json", "out.json"]
    process = begin("compare", transport, *words, **{server_kind(server).variable: url})
    assert eventually(lambda: (tmp_path / "began").exists() or process.poll() is not None)
    shown = [word for one in family() for word in one.cmdline()]
    assert len(family()) >= 3
    assert process.wait(PATIENCE) == 0, (tmp_path / "stderr").read_text()
    shown += [(tmp_path / name).read_text() for name in ("stdout", "stderr", "out.json")]
    assert password not in "".join(shown)


@pytest.mark.parametrize("mark", "/?#@ ")
@pytest.mark.parametrize("user", ["", "me"])
def test_a_password_that_cannot_be_told_from_the_rest_is_shown_nowhere(in_process, tmp_path, mark, user):
    url = f"redis-list://{user}:{SECRET}{mark}{SECRET}@127.0.0.1:1/0?prefetch=8"
    for words in (["compare", url, *QUICK, "--json", "out.json"], [url]):
        ended = in_process(*words)
        assert ended.returncode in {2, 69}
        assert SECRET not in ended.stdout + ended.stderr
        assert not (tmp_path / "out.json").exists()
    if mark != "@":  # the last one ends the password for everybody
        assert f"the URL of redis-list cannot be read: {ENCODE}" in in_process("compare", url, *QUICK).stderr


@pytest.mark.parametrize("typed", [f"redis-list:/:{SECRET}@h", f"redislist://:{SECRET}@h", f"queue://:{SECRET}@h"])
def test_nor_is_one_in_a_transport_with_a_slip(in_process, typed):
    ended = in_process("compare", typed, *QUICK)
    assert ended.returncode == 2
    assert SECRET not in ended.stdout + ended.stderr


def test_an_at_in_an_option_is_no_password(in_process):
    ended = in_process("compare", "queue?start=a@b", *QUICK)
    assert "queue: start cannot be 'a@b'; allowed: " in ended.stderr


@pytest.mark.long
def test_a_password_in_a_transport_is_masked_in_the_table_and_in_the_result(in_process, redis_url, result):
    url = f"redis-list://{redis_url.partition('://')[2]}"
    ended = in_process("compare", url, *QUICK, "--json", "out.json", COLUMNS="200")
    assert ended.returncode == 0, ended.stderr
    shown = f"redis-list://:**@127.0.0.1:{urlsplit(redis_url).port}/0"
    found = result()
    assert shown in ended.stdout
    assert found["plan"]["transports"] == [shown]
    assert found["plan"]["command"][1] == shown
    assert found["runs"][0]["url"] == shown
    everything = f"{ended.stdout}{ended.stderr}{found}"
    assert urlsplit(redis_url).password not in everything
