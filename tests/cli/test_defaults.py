"""Defaults of the user's own: a file in the folder, and variables; what is typed goes first."""

import json

import pytest

RUN = """[compare]
transports = ["serial", "threads"]
rounds = 2
workload = "noop"
tasks = 20
window = 4
quiet = true
"""


def rounds(folder):
    return json.loads((folder / "r.json").read_text())["plan"]["rounds"]


@pytest.mark.long
def test_a_file_sets_what_is_not_typed_and_the_result_tells_it(in_process, tmp_path):
    (tmp_path / "crossover.toml").write_text(RUN)
    assert in_process("compare", "--json", "r.json").returncode == 0
    plan = json.loads((tmp_path / "r.json").read_text())["plan"]
    assert (plan["transports"], plan["rounds"], plan["window"]) == (["serial", "threads"], 2, 4)
    assert plan["command"][3:] == [
        *("serial", "threads", "--workload", "noop", "--tasks", "20", "--window", "4", "--rounds", "2", "--quiet")
    ]


@pytest.mark.long
def test_what_is_typed_goes_before_a_variable_and_that_before_the_file(in_process, tmp_path):
    (tmp_path / "crossover.toml").write_text(RUN)
    assert in_process("compare", "--json", "r.json", CROSSOVER_COMPARE_ROUNDS="3").returncode == 0
    assert rounds(tmp_path) == 3
    assert in_process("compare", "-r", "1", "--json", "r.json", CROSSOVER_COMPARE_ROUNDS="3").returncode == 0
    assert rounds(tmp_path) == 1


def test_claims_have_defaults_too(in_process, tmp_path):
    (tmp_path / "crossover.toml").write_text('[claims]\nclaims = ["pool-map"]\nlang = "zh"\nquiet = true\n')
    ended = in_process("claims", "--json", "r.json", CROSSOVER_CLAIMS_DEADLINE="20s")
    assert ended.returncode == 0, ended
    plan = json.loads((tmp_path / "r.json").read_text())["plan"]
    assert (plan["claims"], plan["language"], plan["deadline"]) == (["pool-map"], "zh", 20)
    assert plan["command"][3:] == ["pool-map", "--lang", "zh", "--hang-after", "20s", "--quiet"]
    ended = in_process("claims", CROSSOVER_CLAIMS_PYTHONS="nowhere")
    assert ended.returncode == 69
    assert "there is no interpreter nowhere" in ended.stderr


@pytest.mark.long
def test_a_table_of_pyproject_serves_the_folders_below(in_process, tmp_path):
    (tmp_path / "pyproject.toml").write_text(RUN.replace("[compare]", "[tool.crossover.compare]"))
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert in_process("compare", "--json", tmp_path / "r.json", cwd=below).returncode == 0
    assert rounds(tmp_path) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[compre]\n",
            "crossover.toml: 'compre' is no table of a command (did you mean 'compare'?); allowed: [compare],",
        ),
        ("rounds = 1\n", "crossover.toml: 'rounds' is no table of a command; allowed: [comp"),
        (
            "[compare]\nrond = 1\n",
            "[compare] has no option 'rond' (did you mean 'rounds'?); allowed: transports,",
        ),
        (
            "[compare]\nrounds = {a = 1}\n",
            "[compare] rounds cannot be {'a': 1}; allowed: a text, a number,",
        ),
        ("[compare]\nrounds = 0\n", "'0' is not possible; allowed: a whole number, 1 or more; or auto (set in "),
        ("[compare\n", "crossover.toml cannot be read: "),
    ],
)
def test_a_wrong_file_is_named(in_process, tmp_path, text, said):
    (tmp_path / "crossover.toml").write_text(text)
    ended = in_process("compare", "serial")
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())
    assert in_process("compare", "--help").returncode == 0


def test_a_wrong_variable_is_named(in_process):
    ended = in_process("compare", "serial", CROSSOVER_COMPARE_ROUNDS="many")
    assert ended.returncode == 2
    assert "(set in CROSSOVER_COMPARE_ROUNDS)" in ended.stderr
