"""What is said to somebody stands in no repr: a traceback, a log or a failed check may hold it."""

from dataclasses import fields, is_dataclass

import pytest

from unranked.channels import base, pages
from unranked.channels.base import (
    Chart,
    Choice,
    Fact,
    Facts,
    Message,
    Note,
    Paragraph,
    Series,
)
from unranked.channels.pages import (
    Button,
    Confirm,
    Field,
    FieldKind,
    Form,
    Option,
    Page,
    Row,
    Screen,
    Section,
)

KINDS = sorted(
    (
        kind
        for module in (base, pages)
        for kind in vars(module).values()
        if is_dataclass(kind) and kind.__module__ == module.__name__
    ),
    key=lambda kind: kind.__name__,
)
WORDLESS = {
    "Button": {"action", "value"},
    "Chart": {"unit"},
    "Choice": {"action"},
    "Field": {"name"},
    "File": {"name", "title"},
    "Form": {"name", "context"},
    "Look": {"stamp", "reason"},
    "Message": {"token"},
    "Posted": {"stamp", "key", "files"},
    "Receipt": {"reason", "stamp", "hint"},
    "Screen": {"name", "context"},
}
"""The fields of text that hold names of ours, opaque values and a channel's own codes."""

ZEBRA = "zebra 4711"
PARTS = (
    Paragraph(ZEBRA),
    Note(ZEBRA),
    Facts((Fact(ZEBRA, ZEBRA),)),
    Chart(ZEBRA, "USD", (ZEBRA,), (Series(ZEBRA, (4711.0,)),), (ZEBRA,)),
)
BUTTON = Button("open", ZEBRA, confirm=Confirm(ZEBRA, ZEBRA, ZEBRA, ZEBRA))
SECTION = Section(ZEBRA, PARTS, (Row(ZEBRA, ZEBRA, (BUTTON,)),))
FIELD = Field("unit", ZEBRA, FieldKind.MANY, (Option(ZEBRA, ZEBRA, ZEBRA),), (ZEBRA,), hint=ZEBRA)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_text_of_a_channel_is_hidden_unless_it_is_known_to_hold_no_words(kind):
    texts = {one.name for one in fields(kind) if one.type in {str, tuple[str, ...]} and one.repr}

    assert texts == WORDLESS.get(kind.__name__, set())


@pytest.mark.parametrize(
    "said",
    [
        Message(ZEBRA, PARTS, (Choice("open", ZEBRA, url=ZEBRA),)),
        Page((SECTION,)),
        Form("form", ZEBRA, PARTS, (FIELD,), ZEBRA, ZEBRA),
        Screen("screen", ZEBRA, (SECTION,), ZEBRA),
    ],
    ids=lambda said: type(said).__name__,
)
def test_a_message_and_a_page_show_how_they_are_made_and_nothing_they_say(said):
    shown = f"{said!r} {said}"

    assert "4711" not in shown
    assert any(name in shown for name in ("Paragraph()", "Field(name='unit'"))
