"""Everybody is spoken to in their own language: commands, buttons, the Home tab, messages."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from home_pages import days, offered, said, values_of
from languages import ENGLISH, GERMAN, in_german, people_of_several_languages, reply
from signed import opened, words

from bot import identity
from unranked import text
from unranked.demo.blocks_limits import problems, view_problems
from unranked.demo.slack_members import Member
from unranked.services import messages
from unranked.services.standing import consent_now


@pytest.fixture
def company(world):
    return people_of_several_languages(world)


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
    ("typed", "command"), [("hilfe", "help"), ("Datenschutz", "privacy"), ("auskunft", "export")]
)
def test_german_words_stand_after_the_command_too(front, typed, command):
    assert front.tokens("UADA", typed)["text"] == front.tokens("UADA", command)["text"]


@pytest.mark.parametrize(
    "typed", ["stoppuhr", "nicht stopp", "Hilfe für Bob", "lösch Bob", "Danke"]
)
def test_other_german_words_do_nothing(company, front, typed):
    assert reply(front, "UADA", typed).startswith("Hallo\n")
    assert not consent_now(company.runtime, company.key("UADA")).stopped


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
