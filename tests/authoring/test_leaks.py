"""A leak of each kind, planted in what students get, is found; what they are meant to get is none."""

import ast
import json

import pytest

from dlcourse.authoring.leaks import leaks, numbered, weight
from dlcourse.authoring.release import released

NAME = "90_twice"
NOTEBOOK, CHECKS, RECORDED = f"{NAME}.ipynb", f"{NAME}.py", f"{NAME}.json"
SOLUTION = (
    "def twice(x):\n    ### BEGIN SOLUTION\n    scale = np.where(x > 0, 2.0, 2)\n"
    "    return scale * x + 0 * np.abs(x)\n    ### END SOLUTION"
)
LINE, RENAMED = "scale = np.where(x > 0, 2.0, 2)", "k = np.where(value > 0, 2.0, 2)"


@pytest.fixture
def files(course):
    """What students get of an exercise without a leak, by name."""
    course.cells[2] = ("code", SOLUTION, {"question": "q1"})
    course.write_master()
    return {path.name: text for path, text in released(course.root, NAME).items()}


def found(course, files):
    return "\n".join(leaks(json.loads(course.master.read_text()), [course.checks.read_text()], files))


def planted(files, place, text):
    """The files with a text in one place of the notebook."""
    notebook = json.loads(files[NOTEBOOK])
    plant = {
        "code": lambda: notebook["cells"][0].update(source=["import numpy as np\n", text]),
        "markdown": lambda: notebook["cells"][1].update(source=f"Think of this:\n\n{text}\n"),
        "list": lambda: notebook["cells"][1].update(source=f"- {text}"),
        "span": lambda: notebook["cells"][1].update(source=f"Why not `{text}`, for once?"),
        "fence": lambda: notebook["cells"][1].update(source=f"Like so:\n```python\n{text}\n```"),
        "comment": lambda: notebook["cells"][0].update(source=f"import numpy as np\n# {text}"),
        "string": lambda: notebook["cells"][0].update(source=f'note = """\n{text}\n"""'),
        "output": lambda: notebook["cells"][0].update(outputs=[{"output_type": "stream", "text": [text]}]),
        "metadata": lambda: notebook["metadata"].update(note=text),
        "cell metadata": lambda: notebook["cells"][1]["metadata"].update(note={"deep": [1, text]}),
        "key": lambda: notebook["metadata"].update({text: 1}),
        "attachment": lambda: notebook["cells"][1].update(attachments={"a.txt": {"text/plain": text}}),
    }
    plant[place]()
    return files | {NOTEBOOK: json.dumps(notebook)}


PLACES = [
    "code", "markdown", "list", "span", "fence", "comment", "string", "output", "metadata", "cell metadata", "key",
    "attachment",
]  # fmt: skip


def test_an_exercise_as_released_leaks_nothing(course, files):
    assert found(course, files) == ""


@pytest.mark.parametrize("place", PLACES)
def test_a_line_of_the_solution_is_found_wherever_it_stands(course, files, place):
    assert f"a piece of the solution stands in {NOTEBOOK}" in found(course, planted(files, place, LINE))


@pytest.mark.parametrize("place", PLACES)
def test_a_line_of_the_solution_is_found_under_other_names(course, files, place):
    assert f"a piece of the solution stands in {NOTEBOOK}" in found(course, planted(files, place, RENAMED))


@pytest.mark.parametrize(
    "text",
    [
        "scale  =  np.where(x>0, 2.0, 2)",
        "scale = (\n    np.where(\n        x > 0,\n        2.0,\n        2,\n    )\n)",
        "if len(y) > 3:\n    y = 3 - np.where(y > 0, 2.0, 2)",
        "print(f(numpy.where(a > 0, 2.0, 2)))",
        "def h(v):\n    '''Mine.'''\n    w = np.where(v > 0, 2.0, 2)\n    return w * v + 0 * np.abs(v)",
    ],
)
def test_a_piece_is_found_in_other_spacing_and_in_other_surroundings(course, files, text):
    assert "a piece of the solution" in found(course, planted(files, "code", text))


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("return 2.0 * np.abs(x) + np.zeros_like(x)", "'unsigned'"),
        ("y = 2.0 * np.abs(y) + np.zeros_like(y)", "'unsigned'"),
        ("np.left_shift(np.ones(3, int), 1)[0]", "'shifted'"),
    ],
)
def test_a_mistake_and_an_alternative_are_found_too(course, files, text, whose):
    assert f"a piece of {whose} stands in" in found(course, planted(files, "span", text))


@pytest.mark.parametrize("text", [f"# {RENAMED}", f'HINT = "{RENAMED}"', f"def helper(value):\n    {RENAMED}"])
def test_a_leak_in_the_public_checks_is_found(course, files, text):
    assert f"stands in {CHECKS}" in found(course, files | {CHECKS: f"{files[CHECKS]}\n{text}\n"})


@pytest.mark.parametrize("hint", [LINE, f"Try `{RENAMED}` instead."])
def test_a_leak_in_a_recorded_hint_is_found(course, files, hint):
    recorded = json.loads(files[RECORDED])
    recorded["q1"]["hints"]["square"] = hint
    assert f"stands in {RECORDED}" in found(course, files | {RECORDED: json.dumps(recorded)})


def test_what_is_given_to_students_on_purpose_is_no_leak(course):
    given = f"{SOLUTION}\n    ### BEGIN STUDENT\n    # {LINE}\n    # return scale\n    ### END STUDENT"
    course.cells[2] = ("code", given, {"question": "q1"})
    course.write_master()
    files = {path.name: text for path, text in released(course.root, NAME).items()}
    assert found(course, planted(files, "markdown", LINE)) == ""


@pytest.mark.parametrize("text", ["y = np.exp(z) + 1", "return x", "for i in range(3):\n    print(i)", "x > 0"])
def test_what_anybody_may_write_is_no_leak(course, files, text):
    assert found(course, planted(files, "code", text)) == ""


def test_a_piece_inside_a_piece_is_told_once(course, files):
    assert len(found(course, planted(files, "code", RENAMED)).splitlines()) == 1


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("y = z * z", "out = x * x", True),
        ("y = z * z", "y = z * y", False),
        ("np.exp(z)", "xp.exp(z)", True),
        ("np.exp(z)", "np.log(z)", False),
        ("f(z, 1)", "f(z, 2)", False),
        ("{'a', 'b'}", "{'b', 'a'}", True),
        ("['a', 'b']", "['b', 'a']", False),
        ("lambda x: x + 1", "lambda z: z + 1", True),
    ],
)
def test_trees_are_equal_when_only_names_differ(one, other, equal):
    assert (numbered(ast.parse(one)) == numbered(ast.parse(other))) == equal


def test_names_weigh_nothing():
    assert weight(ast.parse("np.exp(z) + 1")) == 5
