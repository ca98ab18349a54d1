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
        return "".join(line for line in lines if not line.startswith(SEMAPHORES)) or NOTHING

    return run


@pytest.fixture
def clean(doctor):
    """Clean up; return what was removed, in its words."""

    def run(**variables):
        said = doctor("--clean", **variables)
        return "" if said == NOTHING else said

    return run
