import json
import tracemalloc

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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_told_to_be_saved_as_utf_8(encoding):
    with pytest.raises(Malformed, match="save it as UTF-8"):
        parse_notebook(notebook(code("x = 1")).decode().encode(encoding))


def test_a_notebook_in_another_encoding_is_told_where_it_breaks():
    with pytest.raises(Malformed, match="byte 13 of the file is not UTF-8"):
        parse_notebook('{"cells": ["ä"]}'.encode("latin-1"))


@pytest.mark.parametrize("source", ["a = 1", ["a ", "= 1"]])
@pytest.mark.parametrize("key", ["input", "source"])
def test_cells_on_worksheets_are_read_as_notebooks_once_had_them(key, source):
    page = {"cells": [{"cell_type": "code", key: source, "metadata": {}}]}
    old = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [page]}
    assert [cell.source for cell in parse_notebook(json.dumps(old).encode()).cells] == ["a = 1"]


def test_a_cell_without_a_source_is_an_empty_one():
    read = parse_notebook(notebook({"cell_type": "code"}, code(None), code("x = 1")))
    assert [cell.source for cell in read.cells] == ["", "", "x = 1"]


@pytest.mark.parametrize("source", [1, True, {}, ["a", None], [["a"]]])
def test_a_source_that_is_no_text_is_refused_by_the_number_of_its_cell(source):
    with pytest.raises(Malformed, match="cell 2 has no readable source"):
        parse_notebook(notebook(code("x = 1"), code(source)))


@pytest.mark.parametrize("metadata", [None, [], "demo", 1, {"tags": "demo"}, {"nbgrader": ["q1"]}])
def test_metadata_of_another_form_is_no_metadata(metadata):
    (cell,) = parse_notebook(notebook({"cell_type": "code", "source": "x = 1", "metadata": metadata})).cells
    assert (cell.grade_id, cell.is_run) == ("", True)


@pytest.mark.parametrize("name", [["q1"], {"q1": 1}, 1, None])
def test_an_id_that_is_no_text_is_no_id(name):
    (cell,) = parse_notebook(notebook(code("x = 1", nbgrader={"grade_id": name}))).cells
    assert cell.grade_id == ""


@pytest.mark.parametrize("source", ["a\0b", "\ud800", "'\u2028'", "\x85", "\r\n"])
def test_odd_characters_stay_as_they_are(source):
    assert parse_notebook(notebook(code(source))).cells[0].source == source


def test_a_million_empty_cells_are_refused():
    with pytest.raises(Malformed, match="1000000 cells"):
        parse_notebook(b'{"cells": [' + b"0," * 999_999 + b"0]}")


def test_a_cell_longer_than_a_message_to_a_worker_is_refused_by_its_number(monkeypatch):
    monkeypatch.setattr(submission, "MAX_SOURCE", 10)
    with pytest.raises(Malformed, match="cell 1 holds 11 characters"):
        parse_notebook(notebook(code("x" * 11)))


def test_a_file_that_would_grow_in_memory_is_refused_before_it_does():
    tracemalloc.start()
    try:
        with pytest.raises(Malformed, match="clear the outputs"):
            parse_notebook(b'{"cells": [' + b"[]," * 4_000_000 + b"[]]}")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60e6  # the file has 12 MB; the lists would take 300
