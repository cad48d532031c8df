"""The key store at the command line: rotate, backup, restore, doctor, and wrong settings."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from command_line import own_logging
from cut_off import cut_off_at

from unranked.store import Store, rotation, vault
from unranked.store.keys import KeyPlace
from unranked.store.wrapping import Secret

SECRET = "kJ8v3mZq0TxY5nB7wR2pL9sD4fG6hA1c"
OTHER = "Zz8v3mZq0TxY5nB7wR2pL9sD4fG6hA1c"


@pytest.fixture(autouse=True)
def logging_of_its_own():
    with own_logging():
        yield


@pytest.fixture
def peopled(unranked):
    unranked("migrate")
    unranked("job", "roster")
    return unranked


@pytest.fixture
def keys(url):
    return Path(url.removeprefix("sqlite:///")).with_name("unranked-keys.db")


def members(url, secret=""):
    place = KeyPlace(wrapping=Secret(secret.encode())) if secret else None
    with closing(Store.open(url, keys=place)) as store, store.read() as tx:
        return set(vault.current(tx, vault.SLACK, vault.MEMBER))


def in_doctor(run, **settings):
    """Return (state, what is said, hint) of every finding, by the name of its check."""
    found = {}
    for one in json.loads(run("doctor", "--json", **settings)[1])["checks"]:
        found.setdefault(one["check"], []).append((one["state"], one["said"], one["hint"]))
    return found


def test_rotate_seals_everything_anew_and_everybody_is_there_still(peopled, url):
    with closing(Store.open(url)) as store:
        old = store.keys.facts()
    code, out, errors = peopled("keys", "rotate")

    assert (code, errors) == (0, "")
    assert out == "Everything is sealed with new keys, and the old ones are destroyed.\n"
    with closing(Store.open(url)) as store:
        assert store.keys.facts().generations != old.generations
    assert members(url) == {"UADA", "UBOB"}
    assert peopled("job", "roster")[0] == 0
    assert members(url) == {"UADA", "UBOB"}


def test_a_secret_is_set_and_changed_by_a_rotation(peopled, url, tmp_path):
    file = tmp_path / "old-secret.txt"
    ((state, said, hint),) = in_doctor(peopled, UNRANKED_KEYS_SECRET=SECRET)["key store"]
    assert state == "wrong"
    assert "nothing wraps the keys" in said
    assert "unranked keys rotate" in hint
    code, _, _ = peopled("keys", "rotate", UNRANKED_KEYS_SECRET=SECRET)
    assert code == 0
    assert in_doctor(peopled)["key store"][0][1] == (
        "It answers, and the secret is the one that wraps its keys."
    )
    code, out, errors = peopled("connectors", UNRANKED_KEYS_SECRET=OTHER)
    assert code == 1
    assert "UNRANKED_KEYS_SECRET is not the secret" in errors
    assert "--old-secret-file" in errors
    assert SECRET not in out + errors

    file.write_text(f"{SECRET}\n", encoding="utf-8")
    code, _, _ = peopled("keys", "rotate", "--old-secret-file", str(file))
    assert code == 0
    assert peopled("connectors")[0] == 0
    assert members(url, OTHER) == {"UADA", "UBOB"}
    code, _, errors = peopled("connectors", UNRANKED_KEYS_SECRET="")
    assert code == 1
    assert "UNRANKED_KEYS_SECRET is not set" in errors


def test_a_wrong_old_secret_changes_nothing(peopled, url, tmp_path):
    peopled("keys", "rotate", UNRANKED_KEYS_SECRET=SECRET)
    file = tmp_path / "old-secret.txt"
    file.write_text("no secret of ours, but long enough for one", encoding="utf-8")
    code, _, errors = peopled(
        "keys", "rotate", "--old-secret-file", str(file), UNRANKED_KEYS_SECRET=OTHER
    )

    assert code == 1
    assert "is not the secret" in errors
    assert members(url, SECRET) == {"UADA", "UBOB"}
    code, _, errors = peopled("keys", "rotate", "--old-secret-file", str(tmp_path / "nowhere"))
    assert code == 1
    assert "--old-secret-file cannot be read (FileNotFoundError)" in errors


def test_a_lost_key_store_is_said_by_every_command_and_comes_back_from_its_backup(
    peopled, url, keys, tmp_path
):
    folder = tmp_path / "backups"
    folder.mkdir()
    code, out, _ = peopled("keys", "backup", str(folder))
    (copy,) = folder.iterdir()
    assert (code, out) == (0, f"The key store is copied to {copy}.\n")
    for one in keys.parent.glob("unranked-keys.db*"):
        one.unlink()

    for command in (["run"], ["job", "roster"], ["connectors"], ["erase", "UADA", "--yes"]):
        code, _, errors = peopled(*command)
        assert code == 1, command
        assert f"The key store is missing: there is no file {keys}." in errors
        assert "unranked keys restore FILE" in errors
        assert not keys.exists()
    ((state, said, _),) = in_doctor(peopled)["key store"]
    assert (state, "is missing" in said) == ("wrong", True)

    code, out, errors = peopled("keys", "restore", str(copy))
    assert (code, errors) == (0, "")
    assert "unranked keys rotate" in out
    assert members(url) == {"UADA", "UBOB"}
    code, _, errors = peopled("keys", "restore", str(copy))
    assert code == 1
    assert "nothing was restored over it" in errors


def test_who_was_erased_since_the_backup_has_no_key_once_they_are_rotated(
    peopled, url, keys, tmp_path
):
    peopled("keys", "backup", str(tmp_path))
    (copy,) = tmp_path.glob("unranked-keys-*Z.db")
    peopled("erase", "UADA", "--yes")
    for one in keys.parent.glob("unranked-keys.db*"):
        one.unlink()
    peopled("keys", "restore", str(copy))
    code, _, errors = peopled("job", "roster")
    assert code == 1
    assert "The key store is older than the database" in errors

    assert peopled("keys", "rotate")[0] == 0
    assert peopled("job", "roster")[0] == 0
    assert members(url) == {"UBOB"}


def test_a_copy_that_is_refused_is_not_put_in_the_place_of_the_lost_one(peopled, keys, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    peopled("keys", "backup", str(tmp_path / "old"))
    peopled("keys", "rotate")
    peopled("keys", "backup", str(tmp_path / "new"))
    (old,), (new,) = (tmp_path / "old").iterdir(), (tmp_path / "new").iterdir()
    for one in keys.parent.glob("unranked-keys.db*"):
        one.unlink()

    code, out, errors = peopled("keys", "restore", str(old))
    assert (code, out) == (1, "")
    assert "older than the last rotation" in errors
    assert not keys.exists()
    assert list((tmp_path / "old").iterdir()) == [old]
    assert peopled("keys", "restore", str(new))[0] == 0
    assert peopled("job", "roster")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["restore", "nowhere.db"], "There is no such file."),
        (["backup", "nowhere"], "There is no such folder"),
    ],
)
def test_what_is_not_there_is_said(peopled, arguments, said):
    code, _, errors = peopled("keys", *arguments)

    assert code == 1
    assert said in errors


@pytest.mark.parametrize("command", ["rotate", "backup", "restore"])
def test_a_command_for_keys_makes_no_database(unranked, tmp_path, command):
    (tmp_path / "x").touch()
    code, _, errors = unranked(
        "keys", command, *([] if command == "rotate" else [str(tmp_path / "x")])
    )

    assert code == 1
    assert "There is no database file" in errors
    assert not list(tmp_path.glob("*.db*"))


def test_the_secret_may_stand_in_a_file_and_must_be_long(peopled, url, tmp_path):
    file = tmp_path / "secret.txt"
    file.write_text("too short", encoding="utf-8")
    code, _, errors = peopled("connectors", UNRANKED_KEYS_SECRET_FILE=str(file))
    assert code == 1
    assert "UNRANKED_KEYS_SECRET_FILE" in errors
    file.write_text("0123456789abcdef", encoding="utf-8")
    code, _, errors = peopled("connectors")
    assert code == 1
    assert "is too short" in errors
    assert "0123456789abcdef" not in errors
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    assert peopled("keys", "rotate")[0] == 0
    assert members(url, SECRET) == {"UADA", "UBOB"}
    code, _, errors = peopled("connectors", UNRANKED_KEYS_SECRET=SECRET)
    assert code == 1
    assert "are both set" in errors


def test_doctor_says_what_protects_the_keys_and_who_can_read_them(peopled, keys):
    found = in_doctor(peopled)
    ((state, said, hint),) = found["key store"]
    assert state == "ok"
    assert "as safe as the place where they are" in said
    assert "UNRANKED_KEYS_SECRET" in hint
    keys.chmod(0o644)
    others = [said for state, said, _ in in_doctor(peopled)["files"] if state == "wrong"]
    assert any("unranked-keys.db" in said for said in others)


def test_a_database_that_was_not_written_anew_is_said_by_doctor(peopled, url):
    with closing(Store.open(url)) as store, store.write() as tx:
        tx.exec_driver_sql("UPDATE sealing SET clean = 0")
    ((state, _, hint),) = in_doctor(peopled)["key store"]
    assert state == "wrong"
    assert "unranked migrate" in hint
    assert peopled("migrate")[0] == 0
    assert in_doctor(peopled)["key store"][0][0] == "ok"


def test_a_rotation_that_was_cut_off_is_said_by_doctor_until_it_is_done(peopled, url):
    with closing(Store.open(url)) as store, cut_off_at(store, 3):
        rotation.rotate(store, lambda *_: None)
    ((state, said, hint),) = in_doctor(peopled)["key store"]
    assert state == "wrong"
    assert "not to the end" in said
    assert "unranked keys rotate" in hint
    assert peopled("keys", "rotate")[0] == 0
    assert in_doctor(peopled)["key store"][0][0] == "ok"


def test_an_erasure_that_could_not_clear_the_files_is_said_by_doctor_until_they_are(
    peopled, url, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr("unranked.store.wipe", lambda *_: False)  # somebody reads for too long
        assert peopled("erase", "UADA", "--yes")[0] == 1
        ((state, said, hint),) = in_doctor(peopled)["key store"]
        assert state == "wrong"
        assert "may hold still what was erased" in said
        assert "unranked job roster" in hint
        code, _, errors = peopled("migrate")
        assert code == 1
        assert "or was erased" in errors
    assert in_doctor(peopled)["key store"][0][0] == "wrong"
    assert peopled("job", "roster")[0] == 0
    assert in_doctor(peopled)["key store"][0][0] == "ok"
    assert members(url) == {"UBOB"}


@pytest.mark.parametrize("what", ["words", "database"])
def test_what_is_no_copy_of_a_key_store_is_said_of_the_file_and_changes_nothing(
    peopled, url, keys, tmp_path, what
):
    file = tmp_path / "words.txt"
    file.write_text("No keys at all.", encoding="utf-8")
    before = keys.read_bytes()
    named = str(file) if what == "words" else url.removeprefix("sqlite:///")
    code, _, errors = peopled("keys", "restore", named)

    assert code == 1
    assert "The file is no copy of a key store" in errors
    assert "unranked keys backup" in errors
    assert keys.read_bytes() == before
    assert members(url) == {"UADA", "UBOB"}
