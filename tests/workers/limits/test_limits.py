"""The limits of a container count, and what is not limited is taken from the machine."""

import pytest

from crossover.contract.registry import parse
from crossover.execution import worker_capacity
from crossover.workers.limits import cgroups, cpu, memory, processes

GIB, MIB = 2**30, 2**20
VERSION_2 = "29 23 0:26 / {mounted} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


@pytest.fixture
def group(tmp_path, monkeypatch):
    """Write the files of control groups, as a kernel shows them to a process in the group "pod/app"."""
    monkeypatch.setattr(cgroups, "PROC", tmp_path)
    mounted = tmp_path / "mounted here"
    (mounted / "pod/app").mkdir(parents=True)

    def write(name="pod/app", *, lines="0::/pod/app\n", mounts=VERSION_2, **files):
        (tmp_path / "cgroup").write_text(lines)
        (tmp_path / "mountinfo").write_text(mounts.replace("{mounted}", str(mounted).replace(" ", "\\040")))
        folder = mounted / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file.replace("__", ".")).write_text(text + "\n")

    return write


def test_without_a_limit_the_machine_is_the_limit(group):
    assert memory.memory_limit() is None
    assert memory.free_memory() > MIB
    group(memory__max="max", cpu__max="max 100000", pids__max="max")
    assert memory.memory_limit() is None
    assert cpu.cpu_quota() is None
    assert cpu.cores() >= 1
    assert processes.most_processes() > 100


def test_a_container_may_have_less(group):
    group(memory__max=str(GIB // 64), memory__current=str(GIB // 128), cpu__max="150000 100000", pids__max="17")
    assert memory.memory_limit() == GIB // 64
    assert memory.free_memory() == GIB // 128
    assert cpu.cpu_quota() == 1.5
    assert cpu.cores() == 2
    assert processes.most_processes() == 17


def test_the_smallest_limit_of_all_groups_above_counts(group):
    group("pod", memory__max=str(GIB // 64), memory__current="0", cpu__max="50000 100000", pids__max="40")
    group("pod", pids__current="30")
    group(memory__max=str(GIB), memory__current="0", cpu__max="400000 100000", pids__max="max")
    assert memory.memory_limit() == memory.free_memory() == GIB // 64
    assert (cpu.cpu_quota(), cpu.cores()) == (0.5, 1)
    assert processes.most_processes() == 10


def test_files_that_are_only_cached_leave_memory_free(group):
    group(
        memory__max=str(MIB), memory__current=str(MIB), memory__stat=f"anon 1\ninactive_file {MIB // 2}\nactive_file 8"
    )
    assert memory.free_memory() == MIB // 2 + 8


def test_memory_above_which_processes_are_slowed_down_is_a_limit(group):
    group(memory__max="max", memory__high=str(MIB), memory__current="0")
    assert memory.free_memory() == MIB


def test_a_container_that_sees_its_own_group_as_the_root_is_limited_by_that(group):
    group("", lines="0::/\n", cpu__max="100000 100000")
    assert cpu.cores() == 1


def test_a_container_that_mounts_its_own_group_only_is_limited_by_that(group):
    mounts = VERSION_2.replace("0:26 /", "0:26 /docker/1234")
    group("", lines="0::/docker/1234\n", mounts=mounts, cpu__max="100000 100000")
    assert cpu.cores() == 1
    group("", lines="0::/../elsewhere\n", mounts=VERSION_2)
    assert cpu.cores() == 1


def test_each_controller_of_version_1_has_groups_of_its_own(group):
    mounts = "".join(
        f"3{number} 31 0:2{number} / {{mounted}}/{name} rw - cgroup cgroup rw,{name}\n"
        for number, name in enumerate(["cpu,cpuacct", "memory", "pids"])
    )
    lines = "4:memory:/outer/inner\n3:pids:/\n1:cpu,cpuacct:/outer\n0::/\n"
    made = {"lines": lines, "mounts": mounts}
    group("memory/outer/inner", **made, memory__limit_in_bytes="9223372036854771712")
    group("memory/outer", **made, memory__limit_in_bytes=str(GIB // 64), memory__usage_in_bytes=str(GIB // 128))
    group("memory/outer", **made, memory__stat=f"cache 1\ninactive_file 1\ntotal_inactive_file {GIB // 256}")
    group("cpu,cpuacct/outer", **made, cpu__cfs_quota_us="-1", cpu__cfs_period_us="100000")
    group("cpu,cpuacct", **made, cpu__cfs_quota_us="250000", cpu__cfs_period_us="100000")
    group("cpu,cpuacct", **made, cpu__stat="nr_periods 5\nnr_throttled 2\nthrottled_time 1500000000")
    assert memory.memory_limit() == GIB // 64
    assert memory.free_memory() == GIB // 128 + GIB // 256
    assert (cpu.cpu_quota(), cpu.cores()) == (2.5, 3)
    assert cpu.throttled_seconds() == 1.5


def test_how_long_a_quota_stopped_us_is_known(group):
    group("pod", cpu__max="50000 100000", cpu__stat="usage_usec 9\nthrottled_usec 2500000")
    assert cpu.throttled_seconds() == 2.5


def test_too_many_workers_are_refused_with_the_figures(group):
    group(memory__max=str(GIB), memory__current=str(GIB // 2), pids__max="1000")
    assert worker_capacity.why_not(parse("pipe"), 16, 40 * MIB) == (
        "16 workers need up to 0.6 GiB (40 MiB each); 0.5 are free; --force tries it"
    )
    assert worker_capacity.why_not(parse("pipe"), 8, 40 * MIB) is None
    too_many = worker_capacity.why_not(parse("pipe"), 2_000, 1)
    assert "2,000 workers are more than the 1,000 processes and threads" in too_many


def test_a_thread_needs_less_than_a_process_and_external_workers_need_nothing(group):
    group(memory__max=str(GIB // 512), memory__current="0")
    assert worker_capacity.why_not(parse("pipe"), 4).startswith("4 workers need up to ")
    assert worker_capacity.why_not(parse("threads"), 4) is None
    assert worker_capacity.why_not(parse("serial"), 4_000_000) is None
    assert worker_capacity.why_not(parse("celery+redis?workers=external"), 4) is None


@pytest.mark.parametrize("lines", ["", "nonsense\n", "0::/gone (deleted)\n", "0::\n", "3:cpu\n"])
@pytest.mark.parametrize("mounts", ["", "nonsense\n", VERSION_2, "1 2 3:4 / {mounted} rw - cgroup2\n"])
def test_what_is_not_understood_is_no_limit(group, lines, mounts):
    group(lines=lines, mounts=mounts, cpu__max="what 0", memory__max="much", pids__max="-1")
    group("", lines=lines, mounts=mounts, cpu__max="50000 0", memory__stat="inactive_file lots")
    assert cpu.cpu_quota() is None
    assert memory.memory_limit() is None
    assert memory.free_memory() > MIB


def test_what_the_kernel_ended_for_lack_of_memory_is_counted_in_our_group_or_on_the_machine(
    group, tmp_path, monkeypatch
):
    monkeypatch.setattr(memory, "EVENTS_OF_ALL", (tmp_path, "vmstat"))
    group()
    assert memory.processes_ended() == 0
    (tmp_path / "vmstat").write_text("nr_free_pages 12\noom_kill 7\n")
    assert memory.processes_ended() == 7
    group(memory__events="low 0\noom 5\noom_kill 4")
    assert memory.processes_ended() == 4
