"""What is released carries nbgrader's metadata, as its schema wants it; test_real_nbgrader.py asks nbgrader itself."""

import json
from pathlib import Path

import jsonschema
import pytest

from dlcourse.checks.question import read_questions

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "nbgrader-v3.schema.json").read_text())
NOTEBOOKS = [path for folder in ("exercises", "solutions") for path in sorted((ROOT / folder).glob("*.ipynb"))]


def metadata(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell["metadata"]["nbgrader"] for cell in cells if "nbgrader" in cell["metadata"]]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_metadata_are_what_nbgraders_schema_says(notebook):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [error.message for cell in metadata(notebook) for error in validator.iter_errors(cell)] == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_two_cells_have_one_id(notebook):
    ids = [cell["grade_id"] for cell in metadata(notebook)]
    assert len(set(ids)) == len(ids) > 0


@pytest.mark.parametrize("notebook", sorted((ROOT / "exercises").glob("*.ipynb")), ids=lambda path: path.stem)
def test_nbgraders_points_are_those_of_the_public_checks(notebook):
    worth = {cell["grade_id"]: cell["points"] for cell in metadata(notebook) if cell["grade"]}
    released = read_questions(notebook.parent / "checks" / f"{notebook.stem}.py")
    assert worth == {f"{question.id}-check": question.points for question in released}
