import io
import json
import re
import string
from collections.abc import Iterator
from dataclasses import fields, make_dataclass
from importlib.resources import files

import pytest
import slackblocks
from each import for_each
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from unranked import text
from unranked.channels import blocks, console
from unranked.channels.base import Chart, Choice, Message, Note, Paragraph, Series
from unranked.demo.blocks_limits import problems, too_long
from unranked.services import choices, messages

FIGURE = re.compile(r"\d")
CHART = Chart(
    title="Cost by week",
    unit="USD",
    categories=("9 Feb", "16 Feb"),
    series=(Series("Claude", (20.0, 0.0)), Series("OpenAI API", (0.5, 10.85))),
    words=("Cost by week:", "- 9 Feb: Claude $20.00, OpenAI API $0.50", "- 16 Feb: $10.85"),
)


def with_values(name):
    """Return the message of a text, every {name} of it filled with a value that can be found."""
    body = (files("unranked.text") / "en" / f"{name}.md").read_text(encoding="utf-8")
    names = {field for _, field, _, _ in string.Formatter().parse(body) if field}
    kind = make_dataclass("Values", sorted(names), frozen=True)
    values = kind(*(f"value of {field.name}" for field in fields(kind)))
    # As many as a message may have, from another one on for each text: each action is in some.
    first = sum(name.encode()) % len(choices.ACTIONS)
    turned = [*choices.ACTIONS[first:], *choices.ACTIONS[:first]]
    return messages.plain(name, values, buttons=turned[: blocks.BUTTONS_MOST])


def from_content(content):
    return messages.from_content(content, token="m-6f1d2c0a9b8e7f45")


MESSAGES = {name: with_values(name) for name in text.messages()} | {
    "a tip": from_content(messages.nudge_content("list_into_a_table", ["anthropic", "openai"])),
    "a week": from_content(messages.digest_content("own_past", ["10 to 24 people.", "A third."])),
    "with a chart": Message("Your own AI use", (Paragraph("Hello."), CHART, Note("From bills."))),
}


def words_of(value):
    """Return the words that somebody can read, whatever is drawn around them."""
    return set(re.findall(r"[\w$.@/%'-]+", value.replace("\\n", " ")))


def shown_in_slack(message, **how):
    """Yield every text that the blocks show."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            if value.get("type") == "plain_text":
                yield value["text"]
            for held in value.values():
                yield from texts(held)
        elif isinstance(value, list):
            for held in value:
                yield from texts(held)

    return list(texts(blocks.blocks(message, **how)))


def shown_in_a_terminal(message):
    written = io.StringIO()
    console.draw(message, to="", console=Console(file=written, width=2_000))
    return written.getvalue()


@for_each("name", MESSAGES)
def test_both_channels_say_the_same_facts_and_offer_the_same_choices(name):
    message = MESSAGES[name]
    slack = words_of("\n".join(shown_in_slack(message)))
    terminal = words_of(shown_in_a_terminal(message))
    picture = set()
    for part in message.parts:
        if isinstance(part, Chart):
            picture |= words_of(" ".join((part.title, part.unit, *part.categories)))

    assert slack - terminal == set()
    assert terminal - slack - picture == set()
    buttons = [
        element["text"]["text"]
        for block in blocks.blocks(message)
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert buttons == [choice.label for choice in message.choices]
    assert re.findall(r"\[ (.+?) \]", shown_in_a_terminal(message)) == buttons


@for_each("name", MESSAGES)
def test_every_text_stays_within_slacks_limits(name):
    drawn = blocks.blocks(MESSAGES[name])

    assert problems(drawn, "message") == []
    assert not too_long(drawn)
    assert drawn[0]["type"] == "header"


@for_each("name", MESSAGES)
def test_a_notification_shows_the_neutral_title_and_no_figure(name):
    message = MESSAGES[name]
    title = blocks.text(message).split("\n")[0]

    assert blocks.blocks(message)[0]["text"]["text"] == title == message.title
    assert not FIGURE.search(title)


@for_each("name", MESSAGES)
def test_the_text_that_screen_readers_read_holds_all_that_the_blocks_hold(name):
    message = MESSAGES[name]
    labels = words_of(" ".join(choice.label for choice in message.choices))

    said = words_of(blocks.text(message))
    assert words_of("\n".join(shown_in_slack(message))) - labels <= said


def test_a_library_of_slacks_own_rules_accepts_the_same_blocks():
    message = MESSAGES["a tip"]
    made = []
    for block in blocks.blocks(message):
        if block["type"] == "header":
            made.append(slackblocks.HeaderBlock(block["text"]["text"]))
        elif block["type"] == "section":
            words = slackblocks.Text(block["text"]["text"], type_=slackblocks.TextType.PLAINTEXT)
            made.append(slackblocks.SectionBlock(words))
        elif block["type"] == "context":
            (words,) = (element["text"] for element in block["elements"])
            made.append(slackblocks.ContextBlock(elements=[slackblocks.Text(words)]))
        else:
            buttons = [
                slackblocks.Button(
                    text=b["text"]["text"], action_id=b["action_id"], value=b["value"]
                )
                for b in block["elements"]
            ]
            made.append(slackblocks.ActionsBlock(elements=buttons))

    assert len(slackblocks.Message(channel="D1", text="x", blocks=made).blocks) == len(made)


def test_the_chart_is_drawn_as_slack_wants_it_and_its_words_stand_beside_it():
    drawn = blocks.blocks(MESSAGES["with a chart"])
    (chart,) = (block for block in drawn if block["type"] == "data_visualization")

    assert chart["chart"]["axis_config"] == {"categories": ["9 Feb", "16 Feb"], "y_label": "USD"}
    assert chart["chart"]["series"][1] == {
        "name": "OpenAI API",
        "data": [{"label": "9 Feb", "value": 0.5}, {"label": "16 Feb", "value": 10.85}],
    }
    without = blocks.blocks(MESSAGES["with a chart"], charts=False)
    assert without == [block for block in drawn if block is not chart]
    assert all(
        "\n".join(CHART.words) in "\n".join(shown_in_slack(m, charts=c))
        for m, c in ((MESSAGES["with a chart"], True), (MESSAGES["with a chart"], False))
    )


# Whatever a message holds.

HARD = st.sampled_from(
    ["<@U123>", "<!channel>", "<https://x.example|y>", "&lt;", "&amp;", "*b*", ":tada:", "a" * 3100]
)
WORDS = st.lists(HARD | st.text(max_size=40), max_size=6).map(" ".join)
LONG = WORDS | st.integers(0, 20_000).map(lambda n: "word " * (n // 5))
NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1e6, 1e6)


@st.composite
def charts(draw):
    categories = draw(st.lists(st.text(max_size=30), max_size=25))
    one = st.builds(Series, st.text(max_size=30), st.tuples(*[NUMBERS for _ in categories]))
    return Chart(
        title=draw(st.text(max_size=80)),
        unit=draw(st.text(max_size=60)),
        categories=tuple(categories),
        series=tuple(draw(st.lists(one, max_size=8))),
        words=tuple(draw(st.lists(WORDS, max_size=4))),
    )


@st.composite
def plausible_messages(draw):
    """Return a message that is mostly within the limits, and at times beyond any one of them."""
    part = st.builds(Paragraph, LONG) | st.builds(Note, WORDS) | charts()
    choice = st.builds(Choice, st.text(max_size=300), st.text(max_size=90), prominent=st.booleans())
    return Message(
        title=draw(st.text(max_size=160)),
        parts=tuple(draw(st.lists(part, max_size=draw(st.sampled_from([3, 8, 60]))))),
        choices=tuple(draw(st.lists(choice, max_size=draw(st.sampled_from([3, 30]))))),
        token=draw(st.sampled_from(["", "m-6f1d2c0a9b8e7f45"])),
    )


@settings(deadline=None, max_examples=60)
@given(message=plausible_messages(), charted=st.booleans())
def test_a_message_is_within_slacks_limits_or_a_clear_mistake_of_ours(message, charted):
    try:
        drawn = blocks.blocks(message, charts=charted)
        said = blocks.text(message)
    except ValueError:
        return
    assert problems(drawn, "message") == []
    assert not too_long(drawn)
    assert said
    json.dumps(drawn, allow_nan=False)


@settings(deadline=None, max_examples=60)
@given(words=st.lists(LONG, max_size=4), notes=st.lists(WORDS, max_size=2))
def test_nothing_that_a_message_says_is_lost_or_changed(words, notes):
    message = Message("Hello", (*map(Paragraph, words), *map(Note, notes)))
    try:
        drawn = blocks.blocks(message)
    except ValueError:
        return

    def bare(text):
        return re.sub(r"\s", "", text)

    everything = bare("".join([*words, *notes]))
    shown = [
        block["text"]["text"] if "text" in block else block["elements"][0]["text"]
        for block in drawn[1:]
    ]
    assert bare("".join(shown)) == everything
    unescaped = blocks.text(message).replace("&lt;", "<").replace("&gt;", ">")
    assert bare(unescaped.replace("&amp;", "&")) == bare(f"Hello{everything}")


@settings(deadline=None)
@given(hostile=WORDS.map(lambda words: words[:5_000]).filter(str.strip))
def test_no_name_or_contact_can_become_a_mention_a_link_or_an_emoji(hostile):
    message = Message("Hello", (Paragraph(hostile), Note(hostile)), (Choice("stop", "Stop"),))

    said = blocks.text(message)
    assert "<" not in said
    assert ">" not in said
    assert not re.search(r"&(?!amp;|lt;|gt;)", said)
    for block in blocks.blocks(message):
        texts = [block.get("text"), *block.get("elements", [])]
        for one in texts:
            if one and "text" in one and isinstance(one["text"], str):
                assert one["type"] == "plain_text"
                assert one["emoji"] is False


@pytest.mark.parametrize(
    ("message", "what"),
    [
        (Message(""), "title"),
        (Message("x" * 151), "title"),
        (Message("Hello", (Paragraph("x" * 12_000),)), "length"),
        (Message("Hello", (), (Choice("a", "A"), Choice("a", "B"))), "choices"),
        (Message("Hello", (), tuple(Choice(str(n), "A") for n in range(26))), "choices"),
        (Message("Hello", (), (Choice("a", ""),)), "labels"),
        (Message("Hello", (), (Choice("a", "x" * 76),)), "labels"),
        (Message("Hello", (), (Choice("", "A"),)), "actions"),
        (Message("Hello", tuple(Paragraph("x") for _ in range(50))), "51 blocks"),
    ],
)
def test_a_message_that_slack_would_refuse_is_refused_before_it_is_sent(message, what):
    with pytest.raises(ValueError, match=what):
        blocks.blocks(message)


def changed(**what):
    given = {name: getattr(CHART, name) for name in Chart.__slots__}
    return Chart(**{**given, **what})


@pytest.mark.parametrize(
    "chart",
    [
        changed(series=(Series("A", (0.0, 0.0)),)),
        changed(series=()),
        changed(series=tuple(Series(str(n), (1.0, 2.0)) for n in range(7))),
        changed(series=(Series("x" * 20 + "1", (1.0, 2.0)), Series("x" * 20 + "2", (1.0, 2.0)))),
        changed(series=(Series("A", (1.0, float("nan"))),)),
        changed(series=(Series("A", (1.0,)),)),
        changed(categories=("same", "same")),
        changed(unit=""),
    ],
)
def test_what_the_chart_block_does_not_take_is_said_in_words(chart):
    drawn = blocks.blocks(Message("Hello", (chart,)))

    assert [block["type"] for block in drawn] == ["header", "section"]
    assert drawn[1]["text"]["text"] == "\n".join(CHART.words)


def test_a_third_chart_is_said_in_words():
    drawn = blocks.blocks(Message("Hello", (CHART, CHART, CHART)))

    assert [b["type"] for b in drawn].count("data_visualization") == 2
    assert [b["type"] for b in drawn].count("section") == 3
    assert problems(drawn, "message") == []


@settings(deadline=None, max_examples=50)
@given(message=plausible_messages())
def test_the_terminal_draws_whatever_slack_takes(message):
    try:
        blocks.blocks(message)
    except ValueError:
        return
    shown_in_a_terminal(message)
