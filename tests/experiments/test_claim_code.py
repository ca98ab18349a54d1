"""The code that is shown of a claim: all that a reader needs of its module, and nothing else."""

import ast
import inspect

import pytest

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
    code = CLAIMS[name].code
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
