"""What Slack's client would not send of a modal: the same twice, or what is not right."""

from typing import Any

from reading import Reader
from signed import wait_for

from unranked.demo import slack_inputs, slack_requests


def submission(lee: Reader, values: Any = None, **more: object) -> bytes:
    """Return the body of the modal on top, sent off as it is filled in.

    values: what it says of the fields in place of that. more: parts of the view in their place.
    """
    view = lee.front.world.slack.modal_of(lee.who)
    assert view is not None, "No modal is open."
    told = {**view, "blocks": slack_inputs.with_ids(view["blocks"]), **more}
    return slack_requests.submission(lee.who, told, state_of(lee) if values is None else values)


def state_of(lee: Reader) -> dict[str, dict[str, Any]]:
    """Return what Slack would say of the fields of the modal on top, as they are filled in."""
    view = lee.front.world.slack.modal_of(lee.who)
    assert view is not None, "No modal is open."
    return slack_inputs.state(slack_inputs.with_ids(view["blocks"]), lee.filled.get(view["id"], {}))


def says(lee: Reader, words: str) -> bool:
    """Wait until the modal on top says this: what follows an answer may come some time after it."""
    wait_for(lambda: words in lee.modal)
    return True
