"""Files of rows, however a provider writes them down."""

import json
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.connectors import files

VALUE = st.none() | st.booleans() | st.integers() | st.text() | st.decimals(0, 10**6, places=3)
ROW = st.dictionaries(st.text(max_size=4), VALUE, max_size=3)
ROWS = st.lists(ROW, max_size=5)
MARK = st.sampled_from([b"", b"\xef\xbb\xbf"])
BREAK = st.sampled_from(["\n", "\r\n", "\n\n"])


def read(content):
    return list(files.rows(BytesIO(content)))


def written(row, **more):
    """JSON in which a Decimal is a fraction, as a provider writes it."""
    return json.dumps(row, default=float, **more)


@given(ROWS, MARK, BREAK, st.booleans())
def test_lines_a_list_and_an_indented_list_hold_the_same_rows(rows, mark, line_break, last):
    lines = line_break.join(map(written, rows)) + (line_break if last else "")

    assert read(mark + lines.encode()) == rows
    assert read(mark + written(rows).encode()) == rows
    assert read(mark + written(rows, indent=2).encode()) == rows


@given(ROW, MARK)
def test_one_indented_object_is_one_row(row, mark):
    assert read(mark + written(row, indent=2).encode()) == [row]


def test_an_empty_file_holds_no_row():
    assert read(b"") == read(b"\xef\xbb\xbf") == read(b"\n \n") == read(b"[]") == []


def test_fractions_are_read_exactly():
    assert read(b'{"a": 0.1}\n') == [{"a": Decimal("0.1")}]


@given(ROWS, st.data())
def test_a_file_that_was_cut_is_never_read_as_more_or_other_rows(rows, data):
    whole = "\n".join(map(written, rows)).encode()
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        found = read(cut)
    except ValueError:
        return
    assert found == rows[: len(found)]


@pytest.mark.parametrize("content", [b'{"a": NaN}', b"[" * 200_000, b"\xff", b'{"a": 1}\n{"a"'])
def test_what_is_no_json_is_refused(content):
    with pytest.raises(ValueError, match=r"."):
        read(content)
