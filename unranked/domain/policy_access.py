"""What is kept of looks at what comes from people, so that each of them can read it."""

from unranked.domain.policy_terms import (
    ONLY_THEM,
    Kept,
    Key,
    Names,
    Purpose,
    Role,
    TablePolicy,
    Who,
)
from unranked.domain.policy_texts import texts

_WHY = "so that people can see who looked at what comes from them"
_LOOKS = {
    "day": "day of the look",
    "who": "in which role somebody looked",
    "what": "what somebody looked at",
    "times": "number of looks on that day",
}
_KEPT = Kept("13 months", since="day", months=13)

OF_ACCESS: tuple[TablePolicy, ...] = (
    TablePolicy(
        "access",
        "looks at what is one person's, by the day: in which role, and at what; nobody is named",
        (Purpose.OWN_USE,),
        _KEPT,
        ONLY_THEM,
        {"person_key": "random key of the person", **_LOOKS},
        (Key("person_key", Names.PERSON),),
        texts(code="who what"),
        why=_WHY,
    ),
    TablePolicy(
        "groupaccess",
        "looks at numbers of many people, by the day: in which role, and at what",
        (Purpose.OWN_USE,),
        _KEPT,
        Who(frozenset({Role.PERSON}), "the person, where the numbers count them"),
        {"group_key": "random key of the campaign; empty where everybody counts", **_LOOKS},
        texts=texts(key="group_key", code="who what"),
        why=_WHY,
    ),
)
