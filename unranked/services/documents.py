"""The documents that are made from the policy: what the program obeys is what they say.

The privacy page, the notice to employees, the impact assessment, the works council's pack.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from unranked import connectors, text
from unranked.connectors.base import Connector, FeedKind
from unranked.domain.policy import TABLES, of_people, table
from unranked.domain.policy_terms import Belongs, TablePolicy
from unranked.domain.released import EPSILON
from unranked.services import messages
from unranked.text.documents import body, page, said

BEGIN = "<!-- measured by make attack: begin -->"
END = "<!-- measured by make attack: end -->"
"""Between these lines of the privacy page stands what `make attack` measured; it is kept."""

PRIVACY = "privacy.md"
_PAGES = {
    "employee-notice": "notice",
    "impact-assessment": "assessment",
    "works-council": "works_council",
}


@dataclass(frozen=True, slots=True)
class Setup:
    """What an installation is set up with, as far as people are told of it.

    live: it is a real one; else a template, which names every tool that there is a connector for.
    contact: empty where nobody was named. has_list: the company gives a list of people.
    """

    connectors: Sequence[Connector]
    live: bool = False
    contact: str = ""
    has_list: bool = True
    has_model: bool = False
    strict: bool = False


def template() -> Setup:
    """Return what a template speaks of: every tool."""
    return Setup(tuple(connectors.found().values()))


def notice(setup: Setup) -> str:
    """Return the notice to employees (Art. 13), in the language that is spoken."""
    model = said("model") if setup.has_model else "" if setup.live else said("model_template")
    return page(
        "notice",
        template=said("live" if setup.live else "template"),
        contact=setup.contact or said("contact"),
        sources=_sources(setup),
        people=_people(),
        strict=said("strict") if setup.strict else "",
        model=model,
        fields=_fields(of_people()),
    )


def assessment(setup: Setup) -> str:
    """Return the template of an impact assessment (Art. 35)."""
    return page(
        "assessment",
        sources=_sources(setup),
        people=_people(),
        storage=_storage(),
        fields=_fields(of_people()),
    )


def works_council() -> str:
    """Return the works council's pack."""
    return page(
        "works_council",
        people=_people(),
        program=_of_the_program(),
        law=_law(),
        fields=_fields(TABLES),
    )


def privacy(measured: str = "") -> str:
    """Return the page about privacy. measured: what `make attack` printed, as it stands there."""
    guess = round(100 * exp(EPSILON) / (1 + exp(EPSILON)))
    return page(
        "privacy",
        people=_people(),
        program=_of_the_program(),
        times=_times(),
        law=_law(),
        fields=_fields(TABLES),
        guess=str(guess),
        measured=f"{BEGIN}\n{measured.strip() or said('measured')}\n{END}",
    )


def measured_in(privacy_page: str) -> str:
    """Return what stands between the two lines of a privacy page; empty where it has none."""
    _, begun, rest = privacy_page.partition(f"{BEGIN}\n")
    found, ended, _ = rest.partition(f"\n{END}")
    return found if begun and ended else ""


def every(existing: Mapping[str, str]) -> Mapping[str, str]:
    """Return all documents by the name of their file, in every language that they are made in.

    existing: the pages that are there, by name: what was measured is kept.
    """
    made = {PRIVACY: privacy(measured_in(existing.get(PRIVACY, "")))}
    for code in text.LANGUAGES:
        ending = ".md" if code == text.ORIGINAL else f"-{code}.md"
        with text.spoken(code):
            made |= {f"{name}{ending}": _of_template(what) for name, what in _PAGES.items()}
    return made


def _of_template(what: str) -> str:
    if what == "works_council":
        return works_council()
    return notice(template()) if what == "notice" else assessment(template())


def _people() -> str:
    return _table(of_people())


def _of_the_program() -> str:
    return _table(one for one in TABLES if one.belongs is Belongs.NOBODY)


def _table(tables: Iterable[TablePolicy]) -> str:
    """Return what is kept as a table: what, what for, how long, who sees it. Fields: `_fields`."""
    head = [said(name) for name in ("what", "purposes", "kept", "seen_by")]
    rows = [head, ["---"] * len(head), *map(_row, tables)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _row(one: TablePolicy) -> list[str]:
    why = [text.policy(one.why)] if one.why else []
    purposes = [text.policy(str(purpose)) for purpose in one.purposes] + why
    return [
        f"**{one.name}**: {text.policy(one.what)}",
        "; ".join(purposes) or said("no_purpose"),
        text.policy(one.kept.said),
        one.seen_by_all(text.policy),
    ]


def _fields(tables: Iterable[TablePolicy]) -> str:
    """Return every field of the tables, table by table."""
    return "\n".join(
        f"- **{one.name}**: {'; '.join(text.policy(what) for what in one.columns.values())}"
        for one in tables
    )


def _times() -> str:
    """Return the times of what goes by age, and from when they count."""
    rows = []
    for one in TABLES:
        if one.kept.by_age:
            since = one.columns.get(one.kept.since)
            counted = f", {said('since')}: {since}" if since else ""
            rows.append(f"- {one.what}: {one.kept.said}{counted}")
        for column, kept in one.sooner.items():
            rows.append(f"- {one.what}, the field *{one.columns[column]}*: {kept.said}")
    return "\n".join(rows)


def _law() -> str:
    return body("law", storage=_storage())


def _storage() -> str:
    names = ("usage", "usageweek", "checkin", "placement", "enrolment", "release")
    kept = {name: text.policy(table(name).kept.said) for name in names}
    return said("storage", **kept, job=text.policy(table("job").sooner["error"].said))


def _sources(setup: Setup) -> str:
    tools = [_source(one) for one in setup.connectors] or [said("no_tools")]
    others = [said("chat"), *([said("list")] if setup.has_list else []), said("you")]
    return "\n".join(f"- {line}" for line in (*tools, *others))


def _source(one: Connector) -> str:
    return said(
        "source" if one.is_tool else "source_of_work",
        tool=messages.tool_name(one.slug),
        reads=", ".join(_reads(one)),
        days=str(one.history.days),
        cannot_see="; ".join(messages.cannot_see(one)),
    )


def _reads(one: Connector) -> Iterator[str]:
    """Yield what kinds of things are read of a provider, each once."""
    kinds = {feed.kind for feed in one.feeds}
    return (said(f"reads_{kind}") for kind in FeedKind if kind in kinds)
