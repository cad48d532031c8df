"""The words in which `policy` says what is kept of whom. Source: method.md 4.11."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from unranked.domain.policy_texts import Text


class Role(StrEnum):
    """Who may see anything. Somebody can be several of them, and sees by each what is its own.

    PERSON: whose it is. OPERATOR: counts and health; no chat role. PROGRAM: nobody at all.
    """

    PERSON = "the person"
    MANAGER = "the manager"
    ENABLEMENT = "the enablement team"
    OPERATOR = "the operator"
    PROGRAM = "the program"


@dataclass(frozen=True, slots=True)
class Who:
    """Who may see something, for the code to check, and the same in words."""

    roles: frozenset[Role]
    said: str


ONLY_THEM = Who(
    frozenset({Role.PERSON}),
    "the person alone, through the bot; without the vault's keys nobody knows whose it is",
)
OPERATORS = Who(frozenset({Role.OPERATOR}), "the operator; no person is named")
ONLY_PROGRAM = Who(frozenset({Role.PROGRAM}), "the program; no message shows it")


@dataclass(frozen=True, slots=True)
class Kept:
    """How long a row is kept, in words; and in numbers where it goes by age.

    days, months: after the day or time in `since`; a row whose `since` is empty stays.
    by_job: a job of its own deletes it, because more than its age decides.
    """

    said: str
    since: str = ""
    days: int = 0
    months: int = 0
    by_job: bool = False

    @property
    def by_age(self) -> bool:
        """Whether rows go by their age."""
        return bool(self.days or self.months)


UNTIL_ERASED = Kept("until the person is erased")
REPLACED = Kept("until a newer run replaces it")
FOR_GOOD = Kept("as long as the installation lives")


class Purpose(StrEnum):
    """What anything of a person may be kept for. There is no fourth."""

    OWN_USE = "help me see my own use"
    OFFER_HELP = "offer help to non-users"
    SEE_WHETHER_IT_HELPS = "see, from many people together, whether that helps"


class Belongs(StrEnum):
    """How a table's rows belong to a person."""

    PERSON = "to the person whose key stands in it"
    ACCOUNT = "to the person whom its account is tied to"
    SUBJECT = "to the person, or to the person's account, that it names"
    NOBODY = "to nobody"


class Names(StrEnum):
    """What a key in a column stands for."""

    PERSON = "person"
    ACCOUNT = "account"
    SUBJECT = "person or account"


class Erased(StrEnum):
    """What becomes of a key when whom it stands for is erased.

    REPLACED: a random key that leads nowhere takes its place, the same one everywhere.
    """

    ROW = "the row is deleted"
    EMPTIED = "the field is emptied"
    REPLACED = "a random key that leads nowhere takes its place"


@dataclass(frozen=True, slots=True)
class Key:
    """A column that holds a key. own: a row belongs to whom this key stands for."""

    column: str
    names: Names
    erased: Erased = Erased.ROW
    own: bool = True


@dataclass(frozen=True, slots=True)
class TablePolicy:
    """One table. columns: what each one is, in words that label it in an export.

    keys: the columns that hold keys of people or accounts; at most one of them is `own`.
    texts: of every other column that holds text, where it comes from; without one it is refused.
    reasons: why a column may hold what `policy_rules` would refuse, such as a time of day.
    only: the purposes of a column that has not all of the table's. why: what the purposes do not
    say by themselves. notes: more about a column. when_erased: what the keys do not say of it.
    sooner: the columns that are emptied before the row goes. shown: the columns that others than
    `seen_by` see something of, and who.
    dated: the column with the day that decides whose a row is, of an account that was several
    people's.
    """

    name: str
    what: str
    purposes: tuple[Purpose, ...]
    kept: Kept
    seen_by: Who
    columns: Mapping[str, str]
    keys: tuple[Key, ...] = ()
    texts: Mapping[str, Text] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, tuple[Purpose, ...]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    when_erased: str = ""
    sooner: Mapping[str, Kept] = field(default_factory=dict)
    shown: Mapping[str, Who] = field(default_factory=dict)
    dated: str = ""

    @property
    def own_key(self) -> Key | None:
        """The key that says whose a row is; None where rows belong to nobody."""
        return next((key for key in self.keys if key.own), None)

    @property
    def belongs(self) -> Belongs:
        """How the rows belong to a person."""
        return Belongs.NOBODY if self.own_key is None else _BELONGS[self.own_key.names]

    def key_of(self, column: str) -> Key | None:
        """Return the key in a column, None where the column holds none."""
        return next((key for key in self.keys if key.column == column), None)

    def purposes_of(self, column: str) -> tuple[Purpose, ...]:
        """Return what a column is kept for."""
        return self.only.get(column, self.purposes)

    def kept_of(self, column: str) -> Kept:
        """Return how long a column is kept."""
        return self.sooner.get(column, self.kept)

    def seen_of(self, column: str) -> tuple[Who, ...]:
        """Return who sees a column, or something that is made of it."""
        return (self.seen_by, *([self.shown[column]] if column in self.shown else []))

    def seen_by_all(self, said: Callable[[str], str] = str) -> str:
        """Return everybody who sees the table or something that is made of it, each once.

        said: puts the words into the language that is spoken.
        """
        audiences = (said(who.said) for who in (self.seen_by, *self.shown.values()))
        # Some are several, and two may be of the same people.
        return "; ".join(dict.fromkeys(one for words in audiences for one in words.split("; ")))

    @property
    def erasure(self) -> str:
        """What becomes of the rows when somebody is erased, as the keys say it to the code."""
        said = [_WHEN_ERASED[key.own, key.erased].format(column=key.column) for key in self.keys]
        none = [] if said or self.when_erased else ["Nothing: no row is of a person."]
        return " ".join([*none, *said, *([self.when_erased] if self.when_erased else [])])

    def in_words(self) -> str:
        """Return the table as a block of lines for a terminal."""
        return "\n".join(
            [
                f"{self.name}: {self.what}",
                f"  For: {'; '.join([*self.purposes, *([self.why] if self.why else [])])}",
                f"  Kept: {self.kept.said}",
                f"  Seen by: {self.seen_by_all()}",
                f"  A row belongs {self.belongs}",
                f"  When somebody is erased: {self.erasure}",
                *(f"    {self._field(name)}" for name in self.columns),
            ]
        )

    def _field(self, name: str) -> str:
        note = f" ({self.notes[name]})" if name in self.notes else ""
        kept = f" [kept: {self.sooner[name].said}]" if name in self.sooner else ""
        shown = f" [seen by: {self.shown[name].said}]" if name in self.shown else ""
        only = f" [only for: {'; '.join(self.only[name])}]" if name in self.only else ""
        return f"{name}: {self.columns[name]}{note}{kept}{shown}{only}"

    def as_json(self) -> dict[str, object]:
        """Return the same for a script."""
        return {
            "table": self.name,
            "what": self.what,
            "purposes": [str(purpose) for purpose in self.purposes],
            "why": self.why,
            "kept": self.kept.said,
            "seen_by": self.seen_by_all(),
            "belongs": str(self.belongs),
            "when_erased": self.erasure,
            "columns": dict(self.columns),
            "fields": {name: self._as_json(name) for name in self.columns},
            "purposes_of_columns": {
                name: [str(purpose) for purpose in self.purposes_of(name)] for name in self.columns
            },
            "notes": dict(self.notes),
        }

    def _as_json(self, name: str) -> dict[str, object]:
        return {
            "what": self.columns[name],
            "purposes": [str(purpose) for purpose in self.purposes_of(name)],
            "kept": self.kept_of(name).said,
            "seen_by": [who.said for who in self.seen_of(name)],
            "roles": sorted({str(role) for who in self.seen_of(name) for role in who.roles}),
        }


_WHEN_ERASED = {
    (True, Erased.ROW): "The row is deleted.",
    (
        True,
        Erased.REPLACED,
    ): "The row stays, and a random key that leads nowhere takes the place of {column}.",
    (False, Erased.ROW): "So is a row whose {column} is of an account of theirs alone.",
    (False, Erased.EMPTIED): "In other people's rows {column} is emptied where it was theirs.",
    (False, Erased.REPLACED): "In other rows a random key that leads nowhere takes the place of "
    "{column} where it was theirs.",
}
_BELONGS = {
    Names.PERSON: Belongs.PERSON,
    Names.ACCOUNT: Belongs.ACCOUNT,
    Names.SUBJECT: Belongs.SUBJECT,
}
