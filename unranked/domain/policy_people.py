"""What is kept of who somebody is and what they want: every table and column, and who sees it."""

from unranked.domain.policy_terms import (
    ONLY_PROGRAM,
    ONLY_THEM,
    REPLACED,
    UNTIL_ERASED,
    Erased,
    Kept,
    Key,
    Names,
    Purpose,
    TablePolicy,
)
from unranked.domain.policy_texts import texts

_SEE, _HELP = (Purpose.OWN_USE,), (Purpose.OFFER_HELP,)
_BOTH = (Purpose.OWN_USE, Purpose.OFFER_HELP)

_PERSON = Key("person_key", Names.PERSON)
_ACCOUNT = Key("account_key", Names.ACCOUNT)
_KEY = "random key of the person"
_ACCOUNT_KEY = "random key of the account"

OF_PEOPLE: tuple[TablePolicy, ...] = (
    TablePolicy(
        "vault",
        "names, e-mail addresses, chat ids and ids of accounts, each sealed with a key of its own "
        "person or account that is not in the database: the one place that says who is behind a "
        "key. Also the workspace's own id, and the salt of the draw of check-ins",
        _BOTH,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "id": "number of the entry",
            "subject_key": "random key of the person or account that it names",
            "realm": "whose identifier it is: the roster, the chat or a provider",
            "kind": "kind of identifier",
            "mark": "keyed hash of the identifier, to find it by",
            "generation": "number of the keys that it is sealed with",
            "sealed": "identifier",
            "since": "first day on which it is theirs",
            "until": "first day on which it is theirs no more",
        },
        (Key("subject_key", Names.SUBJECT),),
        texts(code="realm kind", key="mark"),
        notes={
            "kind": "name, e-mail address, chat id, conversation with the bot, id of an account",
            "sealed": "the name, the e-mail address or the id itself; a name is only in the export",
        },
        reasons={
            "sealed": "one identifier, sealed with the key of its person or account, which is "
            "destroyed when the person is erased"
        },
        when_erased="An address that is somebody else's by now stays theirs.",
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
            "locale": "language and country that the chat names",
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
        texts(code="kind", roster="zone locale department region start_date weekdays"),
        only={
            "zone": _HELP,
            "region": _HELP,
            "manager_key": _HELP,
            "start_date": _HELP,
            "weekdays": _HELP,
            "department": _SEE,
            "first_seen": _SEE,
            "left_on": _SEE,
        },
        notes={
            "zone": "for working hours; sealed",
            "locale": "for the language of messages; sealed",
            "region": "for working days; sealed",
            "manager_key": "for the group whose bands the manager gets",
            "start_date": "so that nobody is taken for inactive before it; sealed",
            "weekdays": "for working days and hours",
            "department": "for campaigns for a unit, and in the export; sealed",
            "first_seen": "only in the export: nothing else reads it",
            "left_on": "only in the export: nothing else reads it",
        },
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
        texts(code="choice value"),
        reasons={"made_at": "of two choices the newer one counts, whatever the hour"},
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
        texts(code="connector kind"),
        only={"seat_until": _HELP, "last_seen": _HELP},
        when_erased="An account that is, or may be, somebody else's too stays theirs. One of which "
        "the person said that it is not theirs stays, and leads to nobody.",
    ),
    TablePolicy(
        "tie",
        "which account is whose, on which days",
        _BOTH,
        Kept("as long as the addresses say so"),
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
        "exportlink",
        "links to a person's own export",
        _SEE,
        Kept("1 day after its ten minutes are over", since="expires_at", days=1),
        ONLY_PROGRAM,
        {
            "mark": "hash of the link's token",
            "person_key": _KEY,
            "expires_at": "when the link ends",
            "used_at": "when the link was used",
        },
        (_PERSON,),
        texts(key="mark"),
        reasons={
            "expires_at": "a link that is good for ten minutes needs to know when they end",
            "used_at": "a link that was used once is good no more",
        },
    ),
)
