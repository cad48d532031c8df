"""The words in which `policy` says what is kept of whom. Source: method.md 4.11."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

UNTIL_ERASED = "until the person is erased"
REPLACED = "until a newer run replaces it"
FOR_GOOD = "as long as the installation lives"

ONLY_THEM = "the person alone, through the bot; the operator, who can read the database"
OPERATORS = "the operator; no person is named"
ONLY_PROGRAM = "the program; the operator, who can read the database"


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
    only: the purposes of a column that has not all of the table's. why: what the purposes do not
    say by themselves. notes: more about a column. when_erased: what the keys do not say of it.
    """

    name: str
    what: str
    purposes: tuple[Purpose, ...]
    kept: str
    seen_by: str
    columns: Mapping[str, str]
    keys: tuple[Key, ...] = ()
    only: Mapping[str, tuple[Purpose, ...]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    when_erased: str = ""

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
                f"  Kept: {self.kept}",
                f"  Seen by: {self.seen_by}",
                f"  A row belongs {self.belongs}",
                f"  When somebody is erased: {self.erasure}",
                *(f"    {self._field(name)}" for name in self.columns),
            ]
        )

    def _field(self, name: str) -> str:
        note = f" ({self.notes[name]})" if name in self.notes else ""
        only = f" [only for: {'; '.join(self.only[name])}]" if name in self.only else ""
        return f"{name}: {self.columns[name]}{note}{only}"

    def as_json(self) -> dict[str, object]:
        """Return the same for a script."""
        return {
            "table": self.name,
            "what": self.what,
            "purposes": [str(purpose) for purpose in self.purposes],
            "why": self.why,
            "kept": self.kept,
            "seen_by": self.seen_by,
            "belongs": str(self.belongs),
            "when_erased": self.erasure,
            "columns": dict(self.columns),
            "purposes_of_columns": {
                name: [str(purpose) for purpose in self.purposes_of(name)] for name in self.columns
            },
            "notes": dict(self.notes),
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
