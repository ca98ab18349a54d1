"""What a crashed run has left is told from what still runs, from what is elsewhere, and from everybody else's work."""

import subprocess
from urllib.parse import urlsplit

import msgspec
import pytest
import redis
from skips import serve
from waiting import PATIENCE

from brokers.servers import doctor, leftovers
from brokers.servers.registry import server_kind, server_kinds
from brokers.servers.warden import folders, process_identity
from brokers.servers.warden.process_identity import ProcessIdentity, ProcessState, this_process
from brokers.servers.warden.warden import MARKER, start_ticks
from crossover.contract.safety import Safety


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Nobody else's folders and notes, no named server."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("crossover.recording.temporary.OTHERS", ())
    monkeypatch.setattr("crossover.recording.shared_files.FOLDER", tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for kind in server_kinds():
        monkeypatch.delenv(kind.variable, raising=False)
    return tmp_path


@pytest.fixture
def sleeper():
    """A process that has nothing else to do."""
    with subprocess.Popen(["sleep", "1000"]) as process:
        yield process
        process.kill()


@pytest.fixture
def gone():
    """A process of this machine that has ended."""
    with subprocess.Popen(["sleep", "1000"]) as process:
        found = of(process.pid)
        process.kill()
    return found


@pytest.fixture
def ours():
    """A Redis, with the variable's value that names its database 0."""
    server = serve("redis", Safety.FAST)
    yield server.url
    server.stop()


def of(pid, **changed):
    return msgspec.structs.replace(this_process(), pid=pid, ticks=start_ticks(pid), **changed)


def folder(owner, kind="redis", commands=()):
    made = folders.create(kind)
    lines = [msgspec.json.encode(owner), *(f"{one.pid} {one.ticks}".encode() for one in commands)]
    (made / MARKER).write_bytes(b"\n".join(lines) + b"\n")
    return made


def noted(url, owner, run="20260101-abc", kind="redis"):
    leftovers.register(run, kind, url, [])
    path = leftovers._folder() / run
    note = msgspec.json.decode(path.read_bytes(), type=leftovers.RegisteredRun)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(note, owner=owner)))
    return path


def test_a_process_runs_until_it_has_ended_be_it_buried_or_not(sleeper):
    process = of(sleeper.pid)
    assert process.state() is ProcessState.RUNNING
    process.kill()
    assert process.state() is ProcessState.ENDED
    sleeper.wait()
    assert process.state() is ProcessState.ENDED


def test_another_process_with_the_same_number_is_not_it_and_is_not_killed(sleeper):
    other = msgspec.structs.replace(of(sleeper.pid), ticks=1)
    assert other.state() is ProcessState.ENDED
    other.kill()
    assert sleeper.poll() is None


@pytest.mark.parametrize(
    ("changed", "life"),
    [
        ({"boot": "another"}, ProcessState.ENDED),
        ({"boot": "another", "namespace": 1}, ProcessState.ENDED),
        ({"boot": "another", "machine": "another"}, ProcessState.ELSEWHERE),
        ({"machine": "another"}, ProcessState.RUNNING),  # a host's name may change while it runs
        ({"namespace": 1}, ProcessState.ELSEWHERE),
        ({"namespace": 1, "machine": "another"}, ProcessState.ELSEWHERE),
    ],
)
def test_what_can_be_said_about_a_process_of_another_boot_or_container(changed, life):
    assert msgspec.structs.replace(this_process(), **changed).state() is life


def test_a_process_is_known_by_ticks_which_no_clock_changes():
    assert start_ticks(this_process().pid) == this_process().ticks > 0
    assert ProcessIdentity.__struct_fields__ == ("machine", "boot", "namespace", "pid", "ticks")


@pytest.mark.parametrize("name", ["crossover-main", "crossover-redis-fork", "crossover-rabbitmq-"])
def test_a_folder_without_our_marker_stays_whatever_its_name(temporary, name, gone):
    (temporary / name).mkdir()
    (temporary / name / "work.txt").write_text("a week's work")
    assert not list(folders.abandoned())
    assert not doctor.clean()
    assert (temporary / name / "work.txt").exists()


def test_a_marker_alone_does_not_make_a_folder_ours(temporary, gone):
    folder(gone).rename(temporary / "crossover-main")
    folder(gone).rename(temporary / "elsewhere")
    (temporary / "crossover-redis-link").symlink_to(temporary / "elsewhere")
    assert not doctor.clean()
    assert (temporary / "crossover-main").exists()
    assert (temporary / "elsewhere").exists()


def test_the_folder_of_a_server_that_is_just_starting_stays():
    made = folders.create("redis")
    assert not doctor.clean()
    (made / MARKER).write_bytes(b'{"machine":')
    assert not doctor.clean()
    (made / MARKER).unlink()
    assert not doctor.clean()
    assert made.exists()


def test_the_folder_of_a_dead_server_is_removed(gone):
    made = folder(gone)
    assert doctor.leftovers() == [f"left by a crashed run: {made}", "`crossover doctor --clean` removes it."]
    assert doctor.clean() == [f"{made}: removed"]
    assert not made.exists()


def test_what_still_runs_of_a_dead_server_is_ended(gone, sleeper):
    made = folder(gone, commands=[gone, of(sleeper.pid)])
    assert doctor.clean() == [f"{made}: removed, after its server was ended (process {sleeper.pid})"]
    assert sleeper.wait(PATIENCE) == -9


def test_after_a_restart_numbers_of_processes_mean_others(gone, sleeper):
    made = folder(msgspec.structs.replace(gone, boot="an earlier one"), commands=[of(sleeper.pid)])
    assert doctor.clean() == [f"{made}: removed"]
    assert sleeper.poll() is None


def test_a_folder_that_vanishes_while_it_is_looked_at_does_no_harm(gone):
    made = folder(gone)
    found = list(folders.abandoned())
    folders.remove(found[0])
    assert folders.read(made) is None
    assert folders.remove(found[0]) == f"{made}: removed"


def test_what_is_elsewhere_is_shown_and_stays(ours, gone):
    away = msgspec.structs.replace(gone, namespace=1)
    made, path = folder(away), noted(ours, away)
    place = f"127.0.0.1:{urlsplit(ours).port}"
    assert doctor.leftovers() == [
        f"elsewhere (another machine or container must clean it): {made}",
        f"elsewhere (another machine or container must clean it): run {path.name} on redis at {place}, database 0",
    ]
    assert not doctor.clean()
    assert made.exists()
    assert path.exists()


def test_a_run_that_lives_keeps_its_note_and_its_keys(ours, monkeypatch):
    monkeypatch.setenv("CROSSOVER_REDIS_URL", ours)
    path = noted(ours, this_process())
    with redis.Redis.from_url(ours) as client:
        client.set(f"crossover:{path.name}:tasks", 1)
        assert not doctor.clean()
        assert client.exists(f"crossover:{path.name}:tasks")
    assert path.exists()


@pytest.mark.long
def test_another_database_is_not_taken_for_the_one_that_was_used(ours, monkeypatch, gone):
    url = ours.replace("/0", "/3")
    path = noted(url, gone)
    with redis.Redis.from_url(url) as client:
        client.set(f"crossover:{path.name}:tasks", 1)
        client.set("crossover:another:tasks", 1)
        monkeypatch.setenv("CROSSOVER_REDIS_URL", ours)
        said = f"run {path.name} on redis at 127.0.0.1:{urlsplit(ours).port}, database 3: "
        assert doctor.clean() == [f"{said}not reached; set CROSSOVER_REDIS_URL to its URL"]
        assert path.exists()
        monkeypatch.setenv("CROSSOVER_REDIS_URL", url)
        assert doctor.clean() == [f"{said}removed 1 keys"]
        assert not path.exists()
        assert client.keys() == [b"crossover:another:tasks"]


@pytest.mark.parametrize(
    ("kind", "used", "named"),
    [
        ("redis", "redis://h:1", "redis://h:1/1"),
        ("redis", "redis://h:1/0", "redis://h:1/0?db=1"),
        ("redis", "unix:///there?db=1", "unix:///there"),
        ("rabbitmq", "amqp://h:1/%2F", "amqp://h:1/other"),
        ("rabbitmq", "amqp://h:1/one", "amqp://h:1"),
        ("redis", "redis://h:1", None),
    ],
)
def test_what_is_not_the_same_part_of_the_same_server_is_not_reached(monkeypatch, gone, kind, used, named):
    path = noted(used, gone, kind=kind)
    if named is not None:
        monkeypatch.setenv(server_kind(kind).variable, named)
    (said,) = doctor.clean()
    assert said.endswith(f": not reached; set {server_kind(kind).variable} to its URL")
    assert path.exists()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("redis://h:port", "the URL of redis cannot be read: its port is no number"),
        ("redis://:a/b@h:1/0", "the URL of redis cannot be read: each / ? # @ "),
        ("redis://127.0.0.1:1/0?nonsense=1", "an option that redis-py does not know"),
        ("redis://127.0.0.1:1", "no Redis at 127.0.0.1:1: connection refused"),
    ],
)
def test_the_note_of_a_run_on_an_unreachable_server_stays(monkeypatch, gone, url, problem):
    path = noted("redis://127.0.0.1:1", gone)
    monkeypatch.setenv("CROSSOVER_REDIS_URL", url)
    (said,) = doctor.clean()
    assert ": not reached: " in said
    assert problem in said
    assert path.exists()


def test_a_machine_that_hides_its_boot_is_one_boot(monkeypatch):
    monkeypatch.setattr(process_identity, "_read", lambda _path: "")
    assert this_process().state() is ProcessState.RUNNING
    assert this_process().boot == this_process().machine
