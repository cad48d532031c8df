"""Erasing one person, letting them in again, and erasing after a restore, at the command line."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO

import pytest
from command_line import own_logging
from small_world import TOKEN

from unranked.channels.base import Message
from unranked.channels.slack import Slack
from unranked.store import Store, file_of, people, vault


@pytest.fixture(autouse=True)
def logging_of_its_own():
    with own_logging():
        yield


@pytest.fixture
def store(url):
    made = Store.open(url)
    made.migrate()
    yield made
    made.close()


def people_in(url):
    with closing(Store.open(url)) as store, store.read() as tx:
        return len(people.keys(tx))


class Terminal(StringIO):
    """A terminal on which somebody types."""

    def isatty(self):
        return True


@pytest.fixture
def peopled(unranked, slack):
    unranked("migrate")
    unranked("job", "roster")
    return unranked


def members(url):
    with closing(Store.open(url)) as store, store.read() as tx:
        return set(vault.current(tx, vault.SLACK, vault.MEMBER))


@pytest.mark.parametrize("typed", ["ada@corp.example", " ADA@Corp.example ", "UADA", "uada"])
def test_erase_takes_one_person_out_for_good_and_prints_the_proof(peopled, url, typed):
    code, out, errors = peopled("erase", typed, "--yes")

    assert code == 0
    assert "  person: 0 rows\n" in out
    assert "No deleted row stands in the database's file." in out
    assert "ada" not in (out + errors).lower()
    assert members(url) == {"UBOB"}
    peopled("job", "roster")
    assert members(url) == {"UBOB"}


@pytest.mark.parametrize(("typed", "left"), [("y\n", 1), ("n\n", 2), ("\n", 2)])
def test_erase_asks_first_on_a_terminal(peopled, url, monkeypatch, typed, left):
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    code, out, errors = peopled("erase", "ada@corp.example")

    assert code == (1 if left == 2 else 0)
    assert "for good. Go on?" in errors
    assert ("Nothing was erased." in errors) is (left == 2)
    assert bool(out.strip()) is (left == 1)
    assert "ada" not in (out + errors).lower()
    assert len(members(url)) == left


def test_without_a_terminal_erase_wants_to_be_told_twice(peopled, url, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))
    code, _, errors = peopled("erase", "ada@corp.example")

    assert code == 1
    assert "Add --yes." in errors
    assert len(members(url)) == 2


@pytest.mark.parametrize("command", [["erase", "--yes"], ["readmit"]])
def test_somebody_who_is_not_there_is_not_named_in_the_answer(peopled, command):
    code, out, errors = peopled(*command, "zebra@corp.example")

    assert code == 1
    assert "address or member id" in errors
    assert "zebra" not in out + errors


@pytest.mark.parametrize("command", [["erase", "--yes"], ["erase", "--yes", "--json"], ["readmit"]])
@pytest.mark.parametrize("typed", ["\udcff", "zebra\udcff@corp.example", "U\udce4DA"])
def test_a_name_that_is_no_text_is_said_and_nobody_is_touched(peopled, url, command, typed):
    code, out, errors = peopled(*command, typed)

    assert code == 1
    assert errors.splitlines()[-2:] == [
        "That name is no text in UTF-8.",
        "Name a whole e-mail address, or a member id in Slack.",
    ]
    assert "zebra" not in out + errors
    assert len(members(url)) == 2


def test_the_proof_comes_for_a_script_too(peopled):
    code, out, _ = peopled("erase", "UADA", "--yes", "--json")

    assert code == 0
    assert json.loads(out)["nothing_left"] is True


def test_somebody_who_was_erased_comes_back_only_once_they_were_readmitted(peopled, url):
    peopled("erase", "UADA", "--yes")
    code, out, errors = peopled("readmit", "ada@corp.example")
    assert (code, "ada" in (out + errors).lower()) == (0, False)
    peopled("job", "roster")

    assert members(url) == {"UADA", "UBOB"}


@pytest.fixture
def replaced(peopled, url, tmp_path):
    """Give the address of a database that knows an erasure; the one in use knows nothing of it."""
    database = file_of(url)
    with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(tmp_path / "b")) as to:
        live.backup(to)
    peopled("erase", "UADA", "--yes")
    database.rename(tmp_path / "replaced.db")
    (tmp_path / "b").rename(database)
    return f"sqlite:///{tmp_path / 'replaced.db'}"


def test_after_a_restore_those_who_were_erased_since_are_erased_again(peopled, url, replaced):
    assert people_in(url) == 2
    assert members(url) == {"UBOB"}, "of the other one nobody can tell any more who it was"

    code, out, errors = peopled("erase-again", replaced)

    assert (code, out) == (0, "Erased again: fewer than 20.\n")
    assert "ada" not in (out + errors).lower()
    assert people_in(url) == 1
    peopled("job", "roster")
    assert members(url) == {"UBOB"}
    _, out, _ = peopled("erase-again", replaced)
    assert out == "Erased again: nobody.\n"


@pytest.mark.parametrize("command", [["run"], ["job", "roster"], ["connectors"]])
def test_after_a_restore_nothing_starts_before_they_are_erased_again(peopled, replaced, command):
    code, _, errors = peopled(*command)

    assert code == 1
    assert "The database is older than its key store" in errors
    assert "unranked erase-again" in errors


def test_without_the_replaced_database_they_are_known_by_their_destroyed_keys(
    peopled, url, replaced
):
    assert peopled("erase-again")[:2] == (0, "Erased again: fewer than 20.\n")
    assert people_in(url) == 1
    assert peopled("connectors")[0] == 0


def test_a_replaced_database_that_cannot_be_read_is_said(peopled, url, tmp_path):
    code, _, errors = peopled("erase-again", "nonsense")

    assert code == 1
    assert "cannot be understood" in errors
    assert len(members(url)) == 2


@pytest.mark.parametrize("command", [["connectors"], ["erase", "ada@corp.example", "--yes"]])
def test_a_command_that_reads_makes_no_database(unranked, tmp_path, command):
    code, out, err = unranked(*command)

    assert code == 1
    assert f"There is no database file {tmp_path / 'unranked.db'}." in out + err
    assert "UNRANKED_DATABASE_URL" in out + err
    assert not list(tmp_path.glob("*.db*"))


def test_erase_again_refuses_the_database_in_use_and_one_that_is_not_there(unranked, store, url):
    assert "That is the database in use." in "".join(map(str, unranked("erase-again", url)))
    missing = url.replace(".db", "-gone.db")
    said = "".join(map(str, unranked("erase-again", missing)))
    assert f"There is no database file {file_of(missing)}." in said
    assert "UNRANKED_DATABASE_URL" not in said


# What the proof says


def test_a_second_erasure_says_on_which_day_the_first_one_was(peopled):
    today = {str(datetime.now(UTC).date())}
    code, first, _ = peopled("erase", "UADA", "--yes")
    again, second, _ = peopled("erase", "ada@corp.example", "--yes")
    _, as_json, _ = peopled("erase", "UADA", "--yes", "--json")
    today.add(str(datetime.now(UTC).date()))

    assert (code, again) == (0, 0)
    assert "already" not in first
    assert any(f"They were erased already, on {day}" in second for day in today)
    assert "  vault: 0 rows\n" in second
    assert "person" not in second, "nobody knows any more which key was theirs"
    assert json.loads(as_json)["erased_before_on"] in today


def test_who_was_readmitted_and_came_back_is_erased_as_for_the_first_time(peopled):
    peopled("erase", "UADA", "--yes")
    peopled("readmit", "UADA")
    peopled("job", "roster")

    assert "already" not in peopled("erase", "UADA", "--yes")[1]


# Without the chat's token


def written_to(slack, member_id):
    """Let the bot write to somebody."""
    bot = Slack(TOKEN, api_url=slack.url, timeout_seconds=5, sleeper=lambda _: None)
    bot.send(bot.conversation(member_id).conversation, Message("Hello"), key="m-1")
    assert slack.messages_to(member_id)


def test_without_a_token_the_rows_go_and_it_is_said_how_the_messages_will(peopled, slack, url):
    written_to(slack, "UADA")
    before = slack.calls.total()
    code, out, _ = peopled("erase", "ada@corp.example", "--yes", SLACK_BOT_TOKEN="")

    assert code == 0
    assert members(url) == {"UBOB"}
    assert slack.calls.total() == before
    assert "their conversation was not looked into this time" in out
    assert "with their member id, and with SLACK_BOT_TOKEN set, deletes them" in out
    assert slack.messages_to("UADA")

    code, out, _ = peopled("erase", "uada", "--yes", SLACK_BOT_TOKEN=TOKEN)

    assert code == 0
    assert "What the bot wrote to them in the chat: nothing is left." in out
    assert slack.messages_to("UADA") == []


def test_an_erasure_that_is_repeated_by_address_says_that_it_did_not_look_into_the_chat(peopled):
    peopled("erase", "UADA", "--yes")
    _, out, _ = peopled("erase", "ada@corp.example", "--yes", "--json")

    assert json.loads(out)["messages"] == "not looked at"


def test_readmit_needs_no_token(peopled):
    peopled("erase", "UADA", "--yes")
    code, _, errors = peopled("readmit", "UADA", SLACK_BOT_TOKEN="")

    assert (code, errors) == (0, "")


def test_erasing_after_a_restore_needs_no_token_and_says_what_it_did_not_look_at(
    peopled, url, replaced
):
    code, out, errors = peopled("erase-again", replaced, SLACK_BOT_TOKEN="")

    assert (code, out) == (0, "Erased again: fewer than 20.\n")
    assert "could not be looked at" in errors
    assert members(url) == {"UBOB"}
    assert peopled("erase-again", replaced) == (0, "Erased again: nobody.\n", "")


@pytest.mark.parametrize(
    "command", [["policy"], ["connectors"], ["job", "nudges", "--dry-run"], ["migrate"]]
)
def test_a_command_that_does_not_speak_to_slack_needs_no_token(peopled, slack, command):
    before = slack.calls.total()
    code, out, errors = peopled(*command, SLACK_BOT_TOKEN="")

    assert (code, errors) == (0, "")
    assert out
    assert slack.calls.total() == before


@pytest.mark.parametrize("command", [["job", "nudges"], ["job", "roster"], ["run"]])
def test_a_command_that_speaks_to_slack_wants_the_token(peopled, command):
    code, _, errors = peopled(*command, SLACK_BOT_TOKEN="")

    assert code == 1
    assert "SLACK_BOT_TOKEN is not set." in errors
