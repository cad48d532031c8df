import re
import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pytest
from each import for_each

import bot
import unranked
from unranked import connectors, text
from unranked.services import answers, checkins, choices, how, messages, summary_words

FOLDER = files("unranked.text") / "en"


@dataclass(frozen=True)
class Contact:
    contact: str


@dataclass(frozen=True)
class More:
    contact: str
    unsaid: str


def test_the_first_line_is_the_title_and_the_rest_the_body():
    words = text.words("not_known", Contact("#ai-help"))

    assert words.title == "You are not in the list of people yet"
    assert words.body.startswith("The list is read once a day,")
    assert "#" not in words.title


def test_names_in_braces_come_from_the_values():
    assert "Write to #ai-help." in text.words("help_me", Contact("#ai-help")).body


def test_a_value_with_braces_of_its_own_stays_as_it_is():
    assert "Write to {contact}{0}." in text.words("help_me", Contact("{contact}{0}")).body


def test_a_name_without_a_value_is_a_mistake():
    with pytest.raises(KeyError, match="contact"):
        text.words("help_me")


def test_a_value_that_is_not_said_is_a_mistake():
    with pytest.raises(ValueError, match="unsaid"):
        text.words("help_me", More("#ai-help", "something"))


def test_a_message_that_does_not_exist_is_a_mistake():
    with pytest.raises(FileNotFoundError):
        text.words("no_such_message")


def test_a_label_that_does_not_exist_is_a_mistake_unless_there_is_another_word():
    with pytest.raises(KeyError):
        text.label("no_such_label")
    assert text.label("no_such_label", default="Acme") == "Acme"


def test_every_button_and_every_tool_has_a_label():
    labels = tomllib.loads((FOLDER / "labels.toml").read_text(encoding="utf-8"))

    of_messages = {*messages.NUDGE_CHOICES, *messages.DIGEST_CHOICES, *answers.BUTTONS}
    shown = {*choices.ACTIONS, *checkins.ACTIONS, *of_messages}

    assert shown - set(labels) == set()
    for name in shown:
        assert 0 < len(text.label(name)) <= 30  # about what Slack shows of a button
    for slug, connector in connectors.found().items():
        assert messages.tool_name(slug) == labels.get(slug, connector.title)


@for_each("name", text.messages())
def test_every_text_has_a_neutral_title_and_a_body_in_plain_words(name):
    raw = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    title, _, body = raw.partition("\n")

    assert re.fullmatch(r"# [A-Z].{2,80}", title)
    assert not re.search(r"\d", title)
    assert body.strip()
    assert not re.search(r"\*\*|__|`|<[^>]+>|\]\(", raw), "mark-up would be shown as it stands"
    assert not re.search(r"\b(rank|leader|score|badge|streak|percentile|top)\b", body.lower())


SAID = {
    "summary": answers.Head,
    "summary_value": summary_words.Value,
    "summary_net": summary_words.Net,
    "how_net": how.Net,
    "pulse": messages.Between,
    "monthly": messages.Month,
    "help_me": messages.Contact,
}


def test_every_text_is_used_and_every_field_of_an_answer_is_said():
    folders = [Path(str(package.__file__)).parent for package in (unranked, bot)]
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in chain.from_iterable(folder.rglob("*.py") for folder in folders)
    )
    for name in text.messages():
        assert f'"{name}"' in source, name
    for name, kind in SAID.items():
        body = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        assert all(f"{{{field.name}}}" in body for field in fields(kind))
