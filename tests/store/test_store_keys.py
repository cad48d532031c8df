"""The key store: it is apart, it is never made anew over people, and wrong ones are said."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from on_disk import database, found, key_store
from postgres import fresh_database

from unranked.errors import StoreError
from unranked.store import Store, erasure, key_backups, key_tables, rotation, vault
from unranked.store.key_database import KeyDatabase
from unranked.store.keys import KeyPlace, default_url
from unranked.store.vault import Entry
from unranked.store.wrapping import Bare, Secret

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SECRET, OTHER = (
    Secret(b"one secret of more than 32 letters"),
    Secret(b"another one of 32 letters or more"),
)
ADA = Entry("p-1", vault.SLACK, vault.MEMBER, "UADA")


def quiet(what, done, of):
    del what, done, of


@pytest.fixture(params=["file", "server"])
def place(request, tmp_path):
    """Give the address of a key store that is not there yet, once of each kind."""
    if request.param == "file":
        return f"sqlite:///{tmp_path / 'k.db'}"
    return fresh_database(request.getfixturevalue("postgres_dsn"))


def opened(url, keys_url="", wrapping=None):
    store = Store.open(url, keys=KeyPlace(keys_url, wrapping or Bare()))
    store.migrate()
    return closing(store)


def peopled(url, keys_url="", wrapping=None):
    """Make a database with one person in it."""
    with opened(url, keys_url, wrapping) as store, store.write() as tx:
        vault.put(tx, [ADA])


def member(store):
    with store.read() as tx:
        return vault.value(tx, "p-1", vault.SLACK, vault.MEMBER)


def refused(url, keys_url="", wrapping=None):
    """Return the error that a start ends with; reading somebody must end with it as well."""
    with closing(Store.open(url, keys=KeyPlace(keys_url, wrapping or Bare()))) as store:
        with pytest.raises(StoreError) as error:
            store.check()
        with pytest.raises(StoreError):
            member(store)
    assert error.value.hint
    return error.value


# Where it is


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////var/lib/unranked.db", "/var/lib/unranked-keys.db"),
        ("sqlite:///unranked.db", "unranked-keys.db"),
        ("postgresql://ada:pw@host:5433/people", "people-keys.db"),
    ],
)
def test_without_a_setting_it_is_beside_the_database_or_in_the_working_folder(tmp_path, url, name):
    assert default_url(url) == f"sqlite:///{tmp_path / name}"


def test_it_is_made_with_the_first_person_for_its_owner_alone(url, tmp_path):
    path = tmp_path / "unranked-keys.db"
    with opened(url) as store:
        assert store.check_keys() is False
        assert not path.exists()
        with store.write() as tx:
            vault.put(tx, [ADA])
        store.check()
        assert store.check_keys() is True
        assert path.stat().st_mode & 0o777 == 0o600
        for beside in tmp_path.glob("unranked-keys.db*"):
            assert beside.stat().st_mode & 0o077 == 0
        assert member(store) == "UADA"


def test_it_may_be_on_a_server_or_in_a_file_for_either_database(store_url, place):
    peopled(store_url, place, SECRET)
    with opened(store_url, place, SECRET) as store:
        store.check()
        assert member(store) == "UADA"
        assert found(["UADA"], database(store) + key_store(store)) == []


def test_it_is_never_the_database_itself(url, tmp_path, postgres_dsn):
    base = fresh_database(postgres_dsn)
    host, _, name = base.rpartition("/")
    for one, other in (
        (url, f"sqlite:///{tmp_path / 'sub' / '..' / 'unranked.db'}"),
        (url, url),
        (base, base),
        (base, f"{host.replace('postgres@', 'postgres:pw@')}/{name}"),
    ):
        with pytest.raises(StoreError, match="cannot be in the database") as error:
            Store.open(one, keys=KeyPlace(other))
        assert "UNRANKED_KEYS_URL" in error.value.hint
        assert "pw" not in str(error.value)


# Missing, and wrong


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_one_that_is_missing_is_said_and_not_made_anew(store_url, tmp_path, left):
    keys = tmp_path / "k.db"
    peopled(store_url, f"sqlite:///{keys}")
    for one in tmp_path.glob("k.db*"):
        one.rename(tmp_path / f"aside-{one.name}")
    if left == "an empty file":
        keys.touch()
    error = refused(store_url, f"sqlite:///{keys}")

    assert "The key store is missing" in error.message
    assert str(keys) in error.message or left != "nothing"
    assert "keys restore" in error.hint
    assert not keys.exists() or left != "nothing"
    with closing(Store.open(store_url, keys=KeyPlace(f"sqlite:///{keys}"))) as store:
        with pytest.raises(StoreError, match="missing"), store.write() as tx:
            vault.put(tx, [Entry("p-2", vault.SLACK, vault.MEMBER, "UBOB")])
        with pytest.raises(StoreError, match="missing"):
            rotation.rotate(store, quiet)
    for one in tmp_path.glob("aside-k.db*"):
        one.replace(tmp_path / one.name.removeprefix("aside-"))
    with opened(store_url, f"sqlite:///{keys}") as store:
        assert member(store) == "UADA"


def test_one_of_another_database_is_refused(tmp_path):
    one, other = (f"sqlite:///{tmp_path / name}.db" for name in ("one", "other"))
    peopled(one)
    peopled(other)
    error = refused(one, default_url(other))

    assert "belongs to another database" in error.message
    assert "UNRANKED_KEYS_URL" in error.hint


def test_a_file_that_is_none_is_refused_and_left_as_it_is(url, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague, " * 100)
    peopled(url)
    error = refused(url, f"sqlite:///{path}")

    assert "no usable SQLite database" in error.message
    assert "UNRANKED_KEYS_URL" in error.hint
    assert path.read_text().startswith("Dear colleague")


def test_a_server_that_is_not_there_is_refused_without_its_password(url):
    peopled(url)
    error = refused(url, "postgresql://ada:hunter2@127.0.0.1:1/keys")

    assert "key store's PostgreSQL server" in error.message
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("made", "tried", "said"),
    [
        (SECRET, OTHER, "is not the secret"),
        (SECRET, None, "UNRANKED_KEYS_SECRET is not set"),
    ],
)
def test_another_secret_or_none_is_refused_and_the_right_one_opens(url, place, made, tried, said):
    peopled(url, place, made)
    error = refused(url, place, tried)

    assert said in error.message
    assert "letters" not in str(error)
    with opened(url, place, made) as store:
        assert member(store) == "UADA"


def test_what_is_stolen_with_the_key_store_but_not_the_secret_opens_nothing(url, tmp_path):
    peopled(url, wrapping=SECRET)
    with opened(url, wrapping=SECRET) as store:
        (keys,) = store.keys.get(["p-1"]).values()
        assert bytes(keys[1]) not in key_store(store)
        assert store.keys.lasting() not in key_store(store)
    bare = tmp_path / "bare.db"
    peopled(f"sqlite:///{bare}")
    with opened(f"sqlite:///{bare}") as store:
        (keys,) = store.keys.get(["p-1"]).values()
        assert bytes(keys[1]) not in key_store(store), "but its root stands there in clear"


def test_a_key_store_of_a_newer_program_is_left_alone(url):
    peopled(url)
    with opened(url) as store, store.keys._writing() as tx:
        tx.exec_driver_sql("UPDATE keystore SET form = 99")
    assert "newer Unranked" in refused(url).message


# Backups


def backup(store, folder, now=NOW, days=7):
    return key_backups.write(store.keys, folder, now=now, keep=timedelta(days=days))


def test_a_backup_is_one_file_for_its_owner_alone_that_can_be_put_back(store_url, place, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    peopled(store_url, place, SECRET)
    with opened(store_url, place, SECRET) as store:
        made = backup(store, folder)
    assert [one.name for one in folder.iterdir()] == ["unranked-keys-20260302T100000Z.db"]
    assert made.path.stat().st_mode & 0o777 == 0o600

    lost = f"sqlite:///{tmp_path / 'new' / 'k.db'}"
    (tmp_path / "new").mkdir()
    with closing(Store.open(store_url, keys=KeyPlace(lost, SECRET))) as store:
        store.keys.restore_from(made.path)
        store.check()
        assert member(store) == "UADA"
        with pytest.raises(StoreError, match="There is a key store already"):
            store.keys.restore_from(made.path)
    assert [one.name for one in folder.iterdir()] == ["unranked-keys-20260302T100000Z.db"]


def test_backups_that_are_older_go_and_nothing_else_does(url, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "unranked-keys-my-own.db").touch()
    (folder / "unranked-20200101T000000Z.db").touch()
    (folder / "unranked-keys-20200101T000000Z.db.part").touch()
    peopled(url)
    with opened(url) as store:
        for day in range(10):
            made = backup(store, folder, NOW + timedelta(days=day))
    days = sorted(one.name[20:22] for one in folder.glob("unranked-keys-2026*"))

    assert made.deleted == 1
    assert days == [f"{day:02}" for day in range(4, 12)]
    assert {one.name for one in folder.iterdir()} >= {
        "unranked-keys-my-own.db",
        "unranked-20200101T000000Z.db",
    }
    assert not list(folder.glob("*.part"))


@pytest.mark.parametrize("moment", ["before it is stored", "before it is one file"])
def test_of_a_backup_that_was_killed_nothing_outlives_the_others(
    url, tmp_path, monkeypatch, moment
):
    folder = tmp_path / "backups"
    folder.mkdir()
    peopled(url)
    with opened(url) as store:
        killed_backup(monkeypatch, store, folder, moment)
        left = {one.name.partition("Z.db")[2] for one in folder.iterdir()}
        assert left >= {".part", ".part-wal", ".part-shm"}
        made = backup(store, folder, NOW + timedelta(days=10))
        assert list(folder.iterdir()) == [made.path]

        killed_backup(monkeypatch, store, folder, moment, NOW + timedelta(days=11))
        again = backup(store, folder, NOW + timedelta(days=11))
        assert set(folder.iterdir()) == {made.path, again.path}

        killed_backup(monkeypatch, store, folder, moment, NOW + timedelta(days=12))
        (tmp_path / "unranked-keys.db").unlink()
        with pytest.raises(StoreError, match="is missing"):
            backup(store, folder, NOW + timedelta(days=12))
        assert set(folder.iterdir()) == {made.path, again.path}


def killed_backup(monkeypatch, store, folder, moment, now=NOW):
    """Write a backup in a process of its own, which is killed at that moment."""
    process = os.fork()
    if process:
        assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
        return

    def kill(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    try:
        if moment == "before it is stored":
            whole = key_tables.copy
            monkeypatch.setattr(key_tables, "copy", lambda *both: kill(whole(*both)))
        else:
            monkeypatch.setattr(KeyDatabase, "_leave_one_file", kill)
        with closing(Store.open(store._engine.url.render_as_string())) as own:
            backup(own, folder, now)
    finally:
        os._exit(9)


def test_a_name_in_the_folder_that_is_no_time_and_a_folder_are_left_alone(url, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "unranked-keys-99999999T999999Z.db").touch()
    (folder / "unranked-keys-20200101T000000Z.db").mkdir()
    (folder / "unranked-keys-20200102T000000Z.db").touch()
    peopled(url)
    with opened(url) as store:
        made = backup(store, folder)
    assert made.deleted == 1
    assert {one.name for one in folder.iterdir()} == {
        "unranked-keys-99999999T999999Z.db",
        "unranked-keys-20200101T000000Z.db",
        made.path.name,
    }


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE keystore (one INTEGER)", "INSERT INTO keystore VALUES (1)"],
        [
            "CREATE TABLE keystore (one INTEGER, form TEXT, identity TEXT, destroyed TEXT)",
            "INSERT INTO keystore VALUES (1, 'oak', 'k', 'no')",
        ],
    ],
)
def test_a_table_of_that_name_that_is_another_programs_is_refused(url, tmp_path, statements):
    peopled(url)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as file, file:
        for statement in statements:
            file.execute(statement)
    new = f"sqlite:///{tmp_path / 'new.db'}"
    with opened(url, new) as store:
        with pytest.raises(StoreError, match="no copy of a key store") as error:
            store.restore_keys(other)
        assert "keys backup" in error.value.hint
    assert not (tmp_path / "new.db").exists()


def test_a_backup_that_cannot_be_written_is_said_and_deletes_nothing(url, tmp_path):
    peopled(url)
    with opened(url) as store:
        made = backup(store, tmp_path, NOW - timedelta(days=30), days=60)
        with pytest.raises(StoreError, match="no such folder"):
            backup(store, tmp_path / "nowhere")
        (tmp_path / "unranked-keys-20260302T100000Z.db").mkdir()
        with pytest.raises(StoreError, match="cannot be written"):
            backup(store, tmp_path)
    assert made.path.exists()


def test_a_key_store_that_is_older_than_the_database_is_refused_until_its_keys_are_rotated(
    store_url, tmp_path
):
    keys = tmp_path / "k.db"
    peopled(store_url, f"sqlite:///{keys}")
    with opened(store_url, f"sqlite:///{keys}") as store:
        with store.write() as tx:
            vault.put(tx, [Entry("p-2", vault.SLACK, vault.MEMBER, "UBOB")])
        made = backup(store, tmp_path)
        forget(store, "p-2")
    for one in tmp_path.glob("k.db*"):
        one.unlink()
    with closing(Store.open(store_url, keys=KeyPlace(f"sqlite:///{keys}"))) as store:
        store.keys.restore_from(made.path)
        assert store.keys.subjects(["p-2"]) == {"p-2"}, "their key is back"
        with pytest.raises(StoreError, match="key store is older") as error:
            store.check()
        assert "keys rotate" in error.value.hint
        assert rotation.rotate(store, quiet)
        store.check()
        assert store.keys.subjects(["p-1", "p-2"]) == {"p-1"}
        assert member(store) == "UADA"


def forget(store, subject):
    with store.write() as tx:
        vault.destroy(tx, subject)
    assert erasure.destroy_keys(store)


def test_a_database_that_is_older_than_its_key_store_is_refused(url, tmp_path):
    path = Path(url.removeprefix("sqlite:///"))
    peopled(url)
    with opened(url) as store:
        assert store.wipe()
        shutil.copy(path, tmp_path / "older.db")
        forget(store, "p-1")
        store.check()
    for one in tmp_path.glob("unranked.db*"):
        one.unlink()
    (tmp_path / "older.db").rename(path)
    with closing(Store.open(url)) as store:
        with pytest.raises(StoreError, match="older than its key store") as error:
            store.check()
        store.check(restored=True)
        assert member(store) is None
    assert "erase-again" in error.value.hint
