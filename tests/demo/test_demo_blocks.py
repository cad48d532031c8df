import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unranked.demo.blocks_limits import problems, too_long, view_problems, view_too_large


def plain(text="Words"):
    return {"type": "plain_text", "text": text}


def words(text="*Words*"):
    return {"type": "mrkdwn", "text": text}


def button(**more):
    return {"type": "button", "action_id": "go", "text": plain("Go"), **more}


def section(**more):
    return {"type": "section", "text": words(), **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def entry(element, **more):
    return {"type": "input", "label": plain(), "element": element, **more}


def option(text="One", value="1"):
    return {"text": plain(text), "value": value}


def select(**more):
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def table(rows):
    return {"type": "table", "rows": rows}


def cell(text="x"):
    return {"type": "raw_text", "text": text}


def pie(**more):
    segments = [{"label": "Code", "value": 12}, {"label": "Writing", "value": 5}]
    chart = {"type": "pie", "segments": segments, **more}
    return {"type": "data_visualization", "title": "Kinds of work", "chart": chart}


def bar(kind="bar", series=None, **axes):
    data = [{"label": "Mon", "value": 3}, {"label": "Tue", "value": -1.5}]
    chart = {
        "type": kind,
        "series": series or [{"name": "Sessions", "data": data}],
        "axis_config": {"categories": ["Mon", "Tue"], "x_label": "Day", **axes},
    }
    return {"type": "data_visualization", "title": "Your week", "chart": chart}


GOOD = {
    "section": section(accessory=button(), block_id="a"),
    "fields": {"type": "section", "fields": [words()] * 10},
    "header": {"type": "header", "text": plain("x" * 150)},
    "divider": {"type": "divider"},
    "context": {
        "type": "context",
        "elements": [
            words(),
            plain(),
            {"type": "image", "alt_text": "A", "image_url": "https://x"},
        ],
    },
    "actions": actions(
        button(style="primary", value="v" * 2000),
        select(placeholder=plain("Choose a week"), initial_option=option()),
        {"type": "overflow", "action_id": "o", "options": [option()]},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-23"},
        {"type": "checkboxes", "action_id": "c", "options": [option()]},
        {"type": "multi_conversations_select", "action_id": "m", "filter": {"include": ["im"]}},
    ),
    "input": entry({"type": "plain_text_input", "action_id": "v", "max_length": 80}, hint=plain()),
    "number": entry({"type": "number_input", "action_id": "v", "is_decimal_allowed": False}),
    "image": {"type": "image", "alt_text": "A chart", "image_url": "https://example.com/a.png"},
    "rich_text": {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
    },
}
GOOD_IN_MESSAGES = {
    "markdown": {"type": "markdown", "text": "**x**"},
    "table": table([[cell(), {"type": "raw_number", "value": 1, "text": "1"}]]),
    "data_table": {"type": "data_table", "caption": "C", "rows": [[cell()], [cell()]]},
    "pie": pie(),
    "bar": bar(),
    "line": bar("line"),
    "area": bar("area"),
    "feedback": {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain(), "value": "1"},
                "negative_button": {"text": plain(), "value": "0"},
            }
        ],
    },
}
LONG = "x" * 3001
REFUSED = {
    "unknown type": {"type": "sparkline"},
    "no type": {"text": words()},
    "not an object": "section",
    "received only": {"type": "file", "external_id": "x", "source": "remote"},
    "section without content": {"type": "section"},
    "section text too long": section(text=words(LONG)),
    "section text empty": section(text=words("")),
    "text of no kind": section(text={"type": "html", "text": "x"}),
    "text that is a string": section(text="x"),
    "11 fields": {"type": "section", "fields": [words()] * 11},
    "field too long": {"type": "section", "fields": [words("x" * 2001)]},
    "input as accessory": section(accessory={"type": "plain_text_input", "action_id": "x"}),
    "unknown field": section(colour="red"),
    "block id too long": section(block_id="x" * 256),
    "header too long": {"type": "header", "text": plain("x" * 151)},
    "header not plain": {"type": "header", "text": words()},
    "11 context elements": {"type": "context", "elements": [words()] * 11},
    "empty context": {"type": "context", "elements": []},
    "button in context": {"type": "context", "elements": [button()]},
    "26 actions": actions(*(button(action_id=str(n)) for n in range(26))),
    "no actions": actions(),
    "action id twice": actions(button(), button()),
    "action id too long": actions(button(action_id="x" * 256)),
    "button text too long": actions(button(text=plain("x" * 76))),
    "button text not plain": actions(button(text=words())),
    "button value too long": actions(button(value="v" * 2001)),
    "button url too long": actions(button(url="u" * 3001)),
    "button style": actions(button(style="green")),
    "accessibility label too long": actions(button(accessibility_label="x" * 76)),
    "confirm without deny": actions(button(confirm={"title": plain(), "text": plain()})),
    "101 options": actions(select(options=[option(value=str(n)) for n in range(101)])),
    "no options": actions(select(options=[])),
    "options and groups": actions(
        select(option_groups=[{"label": plain(), "options": [option()]}])
    ),
    "option text too long": actions(select(options=[option("x" * 76)])),
    "option value too long": actions(select(options=[option(value="x" * 151)])),
    "initial option of none": actions(select(initial_option=option("Two", "2"))),
    "initial option in other words": actions(select(initial_option=option("First", "1"))),
    "initial boxes of none": actions(
        {"type": "checkboxes", "options": [option()], "initial_options": [option(value="2")]}
    ),
    "a day in another form": entry({"type": "datepicker", "initial_date": "02.03.2026"}),
    "a time in another form": entry({"type": "timepicker", "initial_time": "9:30"}),
    "placeholder too long": actions(select(placeholder=plain("x" * 151))),
    "6 overflow options": actions({"type": "overflow", "options": [option()] * 6}),
    "11 checkboxes": actions({"type": "checkboxes", "options": [option()] * 11}),
    "text input among actions": actions({"type": "plain_text_input", "action_id": "x"}),
    "date and time as accessory": section(accessory={"type": "datetimepicker"}),
    "input without label": {"type": "input", "element": {"type": "plain_text_input"}},
    "button as input": entry(button()),
    "input label too long": entry({"type": "plain_text_input"}, label=plain("x" * 2001)),
    "input max length": entry({"type": "plain_text_input", "max_length": 3001}),
    "input lengths swapped": entry({"type": "plain_text_input", "min_length": 9, "max_length": 2}),
    "number input": entry({"type": "number_input"}),
    "image without alt text": {"type": "image", "image_url": "https://x"},
    "image alt text too long": {"type": "image", "image_url": "https://x", "alt_text": "x" * 2001},
    "image without address": {"type": "image", "alt_text": "A"},
    "image with two": {
        "type": "image",
        "alt_text": "A",
        "image_url": "https://x",
        "slack_file": {"id": "F1"},
    },
    "rich text of unknown part": {"type": "rich_text", "elements": [{"type": "rich_text_table"}]},
    "markdown too long": {"type": "markdown", "text": "x" * 12_001},
    "101 rows": table([[cell()]] * 101),
    "21 cells": table([[cell()] * 21]),
    "table too long": table([[cell("x" * 2000)]] * 6),
    "cell of no kind": table([[{"type": "raw_html", "text": "x"}]]),
    "data table without caption": {"type": "data_table", "rows": [[cell()], [cell()]]},
    "data table of a header only": {"type": "data_table", "caption": "C", "rows": [[cell()]]},
    "data table page": {
        "type": "data_table",
        "caption": "C",
        "rows": [[cell()]] * 2,
        "page_size": 0,
    },
    "chart without title": {"type": "data_visualization", "chart": pie()["chart"]},
    "chart title too long": {**pie(), "title": "x" * 51},
    "chart of no kind": {**pie(), "chart": {"type": "radar"}},
    "pie of zero": pie(segments=[{"label": "Code", "value": 0}]),
    "pie of nothing": pie(segments=[]),
    "pie of 7": pie(segments=[{"label": str(n), "value": 1} for n in range(7)]),
    "pie label too long": pie(segments=[{"label": "x" * 21, "value": 1}]),
    "pie of words": pie(segments=[{"label": "x", "value": "12"}]),
    "7 series": bar(series=[{**bar()["chart"]["series"][0], "name": str(n)} for n in range(7)]),
    "series twice": bar(series=bar()["chart"]["series"] * 2),
    "series name too long": bar(series=[{**bar()["chart"]["series"][0], "name": "x" * 21}]),
    "series short of a value": bar(series=[{"name": "S", "data": [{"label": "Mon", "value": 1}]}]),
    "series label of no category": bar(categories=["Mon", "Wed"]),
    "category too long": bar(categories=["x" * 21, "Tue"]),
    "axis label too long": bar(x_label="x" * 51),
    "bar without axis": {
        **bar(),
        "chart": {"type": "bar", "series": bar()["chart"]["series"]},
    },
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("surface", ["message", "home", "modal"])
def test_good_blocks_pass_everywhere(name, surface):
    assert problems([GOOD[name]], surface) == []


@pytest.mark.parametrize("name", GOOD_IN_MESSAGES)
def test_some_blocks_pass_in_messages_and_nowhere_else(name):
    assert problems([GOOD_IN_MESSAGES[name]], "message") == []
    assert problems([GOOD_IN_MESSAGES[name]], "home")
    assert problems([GOOD_IN_MESSAGES[name]], "modal")


def test_an_alert_passes_in_modals_and_nowhere_else():
    alert = {"type": "alert", "text": words(), "level": "info"}

    assert problems([alert], "modal") == []
    assert problems([alert], "message")
    assert problems([alert], "home")


@pytest.mark.parametrize("name", REFUSED)
def test_what_slack_refuses_is_refused_with_a_pointer_and_without_the_words(name):
    found = problems([{"type": "divider"}, REFUSED[name]], "message")

    assert found
    for complaint in found:
        assert complaint.startswith("[ERROR]")
        assert "json-pointer:/blocks" in complaint
        assert "xxx" not in complaint


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("home", 100), ("modal", 100)])
def test_a_surface_takes_so_many_blocks_and_not_one_more(surface, most):
    assert problems([GOOD["divider"]] * most, surface) == []
    assert problems([GOOD["divider"]] * (most + 1), surface)


@pytest.mark.parametrize(
    "blocks",
    [
        [pie(), bar(), pie()],
        [GOOD_IN_MESSAGES["table"]] * 2,
        [section(block_id="same"), section(block_id="same")],
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        {"type": "section"},
        None,
    ],
)
def test_blocks_that_do_not_go_together_are_refused(blocks):
    assert problems(blocks, "message")


def test_two_charts_and_one_table_go_together():
    assert problems([pie(), bar(), GOOD_IN_MESSAGES["table"]], "message") == []


def test_a_message_too_long_in_all_is_seen():
    assert not too_long([section(text=words("x" * 3000))] * 4)
    assert too_long([section(text=words("x" * 3000))] * 5)


def modal(**more):
    return {"type": "modal", "title": plain("Campaign"), "blocks": [GOOD["section"]], **more}


@pytest.mark.parametrize(
    ("surface", "view"),
    [
        ("home", {"type": "home", "blocks": [], "submit": plain()}),
        ("home", {"type": "home", "blocks": [], "title": plain()}),
        ("home", {"type": "home"}),
        ("home", {"type": "home", "blocks": [pie()]}),
        ("home", modal()),
        ("home", "home"),
        ("home", {"type": "home", "blocks": [], "private_metadata": "x" * 3001}),
        ("home", {"type": "home", "blocks": [], "callback_id": "x" * 256}),
        ("modal", modal(title=plain("x" * 25))),
        ("modal", modal(title=words())),
        ("modal", modal(submit=plain("x" * 25))),
        ("modal", modal(close=plain("x" * 25))),
        ("modal", modal(blocks=[GOOD["input"]])),
        ("modal", modal(blocks=[])),
        ("modal", {"type": "modal", "blocks": [GOOD["section"]]}),
        ("modal", {"type": "home", "title": plain(), "blocks": [GOOD["section"]]}),
    ],
)
def test_a_wrong_view_is_refused(surface, view):
    assert view_problems(view, surface)


@pytest.mark.parametrize(
    ("surface", "view"),
    [
        ("home", {"type": "home", "blocks": [GOOD["input"]], "private_metadata": ""}),
        ("modal", modal(notify_on_close=True, close=plain("Cancel"))),
        ("modal", modal(blocks=[GOOD["input"]], submit=plain("Save"), callback_id="c")),
    ],
)
def test_a_right_view_passes(surface, view):
    assert view_problems(view, surface) == []


def test_a_view_of_more_than_250_kilobytes_is_seen():
    assert not view_too_large({"type": "home", "blocks": [section()] * 100})
    assert view_too_large({"type": "home", "blocks": [section(text=words("ü" * 3000))] * 50})


def every_path(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for name, held in items if isinstance(value, dict | list) else ():
        if isinstance(held, dict | list):
            yield from every_path(held, (*path, name))
        else:
            yield (*path, name)


@settings(deadline=None)
@given(
    st.sampled_from([*GOOD.values(), *GOOD_IN_MESSAGES.values()]),
    st.randoms(),
    st.sampled_from([None, 7, True, "", [], {}, [None], {"type": None}, float("nan")]),
)
def test_no_block_however_broken_makes_the_check_fail(block, chance, rubbish):
    broken = copy.deepcopy(block)
    *way, last = chance.choice([path for path in every_path(block) if path])
    at = broken
    for name in way:
        at = at[name]
    at[last] = rubbish

    assert isinstance(problems([broken], "message"), list)
