"""The documents: made from the policy, up to date in `docs`, whole in each language."""

import string
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from unranked import connectors, text
from unranked.domain import policy
from unranked.services import documents
from unranked.services.documents import Setup
from unranked.text import documents as words

DOCS = Path(__file__).parents[2] / "docs"
TEXTS = Path(str(text._FOLDER))
EXISTING = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
MADE = documents.every(EXISTING)
FOUND = connectors.found()


@pytest.mark.parametrize("name", sorted(MADE))
def test_what_stands_in_docs_is_what_the_policy_says(name):
    assert EXISTING.get(name) == MADE[name], "run `unranked policy --write docs`"


def test_there_are_all_of_them_in_every_language():
    assert MADE.keys() == {
        "privacy.md",
        *(f"{name}{code}.md" for code in ("", "-de") for name in documents._PAGES),
    }


@pytest.mark.parametrize("name", sorted(MADE))
def test_every_table_stands_in_it_with_its_purposes_time_and_readers(name):
    code = "de" if name.endswith("-de.md") else "en"
    of_people = name.startswith(("employee", "impact"))
    with text.spoken(code):
        for one in policy.of_people() if of_people else policy.TABLES:
            (row,) = [
                line for line in MADE[name].splitlines() if line.startswith(f"| **{one.name}**")
            ]
            said = [one.what, one.kept.said, one.seen_by.said, *map(str, one.purposes)]
            said += [who.said for who in one.shown.values()]
            for phrase in said:
                assert text.policy(phrase) in row, (one.name, phrase)
            for label in one.columns.values():
                assert text.policy(label) in MADE[name]


@pytest.mark.parametrize("name", ["works-council.md", "works-council-de.md"])
def test_the_query_of_the_ledger_reads_fields_that_are_there(name, world):
    query = MADE[name].partition("```\n")[2].partition("\n```")[0]

    with world.runtime.store.read() as tx:
        assert tx.execute(sql(query)).fetchall() == []


def test_the_privacy_page_says_every_time_that_something_goes_by():
    for one in policy.TABLES:
        for kept in (one.kept, *one.sooner.values()):
            if kept.by_age:
                assert kept.said in MADE["privacy.md"]


def test_what_was_measured_is_kept_when_the_page_is_made_anew():
    measured = documents.privacy("| 1 quarter | 0.62 |\n| 4 quarters | 0.66 |")

    again = documents.every({"privacy.md": measured})["privacy.md"]

    assert again == measured
    assert documents.measured_in(again) == "| 1 quarter | 0.62 |\n| 4 quarters | 0.66 |"
    assert "Not measured yet" in documents.privacy()
    assert documents.measured_in("nothing") == ""


LIVE = Setup((FOUND["openai"],), live=True, contact="#ai-help", has_list=False)


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_a_notice_names_the_tools_that_are_connected_and_no_others(code):
    with text.spoken(code):
        said = documents.notice(LIVE)
        unlisted = documents.notice(replace(LIVE, connectors=()))

    assert "OpenAI" in said
    assert "#ai-help" in said
    for other in ("Copilot", "Claude", "GitHub"):
        assert other not in said
    assert "OpenAI" not in unlisted
    with text.spoken(code):
        assert words.said("no_tools") in unlisted


@pytest.mark.parametrize("code", text.LANGUAGES)
def test_a_notice_says_what_is_turned_on_and_nothing_that_is_not(code):
    with text.spoken(code):
        plain = documents.notice(LIVE)
        more = documents.notice(replace(LIVE, has_list=True, has_model=True, strict=True))
        template = documents.notice(documents.template())
        for name in ("list", "model", "strict"):
            assert words.said(name).strip() in more
            assert words.said(name).strip() not in plain
        assert words.said("live") in plain
        assert words.said("template") in template
        assert words.said("model_template").strip() in template
    for connector in FOUND.values():
        assert connector.title.split()[0] in template


def test_what_nobody_confirmed_is_said_as_such():
    for name in ("privacy.md", "impact-assessment.md", "works-council.md"):
        assert "unconfirmed" in MADE[name]
        assert "counsel" in MADE[name]
    for name in ("impact-assessment-de.md", "works-council-de.md"):
        assert "unbestätigt" in MADE[name].lower()
        assert "juristisch" in MADE[name]


def names_in(page):
    return {name for _, name, _, _ in string.Formatter().parse(page) if name}


def test_each_language_has_every_page_and_every_small_word_with_the_same_names():
    small = tomllib.loads((TEXTS / "en" / "documents.toml").read_text(encoding="utf-8"))
    for code in text.LANGUAGES:
        theirs = tomllib.loads((TEXTS / code / "documents.toml").read_text(encoding="utf-8"))
        assert theirs.keys() == small.keys()
        for name, said in small.items():
            assert names_in(theirs[name]) == names_in(said), name
        for page in sorted(set(documents._PAGES.values()) | {"law"}):
            own = (TEXTS / code / "documents" / f"{page}.md").read_text(encoding="utf-8")
            original = (TEXTS / "en" / "documents" / f"{page}.md").read_text(encoding="utf-8")
            assert names_in(own) == names_in(original), page
            assert own.count("\n## ") == original.count("\n## "), page
            assert own.count("\n|") == original.count("\n|"), page


def test_a_page_says_what_it_is_given_and_misses_nothing():
    with pytest.raises(ValueError, match="does not say shade"):
        words.page("law", storage="x", shade="y")
    with pytest.raises(KeyError):
        words.page("law")
    with pytest.raises(KeyError):
        words.said("shade")
    with text.spoken("de"):
        assert words.page("privacy", **dict.fromkeys(names_in(page_of("privacy")), "x")).startswith(
            "# Privacy"
        )


def page_of(name):
    return (TEXTS / "en" / "documents" / f"{name}.md").read_text(encoding="utf-8")
