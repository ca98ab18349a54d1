"""Looks at modules of the user's in another process: that of the command never imports one."""

from __future__ import annotations

from typing import Any

from crossover.contract.text import readable
from crossover.execution.template.forked_call import call
from crossover.workers.processes.start_timeout import not_within, start_timeout
from workloads.base import InputError
from workloads.custom.inspection import Facts, inspect_reference


def inspect_elsewhere(reference: str, folder: str, python: str = "") -> Facts:
    """Return what is known of a user's function or workload.

    Args:
        reference: "package.module:name".
        folder: where modules are also searched for, after every other place; an absolute path.
        python: path of its interpreter; empty: the one of this process.

    Raises:
        InputError: it does not exist, or no worker could run it.
        StartError: there is no process in which a module can be imported.
        KeyboardInterrupt: Ctrl-C.
    """
    function = f"{inspect_reference.__module__}:{inspect_reference.__name__}"
    found: Facts = call_elsewhere(reference, function, reference, folder, python=python)
    return found


def call_elsewhere(reference: str, function: str, *arguments: Any, python: str = "") -> Any:
    """Return the result of a function of ours that imports a user's module; it is called in a new process.

    Args:
        reference: of what is in the module, for messages.
        function: as "package.module:function".
        arguments: picklable.
        python: path of its interpreter; empty: the one of this process.

    Raises:
        InputError: the function raised it, or the module cannot be imported there.
        StartError: there is no such process.
        KeyboardInterrupt: Ctrl-C.
    """
    module = reference.partition(":")[0]
    try:
        modules = (function.partition(":")[0],)
        return call(function, *arguments, within=start_timeout(), modules=modules, python=python)
    except InputError as error:
        raise InputError(readable(str(error))) from None
    except TimeoutError:
        raise InputError(not_within(f"module {module!r} cannot be imported: it was not ready")) from None
    except EOFError:
        raise InputError(f"module {module!r} cannot be imported: that ends the process") from None
