"""The language of somebody who is not known, of what fails, and of what is handed over."""

import json

import pytest
from home_pages import said
from languages import people_of_several_languages, reply
from signed import opened

from unranked import text
from unranked.demo.slack_members import Member
from unranked.services import erasure


@pytest.fixture
def company(world):
    return people_of_several_languages(world)


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def test_somebody_who_is_not_in_the_list_yet_is_answered_in_the_language_of_their_slack(
    company, front
):
    company.slack.join(Member("UNEW", "New", "new@corp.example", locale="de-DE"))
    company.slack.join(Member("UNEU", "Neu", "neu@corp.example", locale="it-IT"))

    assert front.tokens("UNEW")["text"].startswith("Du stehst noch nicht in der Personenliste")
    assert "Du stehst noch nicht" in said(front.home("UNEW"))
    assert front.tokens("UNEU")["text"].startswith("You are not in the list of people yet")


def test_where_slack_does_not_say_a_strangers_language_it_is_english(company, front):
    front.tokens("UADA", "help")  # the first request asks Slack who the bot is
    company.slack.faults.missing_scopes = {"users:read"}

    assert front.tokens("UNOBODY")["text"].startswith("You are not in the list of people yet")


def test_of_somebody_who_is_known_slack_is_asked_nothing(company, front):
    front.tokens("UADA")
    front.home("UADA")

    assert company.slack.calls["users.info"] == 0


def test_who_was_forgotten_reads_it_in_their_language_then_and_later(company, front):
    front.home("UADA")
    answer = front.click("UADA", "forget_now")["text"]

    assert answer.startswith("Deine Daten sind gelöscht")
    assert "Ein Vermerk sagt diesem Bot" in said(company.slack.home_of("UADA"))
    assert front.tokens("UADA")["text"].startswith("Über dich ist nichts gespeichert")


def test_whom_an_operator_erases_finds_their_home_tab_in_their_language(company, front):
    for who in ("UADA", "UEVE"):
        front.home(who)
        erasure.erase(company.runtime, company.key(who))

    assert "Über dich ist nichts gespeichert" in said(company.slack.home_of("UADA"))
    assert "Nothing is kept about you" in said(company.slack.home_of("UEVE"))
    assert text.language() == "en"


def test_that_something_failed_is_said_in_the_language_and_in_english_where_the_store_is_away(
    company, front
):
    front.tokens("UADA", "help")
    told = company.runtime.store.read
    broken = {"left": 1}

    def read():
        if broken["left"]:
            broken["left"] -= 1
            raise OSError
        return told()

    object.__setattr__(company.runtime, "store", Failing(company.runtime.store, read))
    assert front.tokens("UADA", "help")["text"].split("\n")[0] == "Das hat nicht geklappt"
    broken["left"] = 1
    assert reply(front, "UADA", "stopp").split("\n")[0] == "Das hat nicht geklappt"
    broken["left"] = 100
    assert front.tokens("UADA", "help")["text"].split("\n")[0] == "That did not work"


class Failing:
    """A store whose reading fails when a test says so."""

    def __init__(self, store, read):
        self._store, self.read = store, read

    def __getattr__(self, name):
        return getattr(self._store, name)


def test_the_file_of_an_export_is_introduced_in_the_language(company, front):
    front.tokens("UADA", "export")
    assert front.click("UADA", "export_now")["text"].startswith("Deine Datei liegt in unseren")
    (message,) = company.slack.messages_to("UADA")

    assert message["text"].startswith("Dein Export\n")
    content = json.loads(company.slack.file(message["files"][0]["id"]))
    assert "Tabellen" in content


@pytest.mark.parametrize(
    ("asked", "language", "button"),
    [
        ("de-DE,de;q=0.9", "de", "Meinen Export speichern"),
        ("fr-FR,fr;q=0.9", "en", "Save my export"),
        ("", "en", "Save my export"),
    ],
)
def test_the_page_behind_a_link_is_in_the_browsers_language(company, asked, language, button):
    with opened(company, public_url="https://unranked.corp.example") as front:
        page = front.http.get("/export/no-such-link", headers={"accept-language": asked})

        assert f'<html lang="{language}">' in page.text
        assert button in page.text
        over = front.http.post("/export/no-such-link", headers={"accept-language": asked})
        assert ("Dieser Link funktioniert nicht mehr" in over.text) is (language == "de")
