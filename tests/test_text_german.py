"""What German texts are like: du, plain words, and the rules that tips and practices keep."""

import re
from importlib.resources import files
from pathlib import Path

from each import for_each

from unranked import text

FOLDER = Path(str(files("unranked.text"))) / "de"
EVERY = [
    (folder, path.stem)
    for folder in ("", "tips", "practices")
    for path in sorted((FOLDER / folder).glob("*.md"))
]


def raw(folder, name):
    return (FOLDER / folder / f"{name}.md").read_text(encoding="utf-8")


FORMAL = r"[a-zäöüß,] (Sie|Ihnen|Ihr|Ihre[nmrs]?)\b"
BORROWED = r"\b(tools?|user|users|button|meeting|dashboard|feedback|checken|account|seat|team-?lead"
BORROWED += r"|score|badge|ranking|leaderboard|streak|perzentil|top)\b"
MARKED_UP = r"\*\*|__|`|<[^>]+>|\]\("


@for_each(("folder", "name"), EVERY)
def test_german_addresses_people_as_du_and_has_no_mark_up_and_no_borrowed_words(folder, name):
    said = raw(folder, name)

    assert not re.search(FORMAL, said)
    assert not re.findall(BORROWED, re.sub(r"github\.com\S+|\{\w+\}", "", said).lower())
    assert not re.search(MARKED_UP, said)
    assert said.count("„") == said.count("“")
    body = said.partition("\n# ")[2] if folder else said
    assert '"' not in body, "a quotation has German quotes"
    assert not re.search(r"ß[a-z]*ss|\bdaß\b|  ", said)


@for_each("name", [name for folder, name in EVERY if not folder])
def test_a_german_title_is_neutral(name):
    title = raw("", name).partition("\n")[0]

    assert re.fullmatch(r"# [A-ZÄÖÜ].{3,80}", title)
    assert not re.search(r"\d", title)


# A newcomer has no figures, and is neither watched, hurried, compared nor promised anything.
WATCHED = r"bemerkt|aufgefallen|wir sehen|wir haben gesehen|du hast noch (nie|nicht)|nicht genutzt"
WATCHED += r"|nie genutzt|deine nutzung|inaktiv|lizenz|wieder einsteigen|zum ersten mal"
HURRIED = r"\b(jetzt gleich|heute|sofort|eilig|dringend|schnell|beeil\w*|frist|verpass\w*)\b"
COMPARED = r"\b(rang\w*|punktestand|gewinn\w*|beste[nrs]?|durchschnitt|die meisten|alle anderen"
COMPARED += r"|wettbewerb|liga)\b"
PROMISED = r"schneller|zeitersparnis|zeit sparen|spart zeit|produktiv|effizien|mehr zeit"
HARMLESS = r"vertraulich|öffentlich|erfunden"
HUMAN = r"jemand|person|wer hilft mir|wer im team|dort nach"


@for_each("name", [name for folder, name in EVERY if folder == "tips"])
def test_a_german_tip_is_one_task_that_presses_nobody_and_says_what_is_safe(name):
    with text.spoken("de"):
        tip = text.tip(name)
    said = tip.body.lower()
    first, *_, last = tip.body.split("\n\n")

    assert tip.title == "Ein kleiner Tipp von Unranked"
    assert re.fullmatch(r"Eine Aufgabe für zehn Minuten mit \{tools\}: [a-zäöü][^.:]+\.", first)
    assert re.search(r"\bPrüfe\b", tip.body)
    assert len(re.findall(r"[Ss]chreib: „[^„“]{20,}“", tip.body)) == said.count("schreib: ") >= 1
    assert re.search(HUMAN, last.lower())
    assert 60 <= len(tip.body.split()) <= 150
    for banned in (WATCHED, HURRIED, COMPARED, PROMISED, r"\d", "passwort:"):
        assert not re.findall(banned, said), banned
    assert re.search(HARMLESS, said)


@for_each("name", [name for folder, name in EVERY if folder == "practices"])
def test_a_german_practice_is_short_asks_an_open_question_and_weighs_its_source(name):
    with text.spoken("de"):
        practice = text.practice(name)

    assert re.fullmatch(r"[A-ZÄÖÜ„][^.:?!]{10,75}", practice.title)
    assert 60 <= len(practice.body.split()) <= 115
    assert "\n" not in practice.body
    assert re.fullmatch(
        r"(Was|Welche[nrs]?|Wo|Wie|Wenn|Wofür|Auf welche)\b.{15,}\?", practice.question
    )
    assert not practice.source.endswith(".")  # the footer says it, and ends the sentence
    doubt = r"keine Studie|nicht[^.]* geprüft|klein|kein Beweis|Versuch ist es nicht"
    doubt += r"|Gedanke ist unserer"
    doubt += r"|unser eigener Gedanke|eigene Ansicht|Ein einzelner Versuch|nichts Sicheres"
    doubt += r"|nicht ausprobiert|nicht von Arbeit|Rat ist unserer|kein Beweis für eine Ursache"
    assert re.search(f"(?i){doubt}|handelt von Spenden", practice.source)
