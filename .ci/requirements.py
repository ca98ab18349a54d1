"""Prints requirements for pip: what pyproject.toml names, in one of three forms.

declared EXTRA...    as they stand there, of crossover itself and of these extras; `build` is what builds it; or `all`
locked EXTRA...      the same and all that they need in turn, from constraints.txt, each with the hashes of its files
lowest EXTRA...      the lowest version that is allowed, of each that is declared; these are constraints
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def declared(extras: list[str]) -> list[str]:
    """Return the requirements of crossover and of these extras; an extra may name others."""
    project = PROJECT["project"]
    known = {**project["optional-dependencies"], "build": PROJECT["build-system"]["requires"]}
    wanted = list(project["dependencies"])
    for extra in known if extras == ["all"] else extras:
        for line in known[extra]:
            if name_of(line) == project["name"]:
                wanted += declared(re.findall(r"[\w-]+", line.partition("[")[2]))
            else:
                wanted.append(line)
    return sorted({*wanted})


def locked(extras: list[str]) -> list[str]:
    """Return the entries of constraints.txt that these need; `# via` under an entry says what asked for it."""
    text = (ROOT / "constraints.txt").read_text("utf-8")
    entries = re.findall(r"^[\w.-]+==.*(?:\n[ ]+.*)*", text, re.MULTILINE)
    users = {entry: {name_of(word) for word in re.findall(r"# +(?:via +)?([\w.-]+)", entry)} for entry in entries}
    needed = {name_of(line) for line in declared(extras)}
    if missing := needed - {name_of(entry) for entry in entries}:
        sys.exit(f"constraints.txt lacks {', '.join(sorted(missing))}: make upgrade")
    while more := {name_of(entry) for entry in entries if users[entry] & needed} - needed:
        needed |= more
    return [entry for entry in entries if name_of(entry) in needed]


def lowest(extras: list[str]) -> list[str]:
    """Return a constraint for each declared requirement: the version after its >= or ==."""
    found = []
    for line in declared(extras):
        requirement, _, marker = line.partition(";")
        bound = re.search(r"[>=]=\s*([\w.]+)", requirement)
        if not bound:
            sys.exit(f"pyproject.toml: {line!r} has no lower bound")
        found.append(f"{name_of(line)}=={bound[1]}" + (f" ;{marker}" if marker else ""))
    return found


def name_of(line: str) -> str:
    """Return the normalized name that a requirement or an entry begins with."""
    found = re.match(r"[\w.-]+", line)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


if __name__ == "__main__":
    form = {"declared": declared, "locked": locked, "lowest": lowest}[sys.argv[1]]
    sys.stdout.write("\n".join(form(sys.argv[2:])) + "\n")
