"""Users of a Redis who may do little: it is enough, or what is missing is named before the first run."""

import pytest

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.traits import RunRequest

OURS = ("~crossover:*", "allchannels", "+@all", "-@dangerous")


@pytest.fixture
def user(start, monkeypatch):
    """Make a user with rules, for whom the server is the user's; return the server."""

    def made(*rules):
        server = start()
        server.execute_command("ACL", "SETUSER", "me", "on", ">secret", *rules)
        monkeypatch.setenv("CROSSOVER_REDIS_URL", server.url.replace("//", "//me:secret@"))
        return server

    return made


def why_not(name, level=Safety.DEFAULT):
    return parse(name).why_not(RunRequest(usable_here=True, safety=level, answers={}))


@pytest.mark.parametrize("name", ["redis-list", "redis-stream", "celery+redis"])
def test_a_user_without_dangerous_commands_may_use_every_level(user, name):
    user(*OURS)
    assert [why_not(name, level) for level in Safety] == [None] * 3


@pytest.mark.parametrize(
    ("rules", "name", "said"),
    [
        (
            ("~*", "+@all", "-blmove"),
            "redis-list",
            "the user me may not use BLMOVE, which redis-list needs at",
        ),
        (("~*", "+@all", "-@scripting"), "celery+redis", "may not use EVALSHA, which celery+redis needs"),
        (("~app:*", "+@all"), "redis-stream", "on keys that begin with crossover:"),
        (("~*", "resetchannels", "+@all"), "celery+redis", "which celery+redis needs at the safe level"),
        (("~*", "allchannels", "+get", "+set"), "redis-stream", "may not use BLPOP, CLIENT SETNAME"),
    ],
    ids=["command", "category", "keys", "channels", "few"],
)
def test_what_is_missing_is_named(user, rules, name, said):
    server = user(*rules)
    assert said in why_not(name, Safety.SAFE)
    assert [key for key in server.scan_iter() if server.ttl(key) < 0] == []


def test_a_command_that_only_one_level_needs_is_missed_by_this_level_alone(user):
    user("~*", "+@all", "-blmove")
    assert why_not("redis-list", Safety.FAST) is None
    assert why_not("redis-stream", Safety.SAFE) is None


def test_tuned_celery_workers_subscribe_to_no_pattern(user):
    user("~crossover:*", "&crossover:*", "+@all")
    assert "may not subscribe to patterns of channels" in why_not("celery+redis")
    assert why_not("celery+redis?tuned=yes") is None
