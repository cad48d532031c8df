"""The arguments of a Slack method, from a form, a JSON body or the query, and its refusals."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from unranked.demo.http import Request


class SlackError(Exception):
    """A method answers `ok: false` with this code, and perhaps more fields."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


class Arguments:
    """What a method was called with."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    @classmethod
    def of(cls, request: Request) -> "Arguments":
        """Return the arguments of a request. Raises SlackError for a body that is none."""
        values: dict[str, Any] = dict(request.query)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json" and request.body:
            try:
                body = json.loads(request.body)
            except ValueError:
                raise SlackError("invalid_json") from None
            if not isinstance(body, dict):
                raise SlackError("json_not_object")
            return cls({**values, **body})
        if kind in {"", "application/x-www-form-urlencoded"}:
            try:
                form = request.body.decode()
            except UnicodeError:
                raise SlackError("invalid_charset") from None
            return cls({**values, **dict(parse_qsl(form, keep_blank_values=True))})
        raise SlackError("invalid_post_type")

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """Return a string."""
        value = self._values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise SlackError("invalid_arguments")
        return value

    def needed(self, name: str) -> str:
        """Return a string that must be there."""
        if value := self.text(name):
            return value
        messages = [f"[ERROR] missing required field: {name}"]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})

    def flag(self, name: str) -> bool:
        """Return a truth value: JSON's own, or `1` or `true` in a form."""
        return str(self._values.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """Return a whole number of 0 or more."""
        value = str(self._values.get(name, default))
        if not value.isdigit():
            raise SlackError("invalid_arguments")
        return int(value)

    def json(self, name: str, code: str) -> object:
        """Return a JSON value, sent as one or as text; None when absent. code: the refusal."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            found: object = json.loads(value)
        except ValueError:
            raise SlackError(code) from None
        return found
