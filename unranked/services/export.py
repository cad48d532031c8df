"""Everything that is held of one person, as one JSON document, and how they get it.

Complete by construction: it goes through every table of `domain.policy` whose rows belong to
people. A key of somebody else that stands in a row is not shown: only that there is one.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from unranked import text
from unranked.channels.base import Choice, File, Message, Outcome, lines_of
from unranked.domain import policy
from unranked.domain.access import What
from unranked.domain.policy_terms import Purpose, TablePolicy
from unranked.services import access, messages, tips
from unranked.services.runtime import Runtime
from unranked.store import Tx, belongings, campaigns, links, people, vault
from unranked.store.belongings import Belongings
from unranked.store.enrolments import MOVED
from unranked.store.usage import NANO

PATH = "/export/"
FILE_NAME = "unranked-export.json"
LINK_LIVES = timedelta(minutes=10)
_TOKEN_BYTES = 32
_OWN_MOMENTS = frozenset({"choice", "exportlink"})
"""Tables whose moments are those at which the person did something."""


@dataclass(frozen=True, slots=True)
class Lives:
    """How long a link is good, in words."""

    minutes: int


def document(runtime: Runtime, person_key: str) -> bytes:
    """Return everything held of the person as JSON in UTF-8; nothing of anybody else.

    Its words are in the language that is spoken; the tables have the same names in every one.
    """
    access.note(runtime, person_key, What.EXPORT)
    with runtime.store.read() as tx:
        theirs = belongings.of_person(tx, person_key)
        rows = dict(belongings.rows(tx, theirs))
        # An arm that came with an address may tell of another person, who had it before.
        rows["enrolment"] = [one for one in rows["enrolment"] if one["stopped"] != MOVED]
        slugs = campaigns.slugs(tx)
        said = {row["key"]: _in_words(tx, row["content"]) for row in rows["outbox"]}
        looks = access.others(tx, person_key)
    shown = {
        text.label("export_what_this_is"): text.words("export_about").body,
        text.label("export_made_at"): runtime.clock().isoformat(),
        text.label("export_kept_for"): [text.policy(purpose) for purpose in Purpose],
        text.label("export_access"): looks,
        text.label("export_tables"): {
            one.name: {
                text.label("export_what"): text.policy(one.what),
                text.label("export_kept_for"): [text.policy(purpose) for purpose in one.purposes],
                text.label("export_kept"): text.policy(one.kept.said),
                text.label("export_seen_by"): one.seen_by_all(text.policy),
                text.label("export_rows"): [
                    _row(one, row, theirs, slugs, said) for row in rows[one.name]
                ],
            }
            for one in policy.of_people()
        },
    }
    return json.dumps(shown, ensure_ascii=False, indent=2).encode()


def warning(runtime: Runtime) -> Message:
    """Return what is said before an export is made: where it goes, and who can see it there."""
    if runtime.public_url:
        return messages.plain("export_by_link", buttons=["export_now"])
    contact = messages.contact(runtime)
    return messages.plain("export_by_file", contact, buttons=["export_now"])


def hand_over(runtime: Runtime, person_key: str) -> Message:
    """Give the person their export: a link that works once, or a file in their conversation."""
    return _link(runtime, person_key) if runtime.public_url else _file(runtime, person_key)


def redeem(runtime: Runtime, token: str) -> bytes | None:
    """Return the export behind a link's token and use it up; None for one that is no good."""
    with runtime.store.write() as tx:
        person_key = links.use(tx, _mark(token), now=runtime.clock())
    return None if person_key is None else document(runtime, person_key)


def _link(runtime: Runtime, person_key: str) -> Message:
    token = urlsafe_b64encode(runtime.ids.random_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()
    now = runtime.clock()
    with runtime.store.write() as tx:
        if people.one(tx, person_key) is None:  # erased at this moment
            return messages.plain("not_known", messages.contact(runtime))
        links.add(tx, _mark(token), person_key, now=now, expires_at=now + LINK_LIVES)
    lives = Lives(LINK_LIVES // timedelta(minutes=1))
    url = f"{runtime.public_url.rstrip('/')}{PATH}{token}"
    button = Choice("export_open", text.label("export_open"), prominent=True, url=url)
    return replace(messages.plain("export_link", lives), choices=(button,))


def _file(runtime: Runtime, person_key: str) -> Message:
    name = runtime.channel.name
    with runtime.store.read() as tx:
        conversation = vault.value(tx, person_key, name, vault.CONVERSATION)
        member = vault.value(tx, person_key, name, vault.MEMBER)
    if conversation is None and member is not None:
        conversation = runtime.channel.conversation(member).conversation or None
    if conversation is None:
        return messages.plain("export_failed", messages.contact(runtime))
    words = text.words("export_file")
    file = File(FILE_NAME, words.title, document(runtime, person_key))
    receipt = runtime.channel.send_file(conversation, file, words=f"{words.title}\n{words.body}")
    if receipt.outcome is Outcome.SENT:
        return messages.plain("export_sent")
    if receipt.outcome in {Outcome.UNCLEAR, Outcome.LATER}:
        return messages.plain("export_unclear", buttons=["export_now"])
    return messages.plain("export_failed", messages.contact(runtime))


def _mark(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _row(
    declared: TablePolicy,
    row: Mapping[str, Any],
    theirs: Belongings,
    slugs: Mapping[str, str],
    said: Mapping[str, list[str]],
) -> dict[str, Any]:
    """Return a row under the labels of the policy. said: each message in words, by its key."""
    shown = {
        text.policy(what): _shown(declared, column, row[column], theirs)
        for column, what in declared.columns.items()
    }
    if "campaign_key" in row and row["campaign_key"] is not None:
        shown[text.label("export_campaign")] = slugs.get(row["campaign_key"], "")
    if declared.name == "outbox":
        shown[text.label("export_in_words")] = said[row["key"]]
    return shown


def _shown(declared: TablePolicy, column: str, value: Any, theirs: Belongings) -> Any:  # noqa: ANN401 - any column's value
    """Return a value as it is written. What the program did is told by the day, in UTC.

    Messages go out one second after the other: the second would tell how many went before.
    """
    key = declared.key_of(column)
    if key is not None and not key.own and value and value not in theirs.keys | theirs.shared:
        return text.label("export_somebody")
    if column == "cost_nano" and value is not None:
        return str((Decimal(value) / NANO).normalize())
    if (declared.name, column) == ("outbox", "receipt") and value:
        return text.label("export_stamp")
    if isinstance(value, datetime) and declared.name not in _OWN_MOMENTS:
        value = value.astimezone(UTC).date()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _in_words(tx: Tx, content: str) -> list[str]:
    """Return a message as it reads, line by line; nothing where its text is gone."""
    try:
        message = messages.from_content(content, token="", tip_of=partial(tips.words, tx))
    except (LookupError, OSError, TypeError, ValueError):
        return []
    words = (lines_of(part) for part in message.parts)
    return [message.title, *(line for lines in words for line in lines if line)]
