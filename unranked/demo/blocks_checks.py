"""Small checks of JSON values, and how to put them together. Slack's own limits stand elsewhere.

A check takes a value and its JSON pointer, and yields what is wrong with it. Nothing that it says
shows the value.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

Check = Callable[[object, str], Iterator[str]]


def problem(text: str, pointer: str) -> str:
    """Return a complaint in Slack's form."""
    return f"[ERROR] {text} [json-pointer:{pointer}]"


def text(most: int, *, least: int = 1) -> Check:
    """A string of that many characters."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", pointer)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            yield problem(f"must be less than {most + 1} characters", pointer)

    return check


def one_of(*values: object) -> Check:
    """One of these values."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if value not in values:
            yield problem(f"must be one of {', '.join(map(str, values))}", pointer)

    return check


def flag(value: object, pointer: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield problem("must be true or false", pointer)


def number(
    least: float = float("-inf"), most: float = float("inf"), *, whole: bool = True
) -> Check:
    """A number between `least` and `most`."""

    def check(value: object, pointer: str) -> Iterator[str]:
        kinds = int if whole else int | float
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
            yield problem("must be a number within its limits", pointer)

    return check


def listed(item: Check, least: int, most: int) -> Check:
    """A list of that many items, each of which passes."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be a list", pointer)
            return
        if not least <= len(value) <= most:
            yield problem(f"must have between {least} and {most} items", pointer)
        for n, one in enumerate(value):
            yield from item(one, f"{pointer}/{n}")

    return check


def shape(
    needed: Mapping[str, Check], also: Mapping[str, Check] | None = None, *rules: Check
) -> Check:
    """An object with these fields and no other; `rules` look at it as a whole."""
    known = {"type": anything, **needed, **(also or {})}

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", pointer)
            return
        for name in needed:
            if name not in value:
                yield problem(f"missing required field: {name}", pointer)
        for name, held in value.items():
            if name in known:
                yield from known[name](held, f"{pointer}/{name}")
            else:
                yield problem("no more items allowed: unknown field", f"{pointer}/{name}")
        for rule in rules:
            yield from rule(value, pointer)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object that passes the check for its `type`."""

    def check(value: object, pointer: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            yield problem("unsupported type", f"{pointer}/type")
        else:
            yield from kinds[kind](value, pointer)

    return check


def exactly_one(*names: str) -> Check:
    """An object with one of these fields, and not two."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if isinstance(value, dict) and sum(name in value for name in names) != 1:
            yield problem(f"needs exactly one of {', '.join(names)}", pointer)

    return check


def anything(value: object, pointer: str) -> Iterator[str]:
    """Whatever it is."""
    del value, pointer
    yield from ()


def strings_of(value: object) -> Iterator[str]:
    """Yield every text that a value shows, at any depth."""
    if isinstance(value, Mapping):
        for name, held in value.items():
            if name in {"text", "title", "label", "alt_text"} and isinstance(held, str):
                yield held
            else:
                yield from strings_of(held)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for held in value:
            yield from strings_of(held)
