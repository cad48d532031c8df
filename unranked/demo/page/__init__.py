"""The playground's page: templates, and the files that it is served with. It decides nothing.

The values that the templates draw stand in unranked/demo/shown.py.
"""

import hashlib
import html
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent

STATIC = _HERE / "static"
"""Files to serve as they are, beneath `/static/`."""


def render(template: str, **context: Any) -> str:  # noqa: ANN401 - a template takes any value
    """Return the page, or the part of it, that the template makes of these values."""
    return _ENVIRONMENT.get_template(template).render(**context)


def _fingerprint(shown: object) -> str:
    """Return what stays the same as long as a value does: the page keeps what has not changed."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _spoken(mrkdwn: str) -> str:
    """Return text in Slack's mrkdwn with the characters that it escapes as themselves."""
    return html.unescape(mrkdwn)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["fingerprint"] = _fingerprint
    made.filters["spoken"] = _spoken
    made.policies["json.dumps_kwargs"] = {"default": dict, "ensure_ascii": True}
    return made


_ENVIRONMENT = _environment()
