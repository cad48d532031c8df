"""What is kept of groups, and of what was let out of them: every table and column."""

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
    Role,
    TablePolicy,
    Who,
)
from unranked.domain.policy_texts import texts

_HELP = (Purpose.OFFER_HELP,)
_QUARTER = "first day of the quarter"
_UNIT = "random key of the group"
_LEDGER = Kept("13 months after its quarter began", since="quarter", months=13)

OF_GROUPS: tuple[TablePolicy, ...] = (
    TablePolicy(
        "unit",
        "which groups a manager has, the same ones from quarter to quarter",
        _HELP,
        UNTIL_ERASED,
        ONLY_PROGRAM,
        {"unit_key": _UNIT, "kind": "which of the manager's people", "manager_key": "manager"},
        (Key("manager_key", Names.PERSON, Erased.REPLACED),),
        texts(key="unit_key", code="kind"),
        when_erased="It holds nobody's figure.",
    ),
    TablePolicy(
        "dottedline",
        "a second manager of somebody, as the company's list says",
        _HELP,
        REPLACED,
        ONLY_PROGRAM,
        {"person_key": "random key of the person", "manager_key": "second manager"},
        (
            Key("person_key", Names.PERSON),
            Key("manager_key", Names.PERSON, Erased.REPLACED, own=False),
        ),
    ),
    TablePolicy(
        "cohort",
        "who counts in groups, frozen for a quarter",
        _HELP,
        _LEDGER,
        ONLY_PROGRAM,
        {
            "quarter": _QUARTER,
            "person_key": "random key of the person",
            "atom": "number of those who are in the same groups",
            "frozen_on": "day on which the group was fixed",
        },
        (Key("person_key", Names.PERSON, Erased.REPLACED),),
        when_erased="A group that shrank at once would tell its manager of the erasure.",
    ),
    TablePolicy(
        "frozenunit",
        "the groups that may be shown in a quarter",
        _HELP,
        _LEDGER,
        ONLY_PROGRAM,
        {
            "quarter": _QUARTER,
            "unit_key": _UNIT,
            "people": "number of people that it counts",
            "members": "hash of who counts",
            "often": "whether it has figures for every 28 days",
            "nested": "whether it holds another group, or lies in one",
            "frozen_on": "day on which the group was fixed",
        },
        texts=texts(key="unit_key members"),
    ),
    TablePolicy(
        "unitatom",
        "of which classes of people a group is made in a quarter",
        _HELP,
        _LEDGER,
        ONLY_PROGRAM,
        {
            "quarter": _QUARTER,
            "unit_key": _UNIT,
            "atom": "number of those who are in the same groups",
        },
        texts=texts(key="unit_key"),
    ),
    TablePolicy(
        "shownunit",
        "which group a manager is shown in a quarter",
        _HELP,
        _LEDGER,
        ONLY_THEM,
        {
            "quarter": _QUARTER,
            "manager_key": "random key of the manager",
            "unit_key": _UNIT,
            "above": "how many levels above the manager it begins",
            "whole": "whether all of its people count",
        },
        (Key("manager_key", Names.PERSON, Erased.REPLACED),),
        texts(key="unit_key"),
        when_erased="It holds nobody's figure.",
    ),
    TablePolicy(
        "release",
        "every band of a group that was shown to its manager, and of a campaign the share that "
        "opted out, as it was said",
        _HELP,
        Kept(
            "13 months; what was said of a campaign as long as its result",
            since="released_at",
            months=13,
            by_job=True,
        ),
        Who(
            frozenset({Role.MANAGER, Role.ENABLEMENT}),
            "the manager of the group, in the weekly message; the enablement team, of a campaign; "
            "the works council and the data protection officer, whom the operator can show it",
        ),
        {
            "group_key": "random key of the group, or of the campaign",
            "statistic": "what is said of the group",
            "window_start": "first day that it covers",
            "window_end": "first day after those that it covers",
            "quarter": _QUARTER,
            "members": "hash of who counted",
            "band": "band that was shown",
            "least": "fewest people for whom that band is shown",
            "most": "most people for whom that band is shown",
            "mechanism": "how it was made",
            "epsilon": "what it cost of the year's privacy budget",
            "released_at": "when it was first shown",
        },
        texts=texts(key="group_key members", code="statistic band mechanism"),
    ),
    TablePolicy(
        "atomdraw",
        "a count of one class of people with its noise, drawn once",
        _HELP,
        _LEDGER,
        ONLY_PROGRAM,
        {
            "quarter": _QUARTER,
            "atom": "number of those who are in the same groups",
            "window_start": "first day that it covers",
            "counted": "the count with its noise",
        },
    ),
)
