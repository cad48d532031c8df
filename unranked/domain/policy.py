"""What is kept of whom: every table and column, what for, how long, and who may see it.

Export and erasure walk through these values, and `unranked policy` prints them: what is not
declared here cannot be stored, for a test compares it with the database. Source: method.md 4.11.
"""

from collections.abc import Iterator

from unranked.domain.policy_terms import Erased, Key, Names, Purpose, TablePolicy

_SEE, _HELP = (Purpose.OWN_USE,), (Purpose.OFFER_HELP,)
_BOTH = (Purpose.OWN_USE, Purpose.OFFER_HELP)

UNTIL_ERASED = "until the person is erased"
REPLACED = "until a newer run replaces it"
FOR_GOOD = "as long as the installation lives"

ONLY_THEM = "the person alone, and whoever can read the database"
OPERATORS = "whoever runs the service; no person is named"
ONLY_PROGRAM = "the program, and whoever can read the database"

_PERSON = Key("person_key", Names.PERSON)
_ACCOUNT = Key("account_key", Names.ACCOUNT)
_KEY = "random key of the person"
_ACCOUNT_KEY = "random key of the account"


TABLES: tuple[TablePolicy, ...] = (
    TablePolicy(
        "vault",
        "directory identifiers in clear: the one place that says who is behind a key",
        _BOTH,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "id": "number of the entry",
            "subject_key": "random key of the person or account that it names",
            "realm": "whose identifier it is: the roster, the chat or a provider",
            "kind": "kind of identifier",
            "value": "identifier",
            "since": "first day on which it is theirs",
            "until": "first day on which it is theirs no more",
        },
        (Key("subject_key", Names.SUBJECT),),
    ),
    TablePolicy(
        "person",
        "somebody in the roster",
        _BOTH,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "person_key": _KEY,
            "kind": "member or guest of the chat",
            "present": "whether the roster still has them",
            "zone": "time zone",
            "department": "department",
            "region": "region, for public holidays",
            "manager_key": "manager",
            "start_date": "first day of work",
            "weekdays": "weekdays of work, Monday being 0",
            "first_seen": "day on which the roster first had them",
            "left_on": "day on which the roster had them no more",
        },
        (
            _PERSON,
            Key("manager_key", Names.PERSON, Erased.EMPTIED, own=False),
        ),
    ),
    TablePolicy(
        "absence",
        "days away, as the company's list says",
        _HELP,
        REPLACED,
        ONLY_THEM,
        {
            "id": "number of the entry",
            "person_key": _KEY,
            "since": "first day away",
            "until": "first day back",
        },
        (_PERSON,),
    ),
    TablePolicy(
        "choice",
        "what a person chose about messages and figures",
        _BOTH,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "id": "number of the entry",
            "person_key": _KEY,
            "choice": "choice",
            "made_at": "when it was made",
            "until": "first day on which it ends",
            "value": "what belongs to the choice, such as hours",
        },
        (_PERSON,),
    ),
    TablePolicy(
        "account",
        "an account with an AI provider",
        _BOTH,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "account_key": _ACCOUNT_KEY,
            "connector": "provider",
            "kind": "kind of account",
            "first_seen": "day on which it was first seen",
            "seat_since": "first day with access",
            "seat_until": "first day without access",
            "seat_dated": "whether the first day with access is known for certain",
            "listed": "whether the provider's directory shows it",
            "last_seen": "last day of use that the provider's directory names",
        },
        (_ACCOUNT,),
    ),
    TablePolicy(
        "tie",
        "which account is whose, on which days",
        _BOTH,
        "as long as the addresses say so",
        ONLY_THEM,
        {
            "account_key": _ACCOUNT_KEY,
            "since": "first day on which the account is theirs",
            "person_key": _KEY,
            "until": "first day on which it is theirs no more",
        },
        (
            _PERSON,
            Key("account_key", Names.ACCOUNT, own=False),
        ),
    ),
    TablePolicy(
        "disclaimer",
        "a person said that an account is not theirs",
        _BOTH,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "account_key": _ACCOUNT_KEY,
            "person_key": _KEY,
            "made_on": "day on which they said so",
        },
        (
            _PERSON,
            Key("account_key", Names.ACCOUNT, own=False),
        ),
    ),
    TablePolicy(
        "tombstone",
        "marks of the identifiers of those who were erased: keyed hashes, which name nobody",
        _BOTH,
        "until the person is let in again",
        ONLY_PROGRAM,
        {"mark": "keyed hash", "made_on": "day of the erasure"},
    ),
    TablePolicy(
        "exportlink",
        "links to a person's own export",
        _SEE,
        "until the next link after its ten minutes, or until the person is erased",
        ONLY_PROGRAM,
        {
            "mark": "hash of the link's token",
            "person_key": _KEY,
            "expires_at": "when the link ends",
            "used_at": "when the link was used",
        },
        (_PERSON,),
    ),
    TablePolicy(
        "cohort",
        "who counts in a manager's group, frozen for a quarter",
        _HELP,
        FOR_GOOD,
        ONLY_PROGRAM,
        {
            "quarter": "first day of the quarter",
            "group_key": "whose group it is",
            "person_key": _KEY,
            "frozen_on": "day on which the group was fixed",
        },
        (
            # The row stays: a group that shrank at once would tell its manager of the erasure.
            Key("person_key", Names.PERSON, Erased.REPLACED),
            Key("group_key", Names.PERSON, Erased.REPLACED, own=False),
        ),
    ),
    TablePolicy(
        "release",
        "every band of a group that was shown to its manager",
        _HELP,
        FOR_GOOD,
        "the manager of the group; whoever checks what was released",
        {
            "group_key": "random key of the manager",
            "statistic": "what is said of the group",
            "window_start": "first day that it covers",
            "window_end": "first day after those that it covers",
            "quarter": "first day of the quarter",
            "members": "hash of who counted",
            "band": "band that was shown",
            "released_at": "when it was first shown",
        },
        (
            # It holds a group's band and no member: what was once said stays said.
            Key("group_key", Names.PERSON, Erased.REPLACED),
        ),
    ),
    TablePolicy(
        "usage",
        "use of a tool by the day: counts and cost, never a prompt, a file or a time of day",
        _BOTH,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "connector": "provider",
            "feed": "provider's list that it came from",
            "day": "day",
            "account_key": _ACCOUNT_KEY,
            "product": "product",
            "model": "model",
            "tier": "service tier",
            "credential": "key that was used",
            "project": "project",
            "variant": "what else keeps two rows apart",
            "active": "whether something was done",
            "requests": "requests",
            "n_in": "input tokens, not from a cache",
            "n_out": "output tokens",
            "n_cr": "input tokens read from a cache",
            "n_cw5": "input tokens written to a cache for a short time",
            "n_cw1h": "input tokens written to a cache for a long time",
            "cost_nano": "cost",
            "currency": "currency of the cost",
        },
        (
            _ACCOUNT,
            # Somebody else may have used a key of the person: that row is theirs, and stays.
            Key("credential", Names.ACCOUNT, Erased.REPLACED, own=False),
        ),
    ),
    TablePolicy(
        "coverage",
        "which days were read of a provider, and since when they did not change",
        _BOTH,
        FOR_GOOD,
        OPERATORS,
        {
            "connector": "provider",
            "feed": "provider's list",
            "day": "day",
            "digest": "digest of the day's totals",
            "same_since": "since when the totals are the same",
            "fetched_at": "when the day was last read",
            "rows": "number of rows",
        },
    ),
    TablePolicy(
        "completeness",
        "how far a provider's figures go",
        _BOTH,
        REPLACED,
        "everybody, as the day that figures are complete through",
        {
            "connector": "provider",
            "complete_through": "last day of which everything is known",
            "history_since": "first day without a gap after it",
            "billed": "whether costs come from the bill",
            "billed_through": "last day that was billed",
        },
    ),
    TablePolicy(
        "feedrun",
        "how the last reading of a provider's list ended",
        _BOTH,
        REPLACED,
        OPERATORS,
        {
            "connector": "provider",
            "feed": "provider's list",
            "tried_at": "when it was last tried",
            "succeeded_at": "when it last succeeded",
            "offered": "whether the provider offers it",
            "error": "what went wrong",
            "hint": "what to do about it",
        },
    ),
    TablePolicy(
        "placement",
        "the segment that somebody is in, and why",
        _HELP,
        REPLACED,
        ONLY_THEM,
        {
            "person_key": _KEY,
            "segment": "segment",
            "reason": "reason, where nothing is known",
            "watermark": "day that the figures were complete through",
            "decided_on": "day of the decision",
            "since": "day since which it is the same segment",
        },
        (_PERSON,),
    ),
    TablePolicy(
        "campaign",
        "a series of tips, and the random salt of its draw",
        _HELP,
        FOR_GOOD,
        ONLY_PROGRAM,
        {
            "campaign_key": "random key of the campaign",
            "slug": "name of the campaign",
            "salt": "salt of the draw",
            "holdout": "share that gets nothing",
            "state": "whether it runs",
            "started_at": "when it began",
        },
    ),
    TablePolicy(
        "enrolment",
        "the arm of a campaign that chance drew for somebody",
        _HELP,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "campaign_key": "random key of the campaign",
            "person_key": _KEY,
            "arm": "arm",
            "segment": "segment at the draw",
            "watermark": "day that the figures were complete through",
            "enrolled_at": "when the arm was drawn",
        },
        (_PERSON,),
    ),
    TablePolicy(
        "outbox",
        "a message of the bot to somebody; never a figure of one person",
        _HELP,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "key": "random key of the message",
            "purpose": "what makes the message unique",
            "person_key": _KEY,
            "channel": "chat",
            "campaign_key": "random key of the campaign",
            "kind": "kind of message",
            "content": "which text, and what stands in it",
            "state": "state",
            "reason": "reason of the state",
            "created_at": "when it was planned",
            "not_before": "when it may go out",
            "claim": "random key of who is sending it",
            "claimed_until": "until when nobody else may send it",
            "attempted_at": "when it was last tried",
            "attempts": "number of tries",
            "looks": "number of looks for it in the chat",
            "receipt": "chat's own stamp of the message",
            "finished_at": "when it was settled",
            "answered_on": "day on which somebody reacted",
        },
        (_PERSON,),
    ),
    TablePolicy(
        "channelstate",
        "a chat that asked the bot to wait",
        _HELP,
        REPLACED,
        OPERATORS,
        {
            "channel": "chat",
            "paused_until": "until when nothing is sent",
            "error": "what went wrong",
            "hint": "what to do about it",
        },
    ),
    TablePolicy(
        "job",
        "when a job is due, and how it last ended",
        _BOTH,
        REPLACED,
        OPERATORS,
        {
            "name": "name of the job",
            "due_at": "since when it is due",
            "claim": "random key of who runs it",
            "claimed_until": "until when nobody else may run it",
            "started_at": "when it last began",
            "finished_at": "when it last ended",
            "outcome": "how it ended",
            "error": "what went wrong",
            "hint": "what to do about it",
        },
    ),
)


def table(name: str) -> TablePolicy:
    """Return the policy of a table. Raises KeyError for one that is not declared."""
    return _BY_NAME[name]


def of_people() -> Iterator[TablePolicy]:
    """Yield the tables whose rows belong to people."""
    return (one for one in TABLES if one.own_key is not None)


_BY_NAME = {one.name: one for one in TABLES}
