"""Variables with which a user configures an application of theirs leave our Celery workers alone."""

import pytest

ROUTES = "task_routes = {'*': {'queue': 'elsewhere'}}\ntask_always_eager = True\n"
THEIRS = {
    "BROKER_URL": "redis://nowhere:1/0",
    "RESULT_BACKEND": "redis://nowhere:1/0",
    "APP": "nowhere",
    "LOADER": "nowhere",
    "CONFIG_MODULE": "nowhere",
    "WORKDIR": "/nowhere",
    "CELERY_LOADER": "nowhere:Loader",
    "CELERY_APP": "nowhere",
    "CELERY_CUSTOM_WORKER_POOL": "nowhere:Pool",
    "CELERY_WORKER_CONCURRENCY": "nowhere",
    "CELERY_WORKER_POOL": "solo",
    "CELERY_WORKER_REVOKES_MAX": "nowhere",
    "CELERY_LOG_REDIRECT": "1",
    "CELERY_LOG_LEVEL": "nowhere",
    "CELERY_TRACE_APP": "1",
    "FORKED_BY_MULTIPROCESSING": "1",
    "DJANGO_SETTINGS_MODULE": "nowhere.settings",
    "REMAP_SIGTERM": "SIGQUIT",
}


@pytest.fixture
def run(crossover, result, redis_url):
    def compare(*words, **variables):
        usual = (*words, "-r", "1", "-w", "2", "--json", "out.json")
        ended = crossover("compare", "celery+redis", *usual, CROSSOVER_REDIS_URL=redis_url, **variables)
        assert ended.returncode == 0, ended
        assert "Traceback" not in ended.stderr
        (run,) = result()["runs"]
        return run

    return compare


@pytest.mark.long
@pytest.mark.parametrize("module", ["celeryconfig", "nowhere"])
def test_a_configuration_module(run, tmp_path, module):
    (tmp_path / "celeryconfig.py").write_text(ROUTES)
    found = run("-W", "noop", "-n", "20", CELERY_CONFIG_MODULE=module)
    assert found["delivery"]["completed"] == 20
    assert "celery+redis" in found["transport"]


@pytest.mark.long
def test_every_other_variable(run):
    assert run("-W", "noop", "-n", "20", **THEIRS)["delivery"]["completed"] == 20


@pytest.mark.long
def test_the_function_finds_them(run, mine, tmp_path):
    (tmp_path / "theirs.py").write_text(ROUTES)
    words = mine("""
        import os
        import celery

        app = celery.Celery("mine")
        app.config_from_envvar("CELERY_CONFIG_MODULE")

        @app.task
        def elsewhere(item): ...

        def run(item):
            return app.conf.task_always_eager, os.environ["CELERY_CONFIG_MODULE"], elsewhere.app is app

        run.check = lambda item, value: list(value) == [True, "theirs", True]
    """)
    found = run(*words, CELERY_CONFIG_MODULE="theirs")
    assert found["delivery"]["failed"] == found["delivery"]["corrupted"] == 0
