"""One test for all texts of a kind: thousands of tests of their own cost more than they do."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

Test = Callable[..., None]


def for_each(names: str | tuple[str, ...], values: Iterable[Any]) -> Callable[[Test], Test]:
    """Let a test hold for each of the values, as `parametrize` would, and say all for which not.

    names: of the test's arguments that a value stands for. There must be a value.
    """
    every, known = list(values), (names,) if isinstance(names, str) else names

    def decorate(test: Test) -> Test:
        wanted = inspect.signature(test)
        others = [one for name, one in wanted.parameters.items() if name not in known]

        def looped(**given: Any) -> None:
            assert every, "There is nothing to look at."
            wrong = []
            for value in every:
                own = (value,) if isinstance(names, str) else value
                try:
                    test(**given, **dict(zip(known, own, strict=True)))
                except Exception as odd:  # noqa: BLE001 - raised below, with the others
                    odd.add_note(f"It was of {own}.")
                    wrong.append(odd)
            if wrong:
                raise ExceptionGroup(f"{len(wrong)} of {len(every)} do not hold.", wrong)

        looped.__name__, looped.__doc__, looped.__module__ = (
            test.__name__,
            test.__doc__,
            test.__module__,
        )
        looped.__dict__.update(test.__dict__)  # marks, such as those of `parametrize`
        looped.__signature__ = wanted.replace(parameters=others)
        return looped

    return decorate
