"""The commands for the key store: new keys for old ones, copies of it, and putting one back."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from unranked import bootstrap
from unranked.config import Settings
from unranked.errors import ConfigError
from unranked.services.runtime import silent
from unranked.store import Store, key_backups, rotation
from unranked.store.wrapping import Bare, Secret, Wrapping

app = typer.Typer(
    no_args_is_help=True,
    help="The keys that people's names and ids are sealed with: rotate, backup, restore.",
)


@app.command()
def rotate(
    old_secret_file: Annotated[
        Path | None,
        typer.Option(help="A file with the secret until now, where UNRANKED_KEYS_SECRET is new."),
    ] = None,
) -> int:
    """Seal everything with new keys, and destroy the old. Cut off, it goes on when repeated."""
    from unranked.terminal import bars  # noqa: PLC0415 - only here

    with _store() as (store, _), bars(Console(stderr=True)) as drawing:
        if old_secret_file is not None:
            store.keys.wrap_anew(_secret_in(old_secret_file))
        store.check(restored=True)
        wiped = rotation.rotate(store, drawing.show if drawing.on_a_terminal else silent)
    typer.echo("Everything is sealed with new keys, and the old ones are destroyed.")
    if not wiped:
        typer.echo(
            "The files were in use and may still hold old keys: stop the service, and run "
            "`unranked keys rotate` again.",
            err=True,
        )
    return 0 if wiped else 1


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where the copy goes; older ones there go away.")],
) -> int:
    """Write a copy of the key store, and delete copies that are older than the settings allow."""
    with _store() as (store, settings):
        store.check(restored=True)
        keep = timedelta(days=settings.keys_backup_days)
        made = key_backups.write(store.keys, folder, now=datetime.now(UTC), keep=keep)
    typer.echo(f"The key store is copied to {made.path}.")
    if made.deleted:
        typer.echo(f"Copies older than {settings.keys_backup_days} days are deleted.")
    return 0


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `unranked keys backup` wrote.")],
) -> int:
    """Put a copy of the key store in the place of one that was lost; never over one."""
    if not file.is_file():
        raise ConfigError("There is no such file.", hint="Name a copy of the key store.")
    with _store() as (store, _):
        store.restore_keys(file)
        store.check(restored=True)
    typer.echo(
        "The key store is restored. Run `unranked keys rotate` now: the copy may hold keys of "
        "people who were erased since."
    )
    return 0


def _secret_in(path: Path) -> Wrapping:
    """Return what wrapped the keys until now; nothing did where the file is empty."""
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The file of --old-secret-file cannot be read ({type(error).__name__}).",
            hint="Name a text file with nothing but the secret until now.",
        ) from None
    return Secret(found.encode()) if found else Bare()


@contextmanager
def _store() -> Iterator[tuple[Store, Settings]]:
    from unranked.operators import existing  # noqa: PLC0415 - it adds these commands to its own

    settings = bootstrap.settings(needs_chat=False)
    bootstrap.configure_logging(settings.log_format)
    with closing(existing(settings)) as store:
        yield store, settings
