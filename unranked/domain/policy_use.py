"""What is kept of somebody's use and of what they finished: every table and column."""

from unranked.domain.policy_terms import (
    ONLY_THEM,
    UNTIL_ERASED,
    Erased,
    Kept,
    Key,
    Names,
    Purpose,
    Role,
    TablePolicy,
    Who,
)
from unranked.domain.policy_texts import texts

_SEE = (Purpose.OWN_USE,)
_BOTH = (Purpose.OWN_USE, Purpose.OFFER_HELP)
_ALL = tuple(Purpose)

_ACCOUNT = Key("account_key", Names.ACCOUNT)
_ACCOUNT_KEY = "random key of the account"
_FEED = "provider's list that it came from"

_IN_BANDS = Who(
    frozenset({Role.MANAGER}),
    "the manager, in a wide band of a group of ten people or more",
)
_COUNTED = Who(
    frozenset({Role.MANAGER, Role.ENABLEMENT}),
    "the manager, in a wide band of a group of ten people or more; the enablement team, in the "
    "result of a campaign and in one rounded figure of two hundred people or more",
)
_IN_RESULTS = Who(
    frozenset({Role.ENABLEMENT}),
    "the enablement team, in the result of a campaign",
)
_SHARED = (
    "Of an account that is somebody else's too, the rows of the person's days stay under a random "
    "key that leads nowhere."
)
_TOKENS = {
    "n_in": "input tokens, not from a cache",
    "n_out": "output tokens",
    "n_cr": "input tokens read from a cache",
    "n_cw5": "input tokens written to a cache for a short time",
    "n_cw1h": "input tokens written to a cache for a long time",
}

OF_USE: tuple[TablePolicy, ...] = (
    TablePolicy(
        "usage",
        "use of a tool by the day: counts and cost, never a prompt, a file or a time of day",
        _ALL,
        Kept("120 days by the day, then by the week", since="day", days=120, by_job=True),
        ONLY_THEM,
        {
            "connector": "provider",
            "feed": _FEED,
            "day": "day",
            "account_key": _ACCOUNT_KEY,
            "product": "product",
            "model": "model",
            "tier": "service tier",
            "credential": "key that was used",
            "project": "keyed hash of the project",
            "variant": "what else keeps two rows apart",
            "active": "whether something was done",
            "requests": "requests",
            **_TOKENS,
            "cost_nano": "cost",
            "currency": "currency of the cost",
        },
        (
            _ACCOUNT,
            # Somebody else may have used a key of the person: that row is theirs, and stays.
            Key("credential", Names.ACCOUNT, Erased.REPLACED, own=False),
        ),
        texts(
            code="connector feed currency",
            provider="product model tier",
            key="project variant",
        ),
        only=dict.fromkeys(
            ("product", "model", "tier", "credential", "project", "variant", "requests", *_TOKENS),
            _SEE,
        ),
        notes={
            "active": "for the segment, and for bands of groups",
            "cost_nano": "for the person, and for bands of groups",
        },
        when_erased=f"{_SHARED} So do those of an account of which the person said "
        "that it is not theirs, under its own key, which leads to nobody.",
        shown={"active": _COUNTED, "cost_nano": _IN_BANDS},
        dated="day",
    ),
    TablePolicy(
        "usageweek",
        "use of a tool by the week, of days that are kept by the day no more",
        _ALL,
        Kept("13 months", since="since", months=13, by_job=True),
        ONLY_THEM,
        {
            "account_key": _ACCOUNT_KEY,
            "connector": "provider",
            "feed": _FEED,
            "since": "first day of the week, or of its part in a quarter",
            "currency": "currency of the cost",
            "through": "last day that is added up in it",
            "days": "active days; a day with several tools counts once",
            "requests": "requests",
            **_TOKENS,
            "cost_nano": "cost",
        },
        (_ACCOUNT,),
        texts(code="connector feed currency"),
        only=dict.fromkeys(("requests", *_TOKENS), _SEE),
        notes={
            "days": "for how long a pause is unusual for the person, and for what AI was worth to "
            "two hundred people or more",
        },
        when_erased=_SHARED,
        shown={"days": _COUNTED, "cost_nano": _IN_BANDS},
        dated="since",
    ),
    TablePolicy(
        "everused",
        "that an account was ever used: first day, last day, and up to three active days, so that "
        "nobody is ever told that they never used a tool when they did",
        _BOTH,
        UNTIL_ERASED,
        ONLY_THEM,
        {
            "account_key": _ACCOUNT_KEY,
            "since": "first day on which the account is theirs",
            "first_day": "first active day",
            "last_day": "last active day",
            "days": "active days, three standing for more",
        },
        (_ACCOUNT,),
        when_erased=_SHARED,
        dated="first_day",
    ),
    TablePolicy(
        "outcome",
        "how much somebody finished on a day, such as merged pull requests; no title and no id",
        _SEE,
        Kept("120 days", since="day", days=120),
        ONLY_THEM,
        {
            "connector": "source",
            "feed": "source's list that it came from",
            "day": "day",
            "account_key": _ACCOUNT_KEY,
            "kind": "kind of work",
            "finished": "number finished, less what was undone",
        },
        (_ACCOUNT,),
        texts(code="connector feed kind"),
        when_erased="As for use: of an account that is somebody else's too, the rows of the "
        "person's days stay under a random key that leads nowhere.",
        dated="day",
    ),
)
