"""Classroom 50's `result.json`: the public checks of one notebook, in a student's repository.

Classroom 50 counts whole points only, so a point of ours is a hundred of theirs: nothing is rounded away that anyone reads.
What it knows of classroom, assignment and submission it says in variables of the environment; in another repository's
workflow, GitHub's own variables stand in for them.
"""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from dlcourse.checks.run import QuestionResult
from dlcourse.classroom.text import as_text
from dlcourse.files import write_whole

SCHEMA = "classroom50/result/v1"
#: Theirs for one of ours.
SCALE = 100
#: field -> the variables that may say it, the first that does; and what stands there where nobody does.
SURROUNDINGS = {
    "classroom": (("CLASSROOM", "GITHUB_REPOSITORY_OWNER"), "none"),
    "assignment": (("ASSIGNMENT",), ""),
    "assignment_type": (("ASSIGNMENT_TYPE",), "individual"),
    "owner": (("OWNER", "USERNAME", "GITHUB_ACTOR"), "none"),
    "submission": (("SUBMISSION_TAG",), ""),
    "commit": (("COMMIT_URL",), ""),
    "release": (("RELEASE_URL", "COMMIT_URL"), ""),
    "review": (("REVIEW_URL", "COMMIT_URL"), ""),
}


def write_result(path: Path, exercise: str, questions: Sequence[QuestionResult]) -> None:
    """Write the result of a notebook's public checks, as of now and here."""
    write_whole(path, json.dumps(result(exercise, questions, datetime.now(UTC), os.environ), indent=2) + "\n")


def result(
    exercise: str, questions: Sequence[QuestionResult], now: datetime, environment: Mapping[str, str]
) -> dict[str, Any]:
    """The result of a notebook's public checks, a test for each check."""
    variables = with_links(environment, exercise)
    said = {
        field: next((variables[name] for name in names if variables.get(name)), otherwise)
        for field, (names, otherwise) in SURROUNDINGS.items()
    }
    tests = [test for question in questions for test in tests_of(question)]
    return {
        "schema": SCHEMA,
        **said,
        "datetime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def with_links(environment: Mapping[str, str], exercise: str) -> dict[str, str]:
    """The environment, with what Classroom 50 would say where it does not: the assignment, a submission, a commit's page."""
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    repository, commit = environment.get("GITHUB_REPOSITORY", "none"), environment.get("GITHUB_SHA", "none")
    otherwise = {
        "ASSIGNMENT": exercise,
        "SUBMISSION_TAG": f"submit/{commit}",
        "COMMIT_URL": f"{server}/{repository}/commit/{commit}",
    }
    return otherwise | {name: value for name, value in environment.items() if value}


def tests_of(question: QuestionResult) -> list[dict[str, Any]]:
    """A test for each check of a question, all its cases together."""
    grouped = groupby(question.checks, key=lambda check: check.name)
    wholes = [QuestionResult(question.id, name, tuple(checks)) for name, checks in grouped]
    return [
        {
            "test-name": as_text(f"{question.id} {question.title}: {whole.title}"),
            "passed": whole.status == "passed",
            "score": round(SCALE * whole.score),
            "max-score": round(SCALE * whole.max_score),
        }
        for whole in wholes
    ]
