"""One source gives one notebook, byte for byte."""

import re
import sys

import pytest

from dlcourse.authoring import notebooks

pytestmark = pytest.mark.xdist_group("built")
VIEW = "application/vnd.jupyter.widget-view+json"


def cell_with(notebook, text):
    return next(cell for cell in notebook["cells"] if text in "".join(cell["source"]))


def models(notebook):
    return notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]


def test_building_twice_gives_the_same_bytes(built):
    _, first, second = built
    assert first == second


def test_the_text_ends_with_one_newline(built):
    assert re.search(r"\}\n\Z", built[1])


def test_cell_ids_are_unique(built):
    ids = [cell["id"] for cell in built[0]["cells"]]
    assert len(set(ids)) == len(ids)


def test_an_id_in_the_source_becomes_the_cells_id(built):
    assert cell_with(built[0], "plt.plot")["id"] == "a-picture"


def test_a_graded_cell_is_called_by_its_grade_id(built):
    assert cell_with(built[0], "for step")["id"] == "q1"


def test_inserting_a_cell_leaves_the_ids_of_the_others(course):
    root = course(before="# %%\nfirst\n# %%\nlast\n", after="# %%\nfirst\n# %%\nbetween\n# %%\nlast\n")
    before, after = (notebooks.parse(root / "lessons" / "source" / f"{name}.py").cells for name in ("before", "after"))
    assert [cell.id for cell in before] == [after[0].id, after[2].id]


def test_tags_of_the_source_are_kept(built):
    assert cell_with(built[0], "aside")["metadata"] == {"tags": ["demo"]}


def test_nbgrader_metadata_of_the_source_is_kept(built):
    kept = {"grade_id": "q1", "solution": True, "grade": False, "locked": False, "schema_version": 3}
    assert cell_with(built[0], "for step")["metadata"] == {"nbgrader": kept}


def test_the_notebooks_metadata_names_no_version(built):
    metadata = {key: value for key, value in built[0]["metadata"].items() if key != "widgets"}
    assert metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def test_cells_are_numbered_in_the_order_they_ran(built):
    counts = [cell["execution_count"] for cell in built[0]["cells"] if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_printed_lines_are_one_output_per_stream(built):
    outputs = cell_with(built[0], "aside")["outputs"]
    assert [(o["name"], "".join(o["text"])) for o in outputs] == [("stdout", "one\ntwo\n"), ("stderr", "aside\n")]


def test_progress_bars_leave_no_output(built):
    assert cell_with(built[0], "for step")["outputs"] == []


def test_widget_models_are_numbered_from_one(built):
    assert sorted(models(built[0])) == [f"{n:032x}" for n in range(1, len(models(built[0])) + 1)]


def test_every_reference_to_a_widget_model_is_renumbered_with_it(built):
    references = set(re.findall(r"IPY_MODEL_(\w+)", built[1]))
    assert references
    assert references <= set(models(built[0]))


def test_the_view_in_the_output_shows_a_stored_model(built):
    (output,) = cell_with(built[0], "class Explorer")["outputs"]
    assert output["data"][VIEW]["model_id"] in models(built[0])


def test_the_picture_of_an_image_widget_is_stored(built):
    (image,) = [model for model in models(built[0]).values() if model["model_name"] == "ImageModel"]
    assert image["buffers"][0]["path"] == ["value"]


def test_a_still_picture_stands_beside_the_widget(built):
    (output,) = cell_with(built[0], "class Explorer")["outputs"]
    assert {VIEW, "image/png", "text/plain"} == set(output["data"])


def test_a_lesson_runs_in_the_folder_it_is_read_in(built):
    (output,) = cell_with(built[0], "Path.cwd().name")["outputs"]
    assert "".join(output["text"]) == "lessons\n"


def test_the_kernel_is_this_python(course, tmp_path):
    root = course(which="# %%\nfrom pathlib import Path\nimport sys\n_ = Path('which').write_text(sys.executable)")
    notebooks.build(root / "lessons" / "source" / "which.py", root / "lessons" / "which.ipynb")
    assert (root / "lessons" / "which").read_text() == sys.executable


def test_a_failed_build_leaves_the_old_notebook(course):
    root = course(bad="# %%\n1 / 0")
    target = root / "lessons" / "bad.ipynb"
    target.write_text("old")
    with pytest.raises(notebooks.BuildError):
        notebooks.build(root / "lessons" / "source" / "bad.py", target)
    assert target.read_text() == "old"
