import pytest

from dlcourse.classroom.intake.collect import collect
from dlcourse.grading.exercise import UsageError


def find_submissions(folder, exercise):
    return collect([folder], into=folder.parent / "never made", exercise=exercise).submissions


def touch(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


def test_a_tree_gives_student_and_assignment(tmp_path):
    touch(tmp_path / "ada" / "05_activations" / "05_activations.ipynb")
    (found,) = find_submissions(tmp_path, None)
    assert (found.student, found.assignment) == ("ada", "05_activations")


def test_flat_files_are_named_by_student(tmp_path):
    touch(tmp_path / "ada.ipynb")
    (found,) = find_submissions(tmp_path, "05_activations")
    assert (found.student, found.assignment) == ("ada", "05_activations")


def test_a_notebook_under_another_name_is_found_if_it_is_the_only_one(tmp_path):
    touch(tmp_path / "ada" / "05_activations" / "my work (1).ipynb")
    assert find_submissions(tmp_path, None)[0].path.name == "my work (1).ipynb"


def test_of_several_notebooks_the_one_with_the_released_name_counts(tmp_path):
    for name in ("scratch.ipynb", "05_activations.ipynb"):
        touch(tmp_path / "ada" / "05_activations" / name)
    assert find_submissions(tmp_path, None)[0].path.name == "05_activations.ipynb"


def test_several_notebooks_of_other_names_are_an_outcome_that_names_them(tmp_path):
    for name in ("a.ipynb", "b.ipynb"):
        touch(tmp_path / "ada" / "05_activations" / name)
    found = find_submissions(tmp_path, None)[0]
    assert (found.status, "a.ipynb, b.ipynb" in found.problem) == ("malformed", True)


def test_an_empty_folder_of_a_student_is_missing_not_forgotten(tmp_path):
    (tmp_path / "ada" / "05_activations").mkdir(parents=True)
    assert find_submissions(tmp_path, None)[0].status == "missing"


def test_checkpoints_and_hidden_files_are_no_submissions(tmp_path):
    touch(tmp_path / "ada" / "05_activations" / "05_activations.ipynb")
    touch(tmp_path / "ada" / "05_activations" / ".ipynb_checkpoints" / "x.ipynb")
    assert [submission.student for submission in find_submissions(tmp_path, None)] == ["ada"]


LINKS = {
    "a student's folder": "bob",
    "an assignment's folder": "bob/05_activations",
    "a notebook": "bob/05_activations/05_activations.ipynb",
}


@pytest.mark.parametrize("place", LINKS.values(), ids=LINKS)
def test_a_link_to_anothers_work_is_refused_by_name(tmp_path, place):
    touch(tmp_path / "ada" / "05_activations" / "05_activations.ipynb")
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).symlink_to(tmp_path / place.replace("bob", "ada"))
    found = {s.student: (s.status, s.path, "a link" in s.problem) for s in find_submissions(tmp_path, None)}
    assert found["bob"] == ("malformed", None, True)


def test_a_link_among_flat_notebooks_is_refused_by_name(tmp_path):
    touch(tmp_path / "ada.ipynb")
    (tmp_path / "bob.ipynb").symlink_to(tmp_path / "ada.ipynb")
    found = {s.student: (s.status, s.path) for s in find_submissions(tmp_path, "05_activations")}
    assert found["bob"] == ("malformed", None)


def test_one_exercise_can_be_chosen_from_a_tree(tmp_path):
    for name in ("01_perceptron", "05_activations"):
        touch(tmp_path / "ada" / name / f"{name}.ipynb")
    assert [submission.assignment for submission in find_submissions(tmp_path, "01_perceptron")] == ["01_perceptron"]


@pytest.mark.parametrize(
    ("files", "exercise", "says"),
    [
        ([], None, "holds no submissions"),
        (["ada.ipynb"], None, "--exercise NAME"),
        (["ada.ipynb", "bob/05/05.ipynb"], "05", "both notebooks and folders"),
    ],
)
def test_a_folder_that_cannot_be_graded_is_refused_in_a_sentence(tmp_path, files, exercise, says):
    for name in files:
        touch(tmp_path / name)
    with pytest.raises(UsageError, match=says):
        find_submissions(tmp_path, exercise)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(UsageError, match="nowhere does not exist"):
        find_submissions(tmp_path / "nowhere", None)
