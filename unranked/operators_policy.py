"""The command that prints what is kept of whom, and writes the documents that are made from it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from unranked import bootstrap, text
from unranked.bootstrap import Wiring
from unranked.config import Settings
from unranked.errors import ConfigError

app = typer.Typer()


@app.command()
def policy(
    as_json: Annotated[bool, typer.Option("--json", help="For a script.")] = False,  # noqa: FBT002 - Typer's form of a flag
    notice: Annotated[  # noqa: FBT002 - the same
        bool, typer.Option("--notice", help="Print the notice to employees, for this installation.")
    ] = False,
    language: Annotated[str, typer.Option(help="Of the notice: en or de.")] = text.ORIGINAL,
    write: Annotated[
        Path | None, typer.Option(help="Write the documents into this folder, such as docs.")
    ] = None,
) -> int:
    """Print what is kept of whom, what for, how long, and who sees it.

    Only --notice needs settings: it names the tools that are connected, and no others.
    """
    from unranked.domain.policy import ABOUT, TABLES  # noqa: PLC0415 - only here

    if sum((as_json, notice, write is not None)) > 1:
        raise ConfigError(
            "--json, --notice and --write are three different things.", hint="Use one of them."
        )
    if language not in text.LANGUAGES:
        raise ConfigError(
            "There is no notice in that language.", hint=f"There are: {', '.join(text.LANGUAGES)}."
        )
    if write is not None:
        _write(write)
    elif notice:
        with text.spoken(language):
            typer.echo(_notice(), nl=False)
    elif as_json:
        typer.echo(json.dumps([table.as_json() for table in TABLES], indent=2))
    else:
        typer.echo("\n\n".join([ABOUT, *(table.in_words() for table in TABLES)]))
    return 0


def _notice() -> str:
    """Return the notice as this installation is set up."""
    from unranked.services import documents  # noqa: PLC0415 - only here

    settings = bootstrap.settings(needs_chat=False)
    named = settings.help_contact
    setup = documents.Setup(
        tuple(one.connector for one in bootstrap.connected(Wiring())),
        live=True,
        contact="" if named == Settings.model_fields["help_contact"].default else named,
        has_list=settings.roster_csv is not None,
        has_model=bootstrap.language_model(settings) is not None,
        strict=settings.strict_privacy,
    )
    return documents.notice(setup)


def _write(folder: Path) -> None:
    from unranked.services import documents  # noqa: PLC0415 - only here

    if not folder.is_dir():
        raise ConfigError(f"There is no folder {folder}.", hint="Make it, or name another one.")
    existing = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    for name, words in documents.every(existing).items():
        (folder / name).write_text(words, encoding="utf-8")
        typer.echo(str(folder / name))
