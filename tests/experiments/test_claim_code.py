"""The code that is shown of a claim: all that a reader needs of its module, and nothing else."""

import ast
import inspect

import pytest

from crossover.experiments.claim_code import code_of
from crossover.experiments.claims.claim import all_claims

CLAIMS = all_claims()


def defined(code):
    """Return the names that are defined at the top of a program."""
    found = set()
    for node in ast.parse(code).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                found |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
            case _:
                pytest.fail(f"neither a definition nor a constant: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("name", CLAIMS)
def test_all_of_the_module_is_there_that_the_code_uses(name):
    code = code_of(CLAIMS[name].check)
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    module = inspect.getmodule(CLAIMS[name].check)
    imported = {
        alias.asname or alias.name
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    own = {name for name in vars(module) if not name.startswith("__")} - imported
    assert used & own <= defined(code)
    assert defined(code) - {CLAIMS[name].check.__name__} <= used
    assert f'@claim("{name}"' in code


def test_functions_that_functions_use_are_there_in_their_order():
    code = CLAIMS["sync-async"].code
    assert code.startswith("DEADLINE = 10.0  # ")
    places = [code.index(f"\n\n\ndef {name}(") for name in ("square", "synchronous_blocking", "tried")]
    assert places == sorted(places)
    assert "process_states" not in code
    assert code.endswith("facts)\n")


def test_comments_for_programs_that_check_code_are_not_shown():
    code = CLAIMS["process-isolated"].code
    assert "    global number\n" in code
    assert "# fork copies this" in code
    assert not any(word in claim.code for claim in CLAIMS.values() for word in ("noqa", "type: ignore"))


def test_what_a_lesson_needs_of_other_modules_follows_under_their_names():
    code = CLAIMS["lock-across-machines"].code
    assert code.startswith(code_of(CLAIMS["lock-across-machines"].check))
    places = [code.index(f"\n\n\n# {server}.py\n\n") for server in ("in_redis", "in_memcached", "in_rabbitmq")]
    assert places == sorted(places)
    assert code.count("\nclass Lock(") == 3
    assert "class Event" not in code


@pytest.mark.parametrize("name", [name for name, claim in CLAIMS.items() if claim.shows])
def test_what_a_lesson_shows_of_other_modules_is_there(name):
    for place in CLAIMS[name].shows:
        module, _, names = place.partition(":")
        shown = code_of(CLAIMS[name].check, [place]).removeprefix(code_of(CLAIMS[name].check))
        assert shown.startswith(f"\n\n# {module.rpartition('.')[2]}.py\n\n")
        assert {*names.split()} <= defined(shown)


def test_a_module_is_read_where_it_cannot_be_imported(tmp_path, monkeypatch):
    (tmp_path / "lacking.py").write_text(
        "import nowhere\n\n\ndef wanted():\n    return 1\n\n\ndef other():\n    return 2\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert code_of(defined, ["lacking:wanted"]).endswith("\n\n# lacking.py\n\ndef wanted():\n    return 1\n")
