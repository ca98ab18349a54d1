"""The lines of an experiment: a lesson is complete only with the functions that it starts in processes and threads.

Nothing but the standard library is imported here, so that any Python can run the experiments.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

FOR_CHECKS = re.compile(r"  # (noqa|type: ignore).*")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def code_of(function: Callable[..., Any], others: Iterable[str] = ()) -> str:
    """Return the lines of a function, with all of its module that it uses: constants first, then functions and classes.

    Args:
        function: at the top of a module.
        others: of other modules, each as "module:name name"; they are read, not imported: a library may be missing.
    """
    parts = [code_in(inspect.getsource(inspect.getmodule(function) or function), function.__name__)]
    for other in others:
        module, _, names = other.partition(":")
        parts.append(f"# {module.rpartition('.')[2]}.py\n\n{code_in(_source(module), *names.split())}")
    return "\n\n".join(parts)


def code_in(source: str, *names: str) -> str:
    """Return the lines of some parts of a module, with all of the module that they use.

    Args:
        source: of the module.
        *names: of functions, classes and constants at its top.
    """
    top = {name: node for node in ast.parse(source).body for name in _names(node)}
    used, left = set[str](), [*names]
    while left:
        found = left.pop()
        if found in top and found not in used:
            used.add(found)
            left += [one.id for one in ast.walk(top[found]) if isinstance(one, ast.Name)]
    nodes = dict.fromkeys(node for found, node in top.items() if found in used)
    constants = [_lines(source, node) for node in nodes if not isinstance(node, DEFINITIONS)]
    definitions = [_lines(source, node) for node in nodes if isinstance(node, DEFINITIONS)]
    return "\n\n".join(["".join(constants), *definitions] if constants else definitions)


def _source(module: str) -> str:
    loader: Any = getattr(importlib.util.find_spec(module), "loader", None)
    return str(loader.get_source(module))


def _names(node: ast.stmt) -> list[str]:
    """Return the names that a statement at the top of a module defines."""
    if isinstance(node, DEFINITIONS):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]


def _lines(source: str, node: ast.stmt) -> str:
    """Return whole lines, with decorators before and comments behind, other than those for programs that check code."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return "".join(f"{FOR_CHECKS.sub('', line)}\n" for line in source.splitlines()[first - 1 : node.end_lineno])
