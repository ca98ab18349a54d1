"""What a worker refuses, and with which status."""

import pytest
from waiting import PATIENCE, eventually

ONE = pytest.mark.parametrize("transport", ["redis-stream"], indirect=True)

SECRET = "s3cret-s3cret"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["redis-stream://localhost"], "a worker runs only what it is told to: name a module with --allow MODULE"),
        (["redis-stream://localhost", "--allow", "*"], "runs what any client of the broker sends: name modules"),
        (["redis-stream://localhost", "--allow", "builtins"], "builtins would allow exec and eval"),
        (["redis-stream", "--allow", "json"], "which server? Type redis-stream://HOST, or set CROSSOVER_REDIS_URL"),
        (["queue", "--allow", "json"], "allowed: redis-list, redis-stream, rabbitmq, celery+redis, celery+rabbitmq"),
        (["redis-stream://localhost?prefetch=2", "--allow", "json"], "takes its options as options, not in the URL"),
        (
            ["redis-stream://localhost?lease=0.5s", "--allow", "json"],
            "lease=0.5s is not possible: allowed are 1s to 60m",
        ),
        (["celery+redis://localhost?lease=5s", "--allow", "json"], "a Celery worker, which has no lease"),
        (["redis-stream://localhost", "--allow", "json", "--metrics", "70000"], "allowed are 1 to 65535"),
        (["celery+redis://localhost", "--allow", "json", "--log-json"], "a Celery worker, which has no --log-json"),
    ],
)
def test_what_makes_no_sense_is_refused(in_process, words, sentence):
    ended = in_process("worker", *words)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.long
def test_a_server_that_does_not_answer(crossover):
    ended = crossover("worker", "redis-stream://127.0.0.1:1", "--allow", "json", "-w", "1")
    assert ended.returncode == 69
    assert "Redis at 127.0.0.1:1: connection refused" in ended.stderr


@pytest.mark.long
@ONE
@pytest.mark.parametrize("allow", ["no_such_module", "json:no_such_function"])
def test_what_cannot_be_imported(crossover, server, transport, allow):
    ended = crossover("worker", transport, "--allow", allow, "-w", "1", **{server.variable: server.url})
    assert ended.returncode == 69
    assert "a worker process cannot start" in ended.stderr
    assert "no_such" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.long
def test_a_lease_that_is_not_that_of_the_others(serve, crossover, transport, server, queue_name):
    if transport == "rabbitmq":
        pytest.skip("RabbitMQ knows the lease of each worker by itself")
    serve(lease="?lease=3s")
    ended = crossover("worker", f"{transport}?lease=5s", "--allow", "json", "--queue", queue_name, "-w", "1",
                      **{server.variable: server.url})  # fmt: skip
    assert ended.returncode == 2
    assert "have a lease of 3 s, not 5 s: type lease=3s" in ended.stderr


@pytest.mark.long
@ONE
def test_two_workers_cannot_listen_on_one_port(serve, crossover, transport, server, free_port):
    pytest.importorskip("prometheus_client")
    serve("--metrics", free_port)
    ended = crossover("worker", transport, "--allow", "json", "--metrics", free_port, **{server.variable: server.url})
    assert ended.returncode == 2
    assert f"port {free_port}" in ended.stderr


@pytest.mark.long
def test_a_password_is_in_no_command_line(begin, family, tmp_path):
    process = begin("worker", f"redis-stream://:{SECRET}@127.0.0.1:1", "--allow", "json", "-w", "1")
    assert process.wait(PATIENCE) == 69  # it has begun again, without the password
    said = (tmp_path / "stderr").read_text()
    assert "set CROSSOVER_REDIS_URL, and type redis-stream" in said
    assert "Redis at 127.0.0.1:1" in said
    assert SECRET not in said


@pytest.mark.long
@ONE
def test_while_it_works_either(serve, mine, server, transport, tmp_path, begin, queue_name):
    address = server.url.partition("://")[2]
    if "@" not in address:
        pytest.skip("this server has no password")
    password = address.partition("@")[0].rpartition(":")[2]
    process = begin("worker", f"{transport}://{address}", "--allow", "mine_worker", "--queue", queue_name, "-w", "1")
    assert eventually(lambda: "ready: " in (tmp_path / "stderr").read_text())
    with open(f"/proc/{process.pid}/cmdline", encoding="utf-8") as file:  # noqa: PTH123 - a path of the kernel's
        words = file.read().split("\0")
    assert transport in words
    assert not any(password in word for word in words)
    assert password not in (tmp_path / "stderr").read_text()
    process.terminate()
    assert process.wait(PATIENCE) == 0
