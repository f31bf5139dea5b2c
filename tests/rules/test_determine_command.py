"""`manage.py determine`: answers on stdout, one clear sentence on stderr, and an exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from licensing.regimes import reader

ROOT = Path(__file__).parents[2]
GOLDEN = reader.CN / "golden_scenarios.json"


def determine(*words: str | Path) -> subprocess.CompletedProcess[str]:
    # No database and no queue: an address where nothing listens proves that neither is asked.
    env = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9/0"}
    command = [sys.executable, "manage.py", "determine", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def test_golden_scenarios_are_answered_in_the_order_given() -> None:
    done = determine(GOLDEN)
    assert (done.returncode, done.stderr) == (0, "")
    answers = json.loads(done.stdout)
    scenarios = json.loads(GOLDEN.read_text())["scenarios"]
    assert [answer["id"] for answer in answers] == [scenario["id"] for scenario in scenarios]
    for answer, scenario in zip(answers, scenarios, strict=True):
        expected = scenario["expected"]
        assert (answer["outcome"], answer["deciding_measure"]) == (expected["outcome"], expected["deciding_measure"])
        assert answer["licence_kinds"] == expected["licence_kinds"]
        assert set(expected["flags"]) <= set(answer["flags"])
        assert all(isinstance(reason, str) and reason for reason in answer["reasons"])
        assert set(answer) == {
            "id", "outcome", "deciding_measure", "other_measures", "licence_kinds", "flags", "reasons"
        }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", ["is not JSON", "line 1"]),
        (b"\xff\xfe", ["is not UTF-8"]),
        (b"{}", ["list of scenarios"]),
        (b'[{"id": "S-1", "as_of": "soon"}]', ["Scenario S-1", "as_of", "soon"]),
    ],
)
def test_bad_input_is_refused_in_one_sentence(tmp_path: Path, content: bytes, words: list[str]) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(content)
    done = determine(file)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert all(word in done.stderr for word in words)


def test_a_day_without_law_is_a_problem_not_freedom(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text('[{"id": "S-1", "as_of": "2020-11-30"}]')
    done = determine(file)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Scenario S-1" in done.stderr
    assert "2020-12-01" in done.stderr


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert determine(tmp_path / "none.json").returncode == 2
    assert determine(GOLDEN, "--regime", tmp_path).returncode == 2
