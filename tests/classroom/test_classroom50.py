"""Classroom 50's result.json holds what its schema and its collector ask for, in its runner and anywhere else."""

import json
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest
from made_standings import check, question

from dlcourse.classroom.exports.classroom50 import result

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "classroom50-result.schema.json").read_text())
NOW = datetime.fromisoformat("2026-03-02T23:59:30.25+01:00")
RUNNER = {
    "CLASSROOM": "learning",
    "ASSIGNMENT": "week-5",
    "ASSIGNMENT_TYPE": "group",
    "OWNER": "student-001",
    "SUBMISSION_TAG": "submit/2026-03-02T22-59-00Z-abc",
    "COMMIT_URL": "https://example.org/commit/abc",
    "RELEASE_URL": "https://example.org/release/abc",
    "REVIEW_URL": "",
}
ACTIONS = {"GITHUB_REPOSITORY": "class/week-5", "GITHUB_REPOSITORY_OWNER": "class", "GITHUB_SHA": "abc", "GITHUB_ACTOR": "student-001"}  # fmt: skip
THIRDS = question("q1", *(check(1 / 3, 1 / 3, title=f"values: {i}") for i in range(3)), check(0.5, 0.25, name="more"))


def made(environment, *questions):
    return result("05_activations", questions or (THIRDS,), NOW, environment)


@pytest.mark.parametrize("environment", [RUNNER, ACTIONS, {}], ids=["its runner", "GitHub Actions", "at home"])
def test_a_result_is_what_the_schema_says_wherever_it_is_made(environment):
    jsonschema.validate(made(environment), SCHEMA, jsonschema.Draft202012Validator)


def test_its_runner_says_who_and_what_it_is_about():
    found = made(RUNNER)
    assert {found[field] for field in ("classroom", "assignment", "owner", "submission", "assignment_type")} == {
        "learning", "week-5", "student-001", "submit/2026-03-02T22-59-00Z-abc", "group",
    }  # fmt: skip


def test_where_there_is_nothing_to_compare_with_the_commit_is_reviewed():
    assert made(RUNNER)["review"] == RUNNER["COMMIT_URL"]


def test_in_any_other_workflow_the_commit_has_its_page():
    assert made(ACTIONS)["commit"] == "https://github.com/class/week-5/commit/abc"


def test_the_time_is_in_utc_and_whole_seconds():
    assert made(RUNNER)["datetime"] == "2026-03-02T22:59:30Z"


def test_a_point_is_a_hundred_of_theirs_which_have_no_fractions():
    scores = [(test["score"], test["max-score"], test["passed"]) for test in made({})["tests"]]
    assert scores == [(100, 100, True), (25, 50, False)]


def test_scores_are_the_sums_of_the_tests_and_never_above_the_maximum():
    found = made({}, THIRDS, question("q2", check(2, 1.999)))
    assert (found["score"], found["max-score"]) == (125 + 200, 150 + 200)
    assert all(test["score"] <= test["max-score"] for test in found["tests"])
