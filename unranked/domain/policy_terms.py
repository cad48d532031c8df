"""The words in which `policy` says what is kept of whom. Source: method.md 4.11."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What anything may be kept for. There is no third."""

    OWN_USE = "help me see my own use"
    OFFER_HELP = "offer help to non-users"


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
    """

    name: str
    what: str
    purposes: tuple[Purpose, ...]
    kept: str
    seen_by: str
    columns: Mapping[str, str]
    keys: tuple[Key, ...] = ()

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

    def in_words(self) -> str:
        """Return the table as a block of lines for a terminal."""
        return "\n".join(
            [
                f"{self.name}: {self.what}",
                f"  For: {'; '.join(self.purposes)}",
                f"  Kept: {self.kept}",
                f"  Seen by: {self.seen_by}",
                f"  A row belongs {self.belongs}",
                *(f"    {name}: {what}" for name, what in self.columns.items()),
            ]
        )

    def as_json(self) -> dict[str, object]:
        """Return the same for a script."""
        return {
            "table": self.name,
            "what": self.what,
            "purposes": [str(purpose) for purpose in self.purposes],
            "kept": self.kept,
            "seen_by": self.seen_by,
            "belongs": str(self.belongs),
            "columns": dict(self.columns),
        }


_BELONGS = {
    Names.PERSON: Belongs.PERSON,
    Names.ACCOUNT: Belongs.ACCOUNT,
    Names.SUBJECT: Belongs.SUBJECT,
}
