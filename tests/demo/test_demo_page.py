"""The playground's page as HTML, without a browser: what it shows, and what cannot get into it."""

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from unranked.demo.page import STATIC, render
from unranked.demo.shown import (
    Behind,
    Cast,
    Clock,
    Conversation,
    Fact,
    Home,
    Modal,
    Move,
    Page,
    Part,
    Shown,
    Switch,
    Tab,
    Table,
)

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "unranked" / "demo" / "page" / "source"
TEMPLATES = ROOT / "unranked" / "demo" / "page" / "templates"
BUILT = ("blocks.js", "blocks.css", "htmx.js")
HOSTILE = "</script><script>alert(1)</script>\"' onload=alert(1) {{ 7 * 7 }} <!-- &amp;"
VOID = {"input", "meta", "link", "br", "hr", "img"}

ENTRIES = (
    Shown(
        "message",
        "1.1",
        "Monday, 09:12",
        "A tip &amp; more",
        [{"type": "divider"}],
        edited=True,
        files=(("F1", "your-data.json"),),
        problem="invalid_blocks",
    ),
    Shown("ephemeral", "e1", "Monday, 09:13", "For you alone", [{"type": "divider"}]),
    Shown("message", "1.2", "Monday, 09:14", "/tokens", own=True),
)
CLOCK = Clock(
    "Monday 2 March, 09:00 UTC", (Move("week", "Next week"), Move("quarter", "A quarter"))
)
BEHIND = Behind(
    (Fact("Segment", "never used, seat for 30 days"),),
    Table("Outbox", ("Key", "State"), (("n-1", "sent once"),)),
    Table("Jobs that ran", ("Job",), (), "No job has run."),
    Table("What Slack refused", ("Method",), (("views.publish",),)),
    (("Nobody got two copies", True, "0 of 214"), ("Nobody is a zero wrongly", False, "1 of 61")),
)
PAGE = Page(
    who="never-used",
    about="You are nobody in particular.",
    casts=(
        Cast("People", (Part("never-used", "Never used", "Has a seat", 3), Part("new", "New", ""))),
    ),
    tab=Tab.MESSAGES,
    conversation=Conversation(7, ENTRIES),
    home=Home(4, "V1", [{"type": "divider"}], problem="view_too_large"),
    modal=Modal("M1", "Working days", "Not now", "Save", [{"type": "divider"}], problem="expired"),
    behind=BEHIND,
    clock=CLOCK,
    switches=(Switch("down", "Provider down", "Answers 503", on=True),),
    company="A made-up company.",
)


class Read(HTMLParser):
    """The elements of a page with their attributes, its words, and the JSON in it."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.json, self.open = [], "", [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, words):
        if self.open and self.open[-1] == "script":
            self.json.append(json.loads(words))
        else:
            self.words += words

    def having(self, name):
        return [(tag, attrs) for tag, attrs in self.elements if name in attrs]


def whole(**changed):
    return Read(render("page.html", page=replace(PAGE, **changed)))


def conversation(*entries):
    shown = Conversation(1, entries)
    return Read(render("conversation.html", who="never-used", conversation=shown))


@pytest.mark.parametrize(
    "words",
    [
        *("A made-up company.", "You are nobody in particular.", "Monday 2 March, 09:00 UTC"),
        *("People", "Never used", "Has a seat", "3 unread", "Next week", "A quarter"),
        *("Monday, 09:12", "A tip & more", "(edited)", "your-data.json", "invalid_blocks"),
        *("Only visible to you", "For you alone", "/tokens", "You", "APP"),
        *("view_too_large", "Working days", "Not now", "Save", "expired"),
        *("Segment", "never used, seat for 30 days", "Outbox", "Key", "sent once", "views.publish"),
        *("No job has run.", "Nobody got two copies", "0 of 214", "Broken:", "1 of 61"),
        *("Provider down", "Answers 503", "1 on"),
        "Only in the demo: nobody can see this in a real installation",
    ],
)
def test_the_page_shows_every_value(words):
    assert words in " ".join(whole().words.split())


def test_a_person_who_has_nothing_yet_is_told_so_in_every_pane():
    nothing = Table("Outbox", ("Key",), ())
    page = whole(
        conversation=Conversation(0, ()),
        home=Home(0),
        modal=None,
        behind=Behind((), nothing, nothing, nothing, ()),
        switches=(),
    )
    for words in ("Nothing has been said yet", "no Home tab", "Nothing is known", "Nothing yet."):
        assert words in page.words
    assert "dialog" not in {tag for tag, _ in page.elements}


def test_a_moving_clock_asks_for_itself_and_its_buttons_do_nothing():
    moving = replace(CLOCK, moving="Next week", doing="sync: day 3", done=40, problem="It stuck.")
    read = Read(render("clock.html", clock=moving))
    assert "Next week: 40 %. sync: day 3" in read.words
    assert "It stuck." in read.words
    assert [(tag, a["hx-get"]) for tag, a in read.having("hx-get")] == [("div", "/clock")]
    assert read.having("hx-post") == []
    assert [attrs["value"] for tag, attrs in read.elements if tag == "progress"] == ["40"]


def test_a_clock_that_stands_asks_for_nothing_and_can_be_moved():
    read = Read(render("clock.html", clock=replace(CLOCK, ended="The story ends here.")))
    assert "The story ends here." in read.words
    assert read.having("hx-get") == []
    moves = [json.loads(attrs["hx-vals"])["to"] for _, attrs in read.having("hx-post")]
    assert moves == ["week", "quarter"]


@pytest.mark.parametrize(("on", "sent"), [(True, "off"), (False, "on")])
def test_a_switch_sends_the_other_state(on, sent):
    switches = (Switch("down", "Provider down", "Answers 503", on),)
    read = Read(render("switches.html", switches=switches))
    ((_, box),) = read.having("hx-post")
    assert json.loads(box["hx-vals"]) == {"slug": "down", "on": sent}
    assert ("checked" in box) is on


def test_blocks_reach_the_drawing_as_they_were_with_errors_and_what_was_typed():
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": HOSTILE}}]
    modal = Modal("M1", "T", blocks=blocks, errors={"b": HOSTILE}, typed={"b": {"a": [HOSTILE]}})
    (drawn,) = Read(render("modal.html", who="x", modal=modal, turn=0)).json
    assert drawn == {"blocks": blocks, "text": "", "errors": modal.errors, "typed": modal.typed}


def test_hostile_words_are_words_wherever_they_stand():
    table = Table(HOSTILE, (HOSTILE,), ((HOSTILE,),), HOSTILE)
    blocks = [{"type": HOSTILE, "text": HOSTILE}]
    entry = Shown("message", HOSTILE, HOSTILE, HOSTILE, blocks, problem=HOSTILE)
    page = whole(
        who=HOSTILE,
        about=HOSTILE,
        company=HOSTILE,
        casts=(Cast(HOSTILE, (Part(HOSTILE, HOSTILE, HOSTILE, 1),)),),
        conversation=Conversation(
            1, (entry, replace(entry, own=True, files=((HOSTILE, HOSTILE),), blocks=()))
        ),
        home=Home(1, HOSTILE, blocks, HOSTILE),
        modal=Modal(HOSTILE, HOSTILE, HOSTILE, HOSTILE, blocks, {}, {}, HOSTILE),
        behind=Behind((Fact(HOSTILE, HOSTILE),), table, table, table, ((HOSTILE, True, HOSTILE),)),
        clock=Clock(HOSTILE, (Move(HOSTILE, HOSTILE),), HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE),
        switches=(Switch(HOSTILE, HOSTILE, HOSTILE, on=True),),
    )
    tame = whole(clock=replace(CLOCK, moving="Next week"))
    scripts = [attrs for tag, attrs in page.elements if tag == "script"]
    assert all("src" in attrs or attrs["type"] == "application/json" for attrs in scripts)
    allowed = {(tag, name) for tag, attrs in tame.elements for name in attrs}
    assert {(tag, name) for tag, attrs in page.elements for name in attrs} <= allowed
    assert "49" not in page.words


def test_the_page_needs_nothing_inline_and_nothing_from_outside():
    read = whole()
    for tag, attrs in read.elements:
        assert tag != "style"
        assert not {name for name in attrs if name.startswith("on")} | (attrs.keys() & {"style"})
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            assert re.match(r"(/(?!/)|#|$)", attrs.get(name) or ""), (tag, attrs)
    for file in [*STATIC.glob("*.css"), *STATIC.glob("[!bh]*.js"), *TEMPLATES.glob("*.html")]:
        assert not re.search(r"https?://|url\(|@import", file.read_text()), file.name


def test_every_file_that_the_page_asks_for_is_shipped():
    read = whole()
    asked = {attrs.get("src") or attrs.get("href") for tag, attrs in read.elements}
    files = {address for address in asked if address and address.startswith("/static/")}
    assert len(files) == 8
    assert all((STATIC / address.removeprefix("/static/")).is_file() for address in files)


def test_ids_are_unique_and_every_field_has_a_label():
    read = whole()
    ids = Counter(attrs["id"] for _, attrs in read.having("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    labels = {attrs["for"] for tag, attrs in read.elements if tag == "label" and "for" in attrs}
    fields = [a for tag, a in read.elements if tag == "input" and a.get("type") != "hidden"]
    assert fields
    assert all(attrs["id"] in labels for attrs in fields)
    named = [attrs for _, attrs in read.elements if "aria-labelledby" in attrs]
    assert all(attrs["aria-labelledby"] in ids for attrs in named)


def test_an_entry_keeps_its_print_until_it_changes():
    def prints(*entries):
        return [attrs["data-print"] for _, attrs in conversation(*entries).having("data-print")]

    changed = replace(ENTRIES[0], blocks=[{"type": "divider", "block_id": "other"}])
    assert prints(*ENTRIES) == prints(*ENTRIES)
    assert len(set(prints(*ENTRIES))) == len(ENTRIES)
    assert prints(changed) != prints(ENTRIES[0])


def test_polling_says_which_version_is_seen_and_the_modal_is_never_polled():
    read = whole()
    seen = {attrs["id"]: attrs["value"] for _, attrs in read.having("id") if "seen" in attrs["id"]}
    assert seen.pop("behind-seen") == str(BEHIND.version)
    assert seen == {"conversation-seen": "7", "home-seen": "4"}
    polled = {a["id"] for _, a in read.having("hx-trigger") if "every" in a["hx-trigger"]}
    assert polled == {"behind", "conversation", "home"}


@pytest.mark.parametrize("tab", list(Tab))
def test_one_tab_is_open_and_the_other_one_is_hidden(tab):
    read = whole(tab=tab)
    hidden = {a["data-panel"] for _, a in read.having("data-panel") if "hidden" in a}
    current = [a["data-tab"] for _, a in read.having("data-tab") if "aria-current" in a]
    assert hidden == {str(one) for one in Tab} - {str(tab)}
    assert current == [str(tab)]


@pytest.mark.parametrize("name", BUILT)
def test_what_is_shipped_was_built_from_the_present_sources(name):
    hashed = hashlib.sha256()
    files = (file for file in SOURCE.iterdir() if file.is_file() and file.name[0] != ".")
    for file in sorted(files, key=lambda file: file.name):
        hashed.update(f"{file.name}\n".encode() + file.read_bytes() + b"\n")
    first = (STATIC / name).read_text().partition("\n")[0]
    assert hashed.hexdigest() in first, "The sources have changed: run `make page`."


def test_the_sources_name_exact_versions_and_no_registry():
    asked = json.loads((SOURCE / "package.json").read_text())
    lock = json.loads((SOURCE / "package-lock.json").read_text())["packages"]
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert lock[f"node_modules/{name}"]["version"] == version
        assert f"{name} {version}:" in (STATIC / "LICENSES.txt").read_text() or name == "esbuild"
    assert not [name for name, package in lock.items() if "resolved" in package]


def test_the_wheel_has_the_page_and_not_what_it_is_built_from():
    inside = {file.relative_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    page = {path.removeprefix("unranked/demo/page/") for path in inside if "demo/page/" in path}
    assert {"__init__.py", "templates/page.html", "static/page.css", "static/blocks.js"} <= page
    assert not {path for path in page if path.startswith("source/")}
