"""`crossover doctor`, asked while other tests run."""

import pytest

SEMAPHORES = "/dev/shm/sem."
NOTHING = "Crashed runs left nothing behind.\n"


@pytest.fixture
def doctor(crossover, cleaning):
    """Return what it says, but of semaphores: all tests share their folder, and some kill what has some."""

    def run(*words, **variables):
        ended = crossover("doctor", *words, COLUMNS="300", **variables)
        assert ended.returncode == 0, ended
        assert not ended.stderr
        lines = ended.stdout.splitlines(keepends=True)
        ours = [line for line in lines if SEMAPHORES not in line]
        return "".join(ours) if ours or not lines else NOTHING

    return run


@pytest.fixture
def clean(doctor):
    """Clean up; return what was said."""

    def run(**variables):
        return doctor("--clean", **variables)

    return run
