"""What the pages name exists: commands, settings, files, metrics; and they name all settings."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from jobs.schedule import JOBS
from unranked import cli, connectors
from unranked.config import ConnectorSettings, Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
COMMANDS = typer.main.get_command(cli.app).commands
SUFFIXES = "py|md|yml|toml|txt|csv|db|env|dump|service"
MADE_BY_THE_READER = {
    ".env",
    ".venv/",
    "unranked.toml",
    "unranked.db",
    "unranked-copy.db",
    "unranked-keys.db",
    "unranked.env",
    "unranked.dump",
}
HOSTS_OF_REGISTRIES = [
    "pypi",
    "ghcr",
    "docker.io",
    "docker.com",
    "quay.io",
    "gcr.io",
    "pythonhosted",
]


def every(pattern, page):
    return re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE)


def snippets(page):
    """Return what stands in code: the lines of blocks, and what stands between backticks."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    parts = re.split(r"^ *```\w*$", text, flags=re.MULTILINE)
    inline = [found for part in parts[::2] for found in re.findall(r"`([^`\n]+)`", part)]
    return [line.strip() for part in parts[1::2] for line in part.splitlines()] + inline


def commands(page):
    """Yield the words behind each `unranked` that is run."""
    for snippet in snippets(page):
        for found in re.finditer(r"(?:^|\s|bin/)unranked ([a-z][^&#]*)", snippet):
            words = shlex.split(found[1])
            # In `docker exec unranked unranked doctor` the first is a container.
            yield words[1:] if words[0] == "unranked" else words


def name_of(field):
    return Settings.model_fields[field].validation_alias or f"UNRANKED_{field}".upper()


def all_settings():
    names = {name_of(field) for field in Settings.model_fields}
    for slug, connector in connectors.found().items():
        fields = [*ConnectorSettings.model_fields, *(one.name for one in connector.options)]
        names |= {f"UNRANKED_{slug}_{field}".upper() for field in fields}
    return names


def by_name(page):
    return page.name


pages = pytest.mark.parametrize("page", PAGES, ids=by_name)


def test_the_pages_name_commands_and_settings_at_all():
    assert sum(len(list(commands(page))) for page in PAGES) > 30
    assert {"doctor", "connectors", "job", "erase", "migrate", "run"} <= {
        words[0] for page in PAGES for words in commands(page)
    }


@pages
def test_every_command_exists_with_its_options(page):
    for name, *words in commands(page):
        assert name in COMMANDS, f"unranked {name}"
        command = COMMANDS[name]
        if hasattr(command, "commands") and words:
            assert words[0] in command.commands, f"unranked {name} {words[0]}"
            command = command.commands[words[0]]
        options = {name for one in command.params for name in one.opts}
        given = [re.sub(r"[^a-z-].*", "", word.strip("[]")) for word in words if "--" in word]
        assert set(given) <= options, f"unranked {name} {' '.join(words)}"
        if name == "job":
            assert words[0] in JOBS or words[0].isupper(), f"unranked job {words[0]}"


@pages
def test_every_setting_exists(page):
    named = set(every(r"\b(?:UNRANKED|SLACK)_[A-Z_]*[A-Z]\b", page))
    prefixes = {f"UNRANKED_{slug}".upper() for slug in connectors.found()}

    assert named - prefixes <= all_settings()


@pages
def test_every_file_exists(page):
    for target in every(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page):
        assert (page.parent / target).exists(), target
    for name in snippets(page):
        if re.fullmatch(rf"(?![/\d])[\w./-]+(?:\.(?:{SUFFIXES})|/)", name):
            places = (ROOT, ROOT / "unranked", page.parent)
            made = name in MADE_BY_THE_READER
            assert made or any((place / name).exists() for place in places), name


def test_the_table_of_settings_is_complete():
    operating = ROOT / "docs" / "operating.md"
    table = dict(every(r"^\| `([^`]+)` \|([^|]*)\|", operating))
    own = {name_of(field): info for field, info in Settings.model_fields.items()}
    of_providers = {f"..._{name.upper()}" for name in ConnectorSettings.model_fields}
    options = {
        f"UNRANKED_{slug}_{one.name}".upper()
        for slug, connector in connectors.found().items()
        for one in connector.options
    }

    assert table.keys() == own.keys() | options | of_providers
    for name, info in own.items():
        if isinstance(info.default, str | float | int) and info.default != "":
            default = f"{info.default:g}" if isinstance(info.default, float) else str(info.default)
            assert table[name].strip(" `") == default


@pages
def test_no_page_names_the_host_of_a_registry(page):
    assert not [host for host in HOSTS_OF_REGISTRIES if host in page.read_text(encoding="utf-8")]


def test_every_metric_that_running_names_is_measured_and_all_are_named():
    source = (ROOT / "unranked" / "web.py").read_text(encoding="utf-8")
    measured = set(re.findall(r'"(unranked_[a-z_]+)"', source))

    assert set(every(r"`(unranked_[a-z_]+)\{", ROOT / "docs" / "running.md")) == measured


def test_every_connector_has_a_page_for_its_key():
    for slug in connectors.found():
        assert (ROOT / "docs" / f"key-{slug.replace('_', '-')}.md").exists()


def test_every_page_is_reached_from_the_page_for_operators():
    operating = ROOT / "docs" / "operating.md"
    linked = set(every(r"\]\(([\w-]+\.md)\)", operating))

    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {
        "operating.md",
        "house.md",
    } <= linked
