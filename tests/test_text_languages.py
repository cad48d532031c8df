"""German beside English: nothing lacks, nothing says more or less, and what lacks falls back."""

import importlib
import re
import shutil
import string
import sys
import tomllib
from collections import Counter
from dataclasses import make_dataclass
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pytest
from each import for_each

from unranked import connectors, text
from unranked.channels import blocks
from unranked.channels.base import Message, Paragraph
from unranked.demo.blocks_limits import problems, too_long
from unranked.domain import policy
from unranked.domain.policy_terms import Purpose
from unranked.domain.segments import NUDGED
from unranked.services import choices, forms, home, messages

TEXTS = Path(str(files("unranked.text")))
OTHERS = [code for code in text.LANGUAGES if code != text.ORIGINAL]
FOLDERS = ("", "tips", "practices")

TO_A_MODEL = "model_"
"""Texts that begin so are said to a language model and to nobody else: in English alone."""

THE_SAME = {
    "anthropic": "a product's name",
    "place_anthropic": "a product's name",
    "place_github_copilot": "a product's name",
    "minutes": "the sign of the unit",
    "ChatGPT": "a product's name",
    "Tokens": "the same word",
    "Chat": "the same word",
}
"""What may be said in the same words in both languages, and why."""

EVERY = [
    (folder, path.stem)
    for folder in FOLDERS
    for path in sorted((TEXTS / "en" / folder).glob("*.md"))
    if (TEXTS / "de" / folder / path.name).is_file()
]
"""Every text that is there in both; that none lacks is a test of its own."""


def raw(code, folder, name):
    return (TEXTS / code / folder / f"{name}.md").read_text(encoding="utf-8")


def labels(code, root=TEXTS):
    return tomllib.loads((root / code / "labels.toml").read_text(encoding="utf-8"))


def names_in(words):
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def lacking(code, root=TEXTS):
    """Return what one of two languages has and the other has not."""
    found = {
        f"{folder}/{path.stem}" if folder else path.stem: language
        for language in (text.ORIGINAL, code)
        for folder in FOLDERS
        for path in (root / language / folder).glob("*.md")
        if not path.name.startswith(TO_A_MODEL)
    }
    both = Counter(
        f"{folder}/{path.stem}" if folder else path.stem
        for language in (text.ORIGINAL, code)
        for folder in FOLDERS
        for path in (root / language / folder).glob("*.md")
    )
    without = {f"{found[name]} alone has {name}" for name in found if both[name] == 1}
    own, other = labels(text.ORIGINAL, root), labels(code, root)
    without |= {f"en alone has the label {name}" for name in own.keys() - other.keys()}
    return without | {f"{code} alone has the label {name}" for name in other.keys() - own.keys()}


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_and_every_label_is_there_in_each_language(code):
    assert sorted(lacking(code)) == []


@for_each(("folder", "name"), EVERY)
def test_a_translation_has_the_same_names_in_braces(folder, name):
    assert names_in(raw("de", folder, name)) == names_in(raw("en", folder, name))


def test_a_translated_label_has_the_same_names_in_braces_and_some_words():
    own, other = labels("en"), labels("de")
    for name, said in own.items():
        if not name.startswith("pattern_"):
            assert names_in(other[name]) == names_in(said), name
        assert other[name].strip() == other[name] != "", name


@for_each(("folder", "name"), EVERY)
def test_no_translation_is_the_original_itself(folder, name):
    for one, other in zip(*(lines(code, folder, name) for code in ("en", "de")), strict=False):
        assert one != other or not re.search(r"[a-z]{3} [a-z]{3}", one)


def lines(code, folder, name):
    return [line for line in raw(code, folder, name).splitlines() if line not in {"", "+++"}]


def test_no_label_is_the_original_itself_but_for_a_reason():
    own, other = labels("en"), labels("de")
    assert {name for name in own if own[name] == other[name]} <= THE_SAME.keys()


NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
AS_ENGLISH = str.maketrans(".,", ",.")


def figures(code, said):
    """Return the numbers of a text as English writes them; those of addresses stay as they are."""
    addresses = re.findall(r"\([^()\s]*[/:][^()\s]*\)|\(doi [^()]*\)", said)
    plain = Counter(NUMBER.findall(re.sub(r"\([^()\s]*[/:][^()\s]*\)|\(doi [^()]*\)", "", said)))
    if code == "de":
        plain = Counter({one.translate(AS_ENGLISH): count for one, count in plain.items()})
    return plain + Counter(NUMBER.findall(" ".join(addresses)))


@for_each(("folder", "name"), EVERY)
def test_a_translation_says_the_same_figures(folder, name):
    en, de = (
        re.sub(r"(?s)^\+\+\+\n.*?review = \S+", "", raw(c, folder, name)) for c in ("en", "de")
    )
    if folder == "tips":
        en = en.partition("\n# ")[2]

    assert figures("de", de) == figures("en", en)


def test_translated_labels_say_the_same_figures():
    for name, said in labels("en").items():
        assert figures("de", labels("de")[name]) == figures("en", said), name


@for_each(("folder", "name"), EVERY)
def test_commands_are_the_same_in_both_languages(folder, name):
    commands = r"/tokens(?: (?:help|privacy|mute|unmute|export|forget|why)\b)?"
    en, de = (raw(code, folder, name) for code in ("en", "de"))
    de = set(re.findall(commands, de.replace("/tokens warum", "/tokens why")))
    en = set(re.findall(commands, en))

    assert de == en


@pytest.mark.parametrize(
    "name", ["answer_dm", "forget_confirm", "help", "only_you", "privacy", "why_plain"]
)
def test_what_is_added_to_a_list_of_facts_is_added_in_both_languages(name):
    items = {code: raw(code, "", name).count("\n- ") for code in text.LANGUAGES}
    parts = {code: raw(code, "", name).count("\n\n") for code in text.LANGUAGES}

    assert len(set(items.values())) == len(set(parts.values())) == 1
    assert items["en"] > 1


NAMED = {
    "nudge_footer": ["help_me"],
    "still_off": ["fewer"],
    "wrong_days": ["home_stop"],
}
"""Texts that name a button, and which; a tip may name the one for help."""


@for_each("name", NAMED)
@pytest.mark.parametrize("code", text.LANGUAGES)
def test_a_button_has_the_name_that_a_text_gives_it(code, name):
    for button in NAMED[name]:
        assert labels(code)[button] in raw(code, "", name)


@for_each("name", [name for folder, name in EVERY if folder == "tips"])
def test_a_tip_names_the_button_for_help_in_german_where_it_does_in_english(name):
    asked = labels("en")["help_me"] in raw("en", "tips", name)

    assert (f"„{labels('de')['help_me']}“" in raw("de", "tips", name)) is asked


# Slack's limits.


def filled(name):
    """Return a message with something in each of its places."""
    names = sorted(names_in(raw(text.language(), "", name)))
    values = make_dataclass("Values", names)(*("Something of some length" for _ in names))
    words = text.words(name, values)
    return Message(words.title, tuple(Paragraph(part) for part in words.paragraphs))


@pytest.mark.parametrize("code", text.LANGUAGES)
@for_each("name", [name for folder, name in EVERY if not folder])
def test_every_message_is_within_slacks_limits(code, name):
    with text.spoken(code):
        drawn = blocks.blocks(filled(name))

    assert problems(drawn, "message") == []
    assert not too_long(drawn)


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_every_tip_and_every_managers_week_is_within_slacks_limits(code):
    tools = sorted(connectors.found())
    contents = [
        *(
            messages.nudge_content(tip.name, tools)
            for tip in chain.from_iterable(text.tips(segment) for segment in NUDGED)
        ),
        *(messages.digest_content(one.name, ["x" * 200] * 9) for one in text.practices()),
    ]
    with text.spoken(code):
        for content in contents:
            drawn = blocks.blocks(messages.from_content(content, token="m-6f1d2c0a9b8e7f45"))
            assert problems(drawn, "message") == []
            assert not too_long(drawn)


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_buttons_are_short_enough_to_be_read_whole(code):
    with text.spoken(code):
        answers = (name for name in labels("en") if name.startswith(("pulse_", "spent_")))
        names = {*choices.ACTIONS, *home.LABELS, *answers}
        shown = {name: text.label(name) for name in names}
        titles = [filled(name).title for name in text.messages() if name in FORMS]

    assert {name: said for name, said in shown.items() if len(said) > 30} == {}
    assert max(map(len, titles)) <= 24
    assert max(len(shown[name]) for name in ("send", "cancel")) <= 24


FORMS = {f"form_{name.removeprefix('home_')}" for name in forms.NAMES}


# What stands in English elsewhere.


def test_what_each_connector_cannot_see_is_said_in_every_language():
    found = connectors.found()
    for code in OTHERS:
        said = tomllib.loads((TEXTS / code / "cannot_see.toml").read_text(encoding="utf-8"))
        assert said.keys() == found.keys()
        with text.spoken(code):
            for slug, connector in found.items():
                lines = messages.cannot_see(connector)
                assert lines == tuple(said[slug])
                assert len(lines) == len(connector.cannot_see)
                same = set(lines) & set(connector.cannot_see)
                assert same <= THE_SAME.keys()
    for connector in found.values():
        assert messages.cannot_see(connector) == connector.cannot_see


def test_what_the_policy_says_is_said_in_every_language_under_labels_of_their_own():
    phrases = set(map(str, Purpose))
    for table in policy.TABLES:
        phrases |= {table.what, table.kept.said, table.seen_by.said, *table.columns.values()}
        phrases |= {one.said for one in (*table.shown.values(), *table.sooner.values())}
        phrases |= {table.why} - {""}
    for code in OTHERS:
        said = tomllib.loads((TEXTS / code / "policy.toml").read_text(encoding="utf-8"))
        assert said.keys() == phrases
        assert {own for own, other in said.items() if own == other} == set()
        for table in policy.TABLES:
            columns = [said[what] for what in table.columns.values()]
            assert len(set(columns)) == len(columns), table.name


# What lacks.


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Give the texts as a package of their own, from which a test can take something away."""
    shutil.copytree(TEXTS, tmp_path / "copied_texts", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "copied_texts"
    sys.modules.pop("copied_texts", None)


def test_what_a_language_lacks_is_said_in_the_original_and_reported(copied):
    for name in ("help.md", "tips/a_kind_no.md", "practices/own_past.md"):
        (copied / "de" / name).unlink()
    kept = (copied / "de" / "labels.toml").read_text().replace('fewer = "Weniger Tipps"\n', "", 1)
    (copied / "de" / "labels.toml").write_text(kept)
    (copied / "de" / "cannot_see.toml").write_text('openai = ["ChatGPT"]\n')
    (copied / "de" / "policy.toml").write_text("")
    texts = importlib.import_module("copied_texts")
    original = ("ChatGPT", "other things")

    with texts.spoken("de"):
        assert texts.words("help").title == "What Unranked does for you"
        assert texts.words("failed").title == "Das hat nicht geklappt"
        assert texts.tip("a_kind_no").title == "A small tip from Unranked"
        assert texts.tip("odd_cases").title == "Ein kleiner Tipp von Unranked"
        assert texts.practice("own_past").title == "Compare the team with its own past"
        assert texts.practice("no_board").title == "Arbeit zeigen statt Zähler"
        assert (texts.label("fewer"), texts.label("back")) == ("Fewer", "Ich bin wieder da")
        assert texts.cannot_see("openai", original) == original  # one line lacks: all in English
        assert texts.cannot_see("unheard_of", original) == original
        assert texts.policy("department") == "department"
        assert len(texts.practices()) == len(text.practices())
    assert {
        "en alone has help",
        "en alone has tips/a_kind_no",
        "en alone has practices/own_past",
        "en alone has the label fewer",
    } == lacking("de", copied) - lacking("de")


def test_a_translation_without_an_original_is_reported(copied):
    (copied / "de" / "more.md").write_text("# Mehr\nMehr.\n")
    with (copied / "de" / "labels.toml").open("a") as file:
        file.write('more = "Mehr"\n')

    assert lacking("de", copied) - lacking("de") == {
        "de alone has more",
        "de alone has the label more",
    }


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("+++\n+++", '+++\nowner = "Somebody"\n+++', "Give it none"),
        ("# Ein", "Ein", "a line `# Title`"),
        ("{tools}", "den Werkzeugen", "{tools}"),
    ],
)
def test_a_translation_that_is_not_laid_out_as_it_should_be_is_refused(copied, old, new, hint):
    file = copied / "de" / "tips" / "a_kind_no.md"
    file.write_text(file.read_text().replace(old, new, 1))
    texts = importlib.import_module("copied_texts")

    with texts.spoken("de"), pytest.raises(Exception, match="a_kind_no") as raised:
        texts.tip("a_kind_no")
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        *(("de-DE", "de"), ("de-AT", "de"), ("de", "de"), ("DE_ch", "de"), (" de-DE ", "de")),
        *(("en-GB", "en"), ("fr-FR", "en"), ("", "en"), ("deu", "en"), ("nde-DE", "en")),
        *(("de-DE,de;q=0.9,en;q=0.8", "de"), ("fr,de;q=0.5", "en"), ("-", "en")),
    ],
)
def test_a_locale_leads_to_a_language_that_there_is(locale, language):
    assert text.language_of(locale) == language
