"""Every exercise in a real JupyterLab: as it is given out, and with right answers written into it."""

import json
from pathlib import Path

import pytest
from pages import Notebook
from playwright.sync_api import expect
from sheets import pictures, stretch, write_sheet

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = sorted(path.stem for path in (ROOT / "exercises").glob("*.ipynb"))


def solved(name):
    """The exercise with the solutions in its answer cells, and nothing run."""
    given = json.loads((ROOT / "exercises" / f"{name}.ipynb").read_text(encoding="utf-8"))
    master = json.loads((ROOT / "solutions" / f"{name}.ipynb").read_text(encoding="utf-8"))
    answers = {id_of(cell): cell["source"] for cell in master["cells"] if id_of(cell)}
    for cell in given["cells"]:
        cell["source"] = answers.get(id_of(cell), cell["source"])
    return given


def id_of(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


@pytest.fixture(scope="module", params=EXERCISES)
def exercise(request, chromium, lab):
    """The exercise, opened with nothing run."""
    lab.end_kernels()
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    notebook = Notebook(page, lab, f"exercises/{request.param}.ipynb")
    notebook.name = request.param
    yield notebook
    page.close()


@pytest.fixture(scope="module")
def done(exercise, chromium, lab):
    """The exercise with right answers, after Run All Cells."""
    Path(lab.course, "exercises", f"{exercise.name}.ipynb").write_text(
        json.dumps(solved(exercise.name)), encoding="utf-8"
    )
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    notebook = Notebook(page, lab, f"exercises/{exercise.name}.ipynb")
    notebook.name = exercise.name
    notebook.run_all()
    yield notebook
    page.close()


def test_an_exercise_as_given_out_asks_for_an_answer_to_each_question(exercise):
    stretch(exercise.page, 1400)
    write_sheet(pictures(exercise.page), f"exercise {exercise.name}")
    expect(exercise.page.locator(".jp-CodeCell", has_text="# YOUR CODE HERE").first).to_be_visible()
    assert exercise.complaints == []


def test_right_answers_run_from_top_to_bottom_without_an_error(done):
    assert [o for cell in done.save() for o in cell["outputs"] if o["output_type"] == "error"] == []


def test_each_check_says_that_right_answers_are_right(done):
    stretch(done.page, 1400)
    write_sheet(pictures(done.page), f"exercise {done.name} solved")
    said = [
        "".join(o["data"]["text/plain"])
        for cell in done.save()
        for o in cell["outputs"]
        if "check(" in "".join(cell["source"]) and "data" in o
    ]
    assert said
    assert not [text for text in said if "not yet" in text or "not attempted" in text]


def test_the_page_of_an_exercise_does_not_complain(done):
    assert done.complaints == []
    assert done.asked_elsewhere == []
