"""Everybody is spoken to in their own language, at every door and by the sender."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from home_pages import days, offered, said, values_of
from signed import opened, wait_for, words

from bot import identity
from unranked import text
from unranked.channels import blocks
from unranked.demo.blocks_limits import problems, view_problems
from unranked.demo.slack_members import Member
from unranked.domain.usage import Window
from unranked.services import erasure, export, managers, messages, segments
from unranked.services.standing import consent_now
from unranked.store import groups, ledger, people
from unranked.store.ledger import Release

NOW = "2026-03-02T10:00+00:00"  # a Monday: 11:00 in Berlin
WEEKDAYS = [d for n in range(55) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
ENGLISH = ("UEVE", "UFAY", "UGUS")
GERMAN = ("UADA", "UBOB")


@pytest.fixture
def company(world):
    """Ada's Slack is German and Bob's Austrian; Eve's is French, Fay's says nothing."""
    locales = {"ada": "de-DE", "bob": "de-AT", "eve": "fr-FR", "fay": "", "gus": "en-GB"}
    for name, locale in locales.items():
        world.person(name, locale=locale)
        world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS, cost="1234.50")
    world.at(NOW)
    world.learn(days=3)
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def title(name):
    """Return a text's title in both languages, German first."""
    found = []
    for code in ("de", "en"):
        with text.spoken(code):
            found.append(messages.plain(name).title)
    return found


def in_german(said):
    """Return whether every line with a few words in it is German, and none of it English."""
    english = len(_found(said, (" the ", " your ", " and ", " is ", " not ", " of ")))
    return not english and bool(_found(said, (" du ", " dein", " und ", " nicht ", " die ")))


def _found(said, wanted):
    return [one for one in wanted if one in f" {said} ".lower().replace("\n", " ")]


@pytest.mark.parametrize("typed", ["", "help", "privacy", "mute", "export", "forget", "@bob"])
def test_a_command_is_answered_in_the_language_of_whoever_typed_it(front, typed):
    answers = {who: front.tokens(who, typed) for who in (*GERMAN, *ENGLISH)}

    assert {who for who, one in answers.items() if in_german(one["text"])} == set(GERMAN)
    for one in answers.values():
        assert problems(one["blocks"], "message") == []


def test_a_summary_has_days_and_amounts_as_the_language_writes_them(front):
    german, english = words(front.tokens("UADA")), words(front.tokens("UGUS"))

    assert "Feb. 2026" in german
    assert "Feb. 2026" not in english
    assert "1.234,50" in german or "6.172,50" in german
    assert "$1,234.50" in english or "$6,172.50" in english
    assert "$1" not in german


@pytest.mark.parametrize("action", ["stop", "fewer", "help_me", "away", "not_for_me", "no_such"])
def test_a_button_is_answered_in_the_language_of_whoever_pressed_it(front, action):
    answers = {who: front.click(who, action)["text"] for who in (*GERMAN, *ENGLISH)}

    assert {who for who, one in answers.items() if in_german(one)} == set(GERMAN)


def test_leave_that_was_set_has_its_day_in_the_language(front):
    assert "Zurück am Mo., 16. März 2026." in front.click("UADA", "away")["text"]
    assert "Back on Mon 16 Mar 2026." in front.click("UEVE", "away")["text"]


def test_the_home_tab_is_in_the_language_and_within_slacks_limits(front):
    pages = {who: front.home(who) for who in ("UADA", "UEVE")}

    assert in_german(said(pages["UADA"]))
    assert "Was du gewählt hast" in said(pages["UADA"])
    assert "Your choices" in said(pages["UEVE"])
    assert "zwischen 9:30 und 16:30 Uhr" in said(pages["UADA"])
    for view in pages.values():
        assert view_problems({"type": view["type"], "blocks": view["blocks"]}, "home") == []


@pytest.mark.parametrize(
    ("name", "own", "other"),
    [
        ("home_hours", "Uhrzeiten für Tipps", "Hours for tips"),
        ("home_days", "Tage für Tipps", "Days for tips"),
        ("home_away", "Abwesenheit", "Being away"),
        ("home_was_away", "Vergangene Abwesenheit", "Days you were away"),
    ],
)
def test_a_form_is_in_the_language_and_within_slacks_limits(front, name, own, other):
    front.home("UADA"), front.home("UEVE")
    german, english = front.open("UADA", name), front.open("UEVE", name)

    assert (german["title"]["text"], english["title"]["text"]) == (own, other)
    assert (german["submit"]["text"], german["close"]["text"]) == ("Speichern", "Abbrechen")
    for modal in (german, english):
        shown = {k: modal[k] for k in ("type", "title", "submit", "close", "blocks")}
        assert view_problems(shown, "modal") == []


def test_weekdays_are_offered_chosen_and_said_in_the_language(front):
    front.home("UADA")
    modal = front.open("UADA", "home_days")
    boxes, ticked = offered(modal)

    assert boxes == [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ]
    assert ticked == boxes[:5]
    assert front.send("UADA", modal, days()) == {
        "weekdays": "Wähle mindestens einen Tag. Um alle Tipps zu beenden, drück stattdessen auf "
        "der Seite „Keine Tipps mehr“."
    }
    assert front.send("UADA", front.open("UADA", "home_days"), days("0", "1", "2", "4")) == {}
    assert "Montag, Dienstag, Mittwoch und Freitag." in said(front.home("UADA"))
    assert front.send("UADA", front.open("UADA", "home_days"), days("0", "1", "2", "3")) == {}
    assert "Montag bis Donnerstag." in said(front.home("UADA"))


def test_before_an_account_is_given_up_one_is_asked_in_the_language(front):
    page = front.home("UADA")
    (asked,) = [b["accessory"]["confirm"] for b in page["blocks"] if "accessory" in b][:1]

    assert asked["title"]["text"] == "Nicht dein Konto?"
    assert (asked["confirm"]["text"], asked["deny"]["text"]) == ("Nicht mein Konto", "Abbrechen")
    after = front.press("UADA", "home_not_mine", value=values_of(page, "home_not_mine")[0])
    assert "nicht deins, wie du am Mo., 2. März 2026 gesagt hast" in said(after)


def reply(front, who, typed):
    before = len(front.world.slack.messages_to(who))
    front.write(who, typed)
    wait_for(lambda: len(front.world.slack.messages_to(who)) > before)
    return front.world.slack.messages_to(who)[-1]["text"]


def test_a_direct_message_is_answered_in_the_language(front):
    assert reply(front, "UADA", "Wie geht es dir?").startswith("Hallo\n")
    assert reply(front, "UEVE", "How are you?").startswith("Hello\n")


@pytest.mark.parametrize(
    "typed",
    ["Stopp", "stopp bitte!", "Abmelden", "Keine Tipps mehr.", "Hör bitte auf", "schluss", "stop"],
)
@pytest.mark.parametrize("who", ["UADA", "UEVE"])
def test_german_words_end_tips_whoever_writes_them(company, front, who, typed):
    assert reply(front, who, typed).split("\n")[0] in title("stopped")
    assert consent_now(company.runtime, company.key(who)).stopped


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        *(("Hilfe", "help"), ("hilfe bitte", "help"), ("Hilf mir", "help")),
        *(
            ("Datenschutz", "privacy"),
            ("vergiss mich", "forget"),
            ("Bitte vergiss mich!", "forget"),
        ),
        *(("löschen", "forget"), ("Meine Daten löschen", "forget"), ("Auskunft", "export")),
        *(
            ("mein Export", "export"),
            ("wieder an", "unmute"),
            ("Tipps wieder einschalten", "unmute"),
        ),
    ],
)
def test_german_words_lead_where_the_commands_lead(front, typed, command):
    answer = reply(front, "UADA", typed)

    assert answer == front.tokens("UADA", command)["text"]
    assert in_german(answer)


@pytest.mark.parametrize(
    "typed", ["stoppuhr", "nicht stopp", "Hilfe für Bob", "lösch Bob", "Danke"]
)
def test_other_german_words_do_nothing(company, front, typed):
    assert reply(front, "UADA", typed).startswith("Hallo\n")
    assert not consent_now(company.runtime, company.key("UADA")).stopped


def test_a_tip_comes_in_the_language_of_whoever_gets_it(world):
    for number in range(12):
        world.person(f"quiet{number}", locale="de-DE" if number % 2 else "nl-NL")
    for busy in ("bo", "cy", "di"):
        world.person(busy)
        world.tools["acme"].use(f"{busy}@corp.example", *WEEKDAYS)
    world.at("2026-03-02T08:00+00:00")
    world.learn(days=3)
    world.plan()
    for hour in range(9, 17):
        for day in range(2, 7):
            world.at(f"2026-03-0{day}T{hour:02}:00+00:00")
            world.deliver()
    firsts = {n: world.got(f"UQUIET{n}") for n in range(12)}

    assert {one for n, got in firsts.items() for one in got if n % 2} == {
        "Ein kleiner Tipp von Unranked"
    }
    assert {one for n, got in firsts.items() for one in got if not n % 2} == {
        "A small tip from Unranked"
    }


def teams(world, tmp_path):
    """Two managers of twelve each, of whose groups bands were released for the last quarter."""
    lines = ["email,manager_email"]
    for boss, locale in (("boss", "de-CH"), ("chief", "es-ES")):
        world.person(boss, seats="", locale=locale)
        for number in range(12):
            world.person(f"{boss}{number}")
            lines.append(f"{boss}{number}@corp.example,{boss}@corp.example")
    path = tmp_path / "people.csv"
    path.write_text("\n".join(lines))
    world.runtime = replace(world.runtime, roster_csv=path)
    world.at("2026-01-01T06:00+00:00")
    world.learn(days=1)
    world.at("2026-06-29T07:30+00:00")
    with world.runtime.store.write() as tx:
        for quarter in QUARTERS:
            groups.freeze(tx, quarter, on=quarter.start)
        for who in ("UBOSS", "UCHIEF"):
            ledger.record(tx, bands_of(world.key(who)))


QUARTERS = (Window(date(2026, 1, 1), date(2026, 4, 1)), Window(date(2026, 4, 1), date(2026, 7, 1)))


def bands_of(key):
    for quarter, share in zip(QUARTERS, ("share3_low", "share3_high"), strict=True):
        window = Window(quarter.start, quarter.start + timedelta(weeks=12))
        for name, band in (("size", "size_10_24"), ("share", share)):
            yield Release(
                key, name, window, quarter.start, "", band, datetime(2026, 7, 1, tzinfo=UTC)
            )


def test_a_managers_week_is_planned_and_sent_in_the_managers_language(world, tmp_path):
    teams(world, tmp_path)
    managers.plan(world.runtime)
    world.at("2026-06-29T08:00+00:00")
    world.deliver()
    german, english = (world.slack.messages_to(who)[-1]["text"] for who in ("UBOSS", "UCHIEF"))

    assert german.startswith("Deine Woche mit Unranked\n")
    assert in_german(german)
    assert "haben, Stand 1. Apr. 2026: 10 bis 24 Personen." in german
    assert "vom 1. Apr. 2026 bis zum 23. Juni 2026 an mindestens einem Tag" in german
    assert ": über zwei Drittel.\n- Dieser Anteil liegt in einer höheren Spanne" in german
    assert english.startswith("Your week with Unranked\n")
    assert "as of 1 Apr 2026: 10 to 24 people." in english
    assert ": over two thirds.\n- That share is in a higher band" in english


def test_two_people_who_ask_at_the_same_moment_each_get_their_own_language(front):
    both = Barrier(2)

    def ask(who):
        both.wait(timeout=10)
        return [front.tokens(who, typed)["text"] for typed in ("help", "privacy", "@x") * 4]

    with ThreadPoolExecutor(2) as pool:
        german, english = pool.map(ask, ("UADA", "UEVE"))

    assert len(set(german)) == len(set(english)) == 3
    assert all(map(in_german, german))
    assert not any(map(in_german, english))


def test_two_who_are_known_in_two_threads_do_not_change_each_others_language(company):
    both = Barrier(2)

    def speak(who):
        with identity.asking(company.runtime, who):
            both.wait(timeout=10)  # both are known by now
            found = messages.plain("help").title
            both.wait(timeout=10)
        return found, text.language()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(speak, ("UADA", "UEVE"))) == [
            ("Was Unranked für dich tut", "en"),
            ("What Unranked does for you", "en"),
        ]


def test_whoever_changes_the_language_in_slack_is_spoken_to_in_the_new_one_from_the_next_day(
    company, front
):
    company.slack.join(Member("UEVE", "Eve", "eve@corp.example", locale="de-DE"))
    assert not in_german(front.tokens("UEVE", "help")["text"])
    company.at("2026-03-03T10:00+00:00")
    company.learn(days=1)

    assert in_german(front.tokens("UEVE", "help")["text"])


# Who is not known.


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
    assert "Am Mo., 2. März 2026 wurde alles gelöscht" in said(company.slack.home_of("UADA"))
    assert front.tokens("UADA")["text"].startswith("Deine Daten wurden gelöscht")


def test_whom_an_operator_erases_finds_their_home_tab_in_their_language(company, front):
    for who in ("UADA", "UEVE"):
        front.home(who)
        erasure.erase(company.runtime, company.key(who))

    assert "wurde alles gelöscht" in said(company.slack.home_of("UADA"))
    assert "everything that was kept about you was deleted" in said(company.slack.home_of("UEVE"))
    assert text.language() == "en"


# What fails.


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


# What is handed over.


def test_an_export_is_in_the_language_and_holds_the_same_in_both(company):
    key = company.key("UADA")
    with text.spoken("de"):
        german = json.loads(export.document(company.runtime, key))
    english = json.loads(export.document(company.runtime, key))

    assert german["was das ist"].startswith("Alles, was Unranked über die Person speichert")
    assert german["Tabellen"].keys() == english["tables"].keys()
    for name, table in english["tables"].items():
        other = german["Tabellen"][name]
        assert [list(row.values()) for row in other["Zeilen"]] == [
            list(row.values()) for row in table["rows"]
        ]
        assert other["was"] != table["what"]
        assert not {what for row in other["Zeilen"] for what in row} & {
            what for row in table["rows"] for what in row if " " in what
        }
    assert {row["Abteilung"] for row in german["Tabellen"]["person"]["Zeilen"]} == {""}


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


# The words for whom nobody named.


def test_where_no_contact_was_named_the_usual_words_for_it_are_in_the_language(company):
    named = replace(company.runtime, help_contact="your AI enablement team")

    assert messages.contact(company.runtime).contact == "#ai-help"
    assert messages.contact(named).contact == "your AI enablement team"
    with text.spoken("de"):
        assert messages.contact(named).contact == "dein KI-Team"
        assert messages.contact(company.runtime).contact == "#ai-help"
        help_me = blocks.text(messages.plain("help_me", messages.contact(named)))
        assert "Schreib an dein KI-Team." in help_me


def test_the_locale_of_everybody_is_the_one_that_slack_gave(company):
    segments.refresh(company.runtime)
    with company.runtime.store.read() as tx:
        found = {who: people.locale(tx, company.key(who)) for who in (*GERMAN, *ENGLISH)}

    assert found == {"UADA": "de-DE", "UBOB": "de-AT", "UEVE": "fr-FR", "UFAY": "", "UGUS": "en-GB"}
