"""The commands for whoever runs Unranked: what works, what is kept, and erasing somebody."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from unranked import bootstrap, operators_keys, operators_policy
from unranked import connectors as providers
from unranked.bootstrap import Wiring
from unranked.config import Settings
from unranked.domain.counts import rounded
from unranked.errors import ConfigError, StoreError
from unranked.services.runtime import Runtime, silent
from unranked.store import Store, file_of

if TYPE_CHECKING:
    from unranked.services.doctor import Finding

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="For a script.")]
Person = Annotated[str, typer.Argument(help="The whole e-mail address, or the member id in Slack.")]
PATIENT = Wiring(
    sleeper=lambda seconds: time.sleep(min(seconds, 2.0)), attempts=2, request_seconds=5.0
)
"""Somebody waits for the answer: a provider that is away is said to be so after a few seconds."""

_STYLES = {"ok": "green", "off": "dim", "wrong": "bold red"}


@app.command()
def doctor(as_json: AsJson = False) -> int:  # noqa: FBT002 - Typer's form of a flag
    """Check settings, database, clock, Slack and every key; say what to do about what is wrong."""
    from unranked.services import doctor as services  # noqa: PLC0415 - only here
    from unranked.services.doctor_checks import Checkup  # noqa: PLC0415 - only here
    from unranked.terminal import bars  # noqa: PLC0415 - only here

    settings, wrong = bootstrap.settings_around()
    bootstrap.configure_logging(settings.log_format)
    opens = {
        slug: (connector, lambda connector=connector: bootstrap.connection(connector, PATIENT))
        for slug, connector in providers.found().items()
    }
    checkup = Checkup(
        settings,
        wrong,
        opens,
        model=lambda: bootstrap.language_model(settings),
        keys=lambda: bootstrap.key_place(settings),
        clock=PATIENT.clock,
    )
    with closing(checkup), bars(Console(stderr=True)) as drawing:
        progress = drawing.show if drawing.on_a_terminal else silent
        found = list(services.findings(checkup.checks(), progress=progress))
    bad = sum(finding.state is services.State.WRONG for finding in found)
    if as_json:
        checks = [finding.as_json() for finding in found]
        typer.echo(json.dumps({"ok": not bad, "checks": checks}, indent=2))
    else:
        _show(found)
        typer.echo(f"{bad} to mend." if bad else "Nothing is wrong.")
    return 1 if bad else 0


@app.command()
def connectors(as_json: AsJson = False) -> int:  # noqa: FBT002 - Typer's form of a flag
    """Show the connectors: whether they are set up, how far they are complete, what is wrong."""
    from unranked.services import connections  # noqa: PLC0415 - only here

    settings = bootstrap.settings(needs_chat=False)
    with closing(existing(settings)) as store:
        store.check()
        found = connections.states(
            store, bootstrap.connected(Wiring()), holidays=settings.confirmed_holidays
        )
    if as_json:
        typer.echo(json.dumps([one.as_json() for one in found], indent=2))
    else:
        typer.echo("\n\n".join(one.in_words() for one in found))
    return 1 if any(one.configured and one.error for one in found) else 0


@app.command()
def erase(
    person: Person,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - Typer's form of a flag
    as_json: AsJson = False,  # noqa: FBT002 - the same
) -> int:
    """Erase all that is held of one person, prove it, and let no list bring them back."""
    from unranked.services import erasure  # noqa: PLC0415 - only here

    _refuse_nobody(person)
    with _running() as runtime:
        if not (yes or _confirmed()):
            raise ConfigError("Nothing was erased.", hint="It was not confirmed.")
        proof = erasure.erase_named(runtime, person)
    typer.echo(json.dumps(proof.as_json(), indent=2) if as_json else proof.in_words())
    return 0 if proof.nothing_left and proof.wiped else 1


@app.command(name="erase-again")
def erase_again(
    newer: Annotated[
        str, typer.Argument(help="The address of the database that was replaced, if it is there.")
    ] = "",
) -> int:
    """After a restore: erase again whoever was erased since the backup."""
    from unranked.services import restored  # noqa: PLC0415 - only here

    with _running(restored=True) as runtime, ExitStack() as stack:
        replaced = None
        if newer:
            settings = bootstrap.settings(needs_chat=False)
            opened = existing(settings, url=newer, hint="Correct the address.")
            replaced = stack.enter_context(closing(opened))
            _refuse_the_same(newer, settings.database_url)
            replaced.check(restored=True)
        again = restored.erase_again(runtime, replaced)
    typer.echo(f"Erased again: {rounded(again.people) if again.people else 'nobody'}.")
    if again.unread:
        typer.echo(
            "What the bot wrote to some of them in the chat could not be looked at, and may be "
            "there still if it was not deleted the first time.",
            err=True,
        )
    if not again.clean:
        typer.echo("The database was in use: stop the service, and run this again.", err=True)
    return 0 if again.clean else 1


@app.command()
def readmit(person: Person) -> int:
    """Let somebody in again who was erased, at their own wish: the next list may bring them."""
    from unranked.services import erasure  # noqa: PLC0415 - only here

    _refuse_nobody(person)
    with _running() as runtime:
        erasure.lift(runtime, person)
    typer.echo("They are let in again; `unranked job roster` reads the list of people now.")
    return 0


@app.command()
def migrate() -> int:
    """Bring the database to this program's revision."""
    with _store(bootstrap.settings(needs_chat=False)) as store:
        before, after = store.migrate()
        store.check_clean()
    typer.echo(
        f"The database is at revision {after}"
        + (", as before." if before == after else f"; it was at {before or 'none'}.")
    )
    return 0


app.add_typer(operators_keys.app, name="keys")
app.add_typer(operators_policy.app)


def _refuse_nobody(person: str) -> None:
    """Raise ConfigError for a name that is empty or no text, before anything is asked or opened."""
    hint = "Name a whole e-mail address, or a member id in Slack."
    if not person.strip():
        raise ConfigError("That is nobody.", hint=hint)
    try:
        person.encode()
    except UnicodeEncodeError:  # bytes of the command line that are no UTF-8 come as surrogates
        raise ConfigError("That name is no text in UTF-8.", hint=hint) from None


def _confirmed() -> bool:
    """Ask on the terminal. Raises ConfigError where there is none."""
    if not sys.stdin.isatty():
        raise ConfigError(
            "Nothing was erased: there is no terminal to confirm it on.", hint="Add --yes."
        )
    return typer.confirm(
        "All that is held of this person is deleted, for good. Go on?", default=False, err=True
    )


def _show(found: "list[Finding]") -> None:
    """Print a line for each finding; on a terminal in columns, so that long ones stay readable."""
    console = Console()
    if not console.is_terminal:
        typer.echo("\n".join(finding.in_words() for finding in found))
        return
    from rich.table import Table  # noqa: PLC0415 - only on a terminal
    from rich.text import Text  # noqa: PLC0415 - the same

    table = Table.grid(padding=(0, 2))
    for finding in found:
        state = Text(finding.state.value, _STYLES[finding.state.value])
        said = Text(f"{finding.said} {finding.hint}".strip())
        table.add_row(state, Text(finding.check), said)
    console.print(table)


@contextmanager
def _running(*, restored: bool = False) -> Iterator[Runtime]:
    """Give everything that a use case needs, on a database of this program's revision.

    The chat may be absent: what is done in the database alone needs no token.
    restored: the database may be a backup of before people were erased.
    """
    settings = bootstrap.settings(needs_chat=False)
    bootstrap.configure_logging(settings.log_format)
    existing(settings).close()
    runtime = bootstrap.runtime(settings, needs_chat=False)
    try:
        runtime.store.check(restored=restored)
        yield runtime
    finally:
        runtime.store.close()


def existing(settings: Settings, *, url: str = "", hint: str = "") -> Store:
    """Return the store of the settings. Raises StoreError for a file that is not there.

    url: of another database with the same key store. hint: what to do where that is not there.
    """
    keys = bootstrap.key_place(settings).beside(settings.database_url)
    url = url or settings.database_url
    path = file_of(url)
    if path is not None and not path.exists():
        raise StoreError(
            f"There is no database file {path.absolute()}.",
            hint=hint
            or "UNRANKED_DATABASE_URL says where it is: correct it, or run the command in the "
            "folder of the service. `unranked migrate` or `unranked run` makes a new database.",
        )
    return Store.open(url, keys=keys)


def _refuse_the_same(newer: str, own: str) -> None:
    """Raise ConfigError where the replaced database is the one in use: it would prove nothing."""
    paths = [path.resolve() for url in (newer, own) if (path := file_of(url)) is not None]
    if newer == own or (len(paths) > 1 and paths[0] == paths[1]):
        raise ConfigError(
            "That is the database in use.",
            hint="Name the one that was replaced: it knows who was erased since the backup.",
        )


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    store = Store.open(settings.database_url, keys=bootstrap.key_place(settings))
    try:
        yield store
    finally:
        store.close()
