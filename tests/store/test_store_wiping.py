"""The search of a database's own bytes: nothing there is missed, and nothing ends the process."""

from unranked.store import wiping


def test_a_word_is_found_wherever_blocks_of_the_file_end(tmp_path, monkeypatch):
    monkeypatch.setattr(wiping, "_BLOCK", 7)
    for before in range(20):
        (tmp_path / "one.db").write_bytes(b"x" * before + b"guinevere" + b"y" * 9)
        assert wiping._found(tmp_path / "one.db", ["guinevere", "no"])
        assert not wiping._found(tmp_path / "one.db", ["guinevera"])


def test_a_file_that_is_cut_short_meanwhile_ends_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(wiping, "_BLOCK", 4096)
    path = tmp_path / "one.db"
    path.write_bytes(b"x" * 4096 * 40)
    blocks = wiping._blocks(path, 9)
    next(blocks)
    path.write_bytes(b"")

    assert list(blocks) == []


def test_what_is_not_there_holds_nothing(tmp_path):
    assert not wiping._found(tmp_path / "one.db", ["guinevere"])
