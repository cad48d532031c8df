"""Slack's limits for the elements inside blocks: buttons, menus, inputs, texts (slack.md 12.2)."""

import re
from collections.abc import Iterator

from unranked.demo.blocks_checks import (
    Check,
    by_type,
    exactly_one,
    flag,
    listed,
    number,
    one_of,
    problem,
    shape,
    text,
)

ID = text(255)
_TEXT_FIELDS = {"plain_text": {"emoji": flag}, "mrkdwn": {"verbatim": flag}}


def plain(most: int) -> Check:
    """A plain-text object."""
    return by_type({"plain_text": shape({"text": text(most)}, _TEXT_FIELDS["plain_text"])})


def words(most: int) -> Check:
    """A text object of either kind."""
    return by_type({kind: shape({"text": text(most)}, also) for kind, also in _TEXT_FIELDS.items()})


_CONFIRM = shape(
    {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def _option(label: Check, *, url: bool = False) -> Check:
    also = {"description": words(75), **({"url": text(3000)} if url else {})}
    return shape({"text": label, "value": text(150)}, also)


_OPTION = _option(plain(75))
_GROUP = shape({"label": plain(75), "options": listed(_OPTION, 1, 100)})
_COMMON = {"action_id": ID, "confirm": _CONFIRM, "focus_on_load": flag}
_PLACED = {**_COMMON, "placeholder": plain(150)}
_MANY = {"max_selected_items": number(1)}
_IDS = listed(text(255), 0, 1000)

BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": ID,
        "value": text(2000),
        "url": text(3000),
        "accessibility_label": text(75),
        "style": one_of("primary", "danger"),
        "confirm": _CONFIRM,
    },
)
IMAGE_ELEMENT = shape(
    {"alt_text": text(2000)},
    {
        "image_url": text(3000),
        "slack_file": shape({}, {"id": text(255), "url": text(3000)}, exactly_one("id", "url")),
    },
    exactly_one("image_url", "slack_file"),
)


def _written(form: str, what: str) -> Check:
    """A text of one form, such as a day."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
            yield problem(f"must be {what}", pointer)

    return check


_DAY = _written(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "YYYY-MM-DD")
_TIME = _written(r"([01]\d|2[0-3]):[0-5]\d", "HH:mm")


def _chosen_among(value: object, pointer: str) -> Iterator[str]:
    """Options that are chosen at the start must be options, word for word."""
    if not isinstance(value, dict):
        return
    groups = value.get("option_groups")
    listed_options = [
        option
        for group in ([value] if not isinstance(groups, list) else groups)
        if isinstance(group, dict) and isinstance(group.get("options"), list)
        for option in group["options"]
    ]
    many, one = value.get("initial_options"), value.get("initial_option")
    chosen = [*(many if isinstance(many, list) else []), *([one] if one is not None else [])]
    if any(option not in listed_options for option in chosen):
        yield problem("initial options must be among the options", pointer)


def _menu(*, many: bool) -> Check:
    chosen = (
        {"initial_options": listed(_OPTION, 1, 100), **_MANY}
        if many
        else {"initial_option": _OPTION}
    )
    own = {"options": listed(_OPTION, 1, 100), "option_groups": listed(_GROUP, 1, 100)}
    either = exactly_one("options", "option_groups")
    return shape({}, {**_PLACED, **own, **chosen}, either, _chosen_among)


def _external(*, many: bool) -> Check:
    chosen = (
        {"initial_options": listed(_OPTION, 1, 100), **_MANY}
        if many
        else {"initial_option": _OPTION}
    )
    return shape({}, {**_PLACED, "min_query_length": number(0), **chosen})


def _choice() -> Check:
    option = _option(words(75))
    own = {"initial_options": listed(option, 1, 10), "initial_option": option}
    return shape({"options": listed(option, 1, 10)}, {**_COMMON, **own}, _chosen_among)


def _pickers(noun: str) -> dict[str, Check]:
    """Return the two menus of people or conversations."""
    own: dict[str, Check] = {}
    if noun == "conversation":
        names = listed(one_of("im", "mpim", "private", "public"), 1, 4)
        filters = shape(
            {},
            {"include": names, "exclude_bot_users": flag, "exclude_external_shared_channels": flag},
        )
        own = {"filter": filters, "default_to_current_conversation": flag}
    one = {f"initial_{noun}": text(255)}
    if noun != "user":
        one["response_url_enabled"] = flag
    many = {f"initial_{noun}s": _IDS, **_MANY}
    return {
        f"{noun}s_select": shape({}, {**_PLACED, **own, **one}),
        f"multi_{noun}s_select": shape({}, {**_PLACED, **own, **many}),
    }


def _ordered_lengths(value: object, pointer: str) -> Iterator[str]:
    if isinstance(value, dict):
        least, most = value.get("min_length", 0), value.get("max_length", 3000)
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield problem("min_length is more than max_length", pointer)


MENUS: dict[str, Check] = {
    "static_select": _menu(many=False),
    "multi_static_select": _menu(many=True),
    "external_select": _external(many=False),
    "multi_external_select": _external(many=True),
    **_pickers("user"),
    **_pickers("conversation"),
    **_pickers("channel"),
    "checkboxes": _choice(),
    "radio_buttons": _choice(),
    "datepicker": shape({}, {**_PLACED, "initial_date": _DAY}),
    "timepicker": shape({}, {**_PLACED, "initial_time": _TIME, "timezone": text(100)}),
}
_DATETIME = {"datetimepicker": shape({}, {**_COMMON, "initial_date_time": number(0)})}
_OVERFLOW = {
    "overflow": shape(
        {"options": listed(_option(plain(75), url=True), 1, 5)},
        {"action_id": ID, "confirm": _CONFIRM},
    )
}
_TYPED = {"placeholder": plain(150), "action_id": ID, "focus_on_load": flag}
_TYPED["dispatch_action_config"] = shape(
    {"trigger_actions_on": listed(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)

ACTIONS = by_type({"button": BUTTON, **MENUS, **_DATETIME, **_OVERFLOW})
ACCESSORY = by_type({"button": BUTTON, **MENUS, **_OVERFLOW, "image": IMAGE_ELEMENT})
INPUT = by_type(
    {
        **MENUS,
        **_DATETIME,
        "plain_text_input": shape(
            {},
            {
                **_TYPED,
                "initial_value": text(3000, least=0),
                "multiline": flag,
                "min_length": number(0, 3000),
                "max_length": number(1, 3000),
            },
            _ordered_lengths,
        ),
        "number_input": shape(
            {"is_decimal_allowed": flag},
            {
                **_TYPED,
                "initial_value": text(100),
                "min_value": text(100),
                "max_value": text(100),
            },
        ),
        "email_text_input": shape({}, {**_TYPED, "initial_value": text(3000)}),
        "url_text_input": shape({}, {**_TYPED, "initial_value": text(3000)}),
    }
)
