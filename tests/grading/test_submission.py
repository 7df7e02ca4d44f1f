import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.grading import submission
from dlcourse.grading.submission import Malformed, parse_notebook, read_notebook

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "metadata", "tags", "nbgrader", "grade_id", "dlcourse"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


def notebook(*cells, **metadata):
    return json.dumps({"cells": list(cells), "metadata": metadata}).encode()


def code(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata}


@settings(derandomize=True, deadline=None, max_examples=400)
@given(st.binary(max_size=100) | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_any_file_is_a_notebook_or_refused_with_a_reason(data):
    try:
        parse_notebook(data)
    except Malformed as error:
        assert str(error)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(ANY_JSON, max_size=4))
def test_any_cells_are_read_or_refused_with_a_reason(cells):
    try:
        parse_notebook(json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode())
    except Malformed as error:
        assert str(error)


def test_source_may_be_one_string_or_a_list_of_lines():
    read = parse_notebook(notebook(code("a = 1\nb = 2"), code(["a = 1\n", "b = 2"])))
    assert read.cells[0].source == read.cells[1].source


def test_a_byte_order_mark_does_no_harm():
    assert parse_notebook(b"\xef\xbb\xbf" + notebook(code("x = 1"))).cells


def test_cells_are_numbered_as_a_reader_counts_them():
    read = parse_notebook(notebook({"cell_type": "markdown", "source": "text"}, code("x = 1")))
    assert [cell.number for cell in read.cells] == [2]


def test_the_exercise_is_read_from_the_metadata():
    assert parse_notebook(notebook(dlcourse={"exercise": "05_activations"})).exercise == "05_activations"


def test_a_huge_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "MAX_BYTES", 10)
    path = tmp_path / "big.ipynb"
    path.write_bytes(b" " * 11)
    with pytest.raises(Malformed, match="clear the outputs"):
        read_notebook(path)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(Malformed, match="cannot be read"):
        read_notebook(tmp_path / "nothing.ipynb")


def test_json_nested_without_end_is_refused():
    with pytest.raises(Malformed, match="JSON"):
        parse_notebook(b"[" * 100_000)
