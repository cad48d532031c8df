"""What a pull request says it reverts: GitHub's own form, in plain sight, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unranked.connectors.github_reverts import place_of, reverted_by

LINE = "Reverts acme/web#1"
TITLE = 'Revert "Fix the door"'
IT = place_of("acme/web", 1, "Fix the door")


def named(body, title=TITLE):
    return reverted_by(title, body, "acme/web")


# The title


@pytest.mark.parametrize(
    "other", ["Fix the door", 'Revert "Fix the door"', 'Say "hello"', '"', "Ünï\u2028code \ud800"]
)
def test_the_title_names_that_of_the_other_one_as_it_is(other):
    assert named(LINE, f'Revert "{other}"') == place_of("acme/web", 1, other)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Let people revert a setting",
        "Revert Fix the door",
        "revert: Fix the door",
        'revert "Fix the door"',
        'Revert "Fix the door',
        'Revert "Fix the door" (#2)',
        ' Revert "Fix the door"',
        'Revert ""',
        'Reapply "Fix the door"',
    ],
)
def test_a_title_of_another_form_reverts_nothing(title):
    assert named(LINE, title) is None


def test_a_title_is_compared_and_not_kept():
    assert "door" not in repr(IT)
    assert place_of("acme/web", 1, "Fix the doors") != IT


# The line


@pytest.mark.parametrize(
    "body",
    [
        LINE,
        "Reverts Acme/Web#1 \t",
        f"{LINE}\nThe door is open.\n",
        f"Because of the outage.\r\n\r\n{LINE}\r\n",
        f"Because of the outage.\r \t\r{LINE}\rMore.",
        f"<!-- Say why. -->\n{LINE}",
        f"<!--\nSay why.\n\nReverts acme/web#2\n-->\n\n{LINE}",
        f"```\nReverts acme/web#2\n```\n{LINE}",
        f"````log\n\n```\n\nReverts acme/web#2\n`````  \n{LINE}",
        f"~~~ ```\n<b>\n   ~~~\n{LINE}",
        f"> Reverts acme/web#2\n\n{LINE}",
        f"    Reverts acme/web#2\n\n{LINE}",
        f"- Reverts acme/web#2\n\n{LINE}",
        f"It was 3 < 4.\n\n{LINE}",
        f"{LINE}\n\nReverts acme/web#2",
        f"{LINE}\n\n<details>",
    ],
)
def test_the_first_line_of_a_paragraph_in_plain_sight_counts(body):
    assert named(body) == IT


HIDDEN = {
    "nothing": "",
    "in a comment": f"<!--\n{LINE}\n-->",
    "in a comment with a gap": f"<!-- Say why.\n\n{LINE}\n\n-->",
    "in a comment without an end": f"<!--\n\n{LINE}",
    "in a comment in a line": f"Why <!--\n\n{LINE}\n\n-->",
    "in the second comment of a line": f"<!-- a --> <!-- b\n\n{LINE}\n\n-->",
    "in a comment that ends otherwise": f"<!-- --!><details> -->\n\n{LINE}",
    "in code behind what may be a comment": f"<!-->\n```\n-->\n\n{LINE}\n```",
    "in code behind what may be one, too": f"<!--->\n```\n-->\n\n{LINE}\n```",
    "behind what is no comment": f"`<!--`\n```\n-->\n\n{LINE}\n```",
    "behind a comment in code": f"`<!--`\n<pre>\n-->\n\n{LINE}\n</pre>",
    "in code": f"```\n{LINE}\n```",
    "in code with a gap": f"```text\n\n{LINE}\n\n```",
    "in code without an end": f"~~~\n\n{LINE}",
    "in code of other strokes": f"```\n~~~\n\n{LINE}\n```",
    "in code of more strokes": f"````\n```\n\n{LINE}\n````",
    "in code whose end is too deep": f"```\n    ```\n\n{LINE}\n```",
    "in code whose end is too deep by a tab": f"```\n\t```\n\n{LINE}\n```",
    "in code that begins a little later": f" ```\n\n{LINE}\n```",
    "in code behind code in a line": f"```a`b\n```\n\n{LINE}\n```",
    "in code whose end says more": f"```\n``` text\n\n{LINE}\n```",
    "in code behind a list": f"- a\n  ```\n\nWhy.\n\n```\n\n{LINE}\n```",
    "in code behind a page": f"<div>\n```\n\nWhy.\n\n```\n\n{LINE}\n```",
    "indented": f"    {LINE}",
    "by a tab": f"\t{LINE}",
    "by one space": f" {LINE}",
    "in a quote": f"> {LINE}",
    "in a quote that goes on": f"> Somebody said:\n{LINE}",
    "in a list": f"- {LINE}",
    "in a folded part": f"<details>\n\n{LINE}\n\n</details>",
    "in a folded part in a line": f"Why: <details>\n\n{LINE}",
    "behind a declaration": f"<!X\n\n{LINE}",
    "in the title of a link": f'[//]: # "\n{LINE}\n"',
    "in a paragraph": f"It is as if this were so.\n{LINE}",
    "behind a space that is none": f"Why.\n\u00a0\n{LINE}",
    "behind a break that is none": f"Why.\n\n\u2028{LINE}",
    "in a sentence": f"See: {LINE}",
    "with more behind it": f"{LINE} in part",
    "in small letters": LINE.lower(),
    "elsewhere": "Reverts acme/ops#1",
    "first elsewhere": f"Reverts acme/ops#1\n\n{LINE}",
    "of no number": "Reverts acme/web#01",
    "of a number too long": "Reverts acme/web#12345678901",
    "of other digits": "Reverts acme/web#\u0661",
}


@pytest.mark.parametrize("body", HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_or_in_doubt_or_of_another_form_reverts_nothing(body):
    assert named(body) is None


def test_another_number_is_another_pull_request():
    assert named("Reverts acme/web#11") == place_of("acme/web", 11, "Fix the door")
    assert reverted_by(TITLE, "Reverts acme/ops#1", "acme/ops") == ("acme/ops", *IT[1:])


pieces = st.sampled_from([*"`~<>!-\n\n\t ", "```", "<!--", "-->", "    ", "- ", "> ", "a", LINE])


@given(st.lists(pieces, max_size=12).map("".join))
def test_nothing_in_front_of_it_lets_a_line_be_read_that_is_indented_or_behind_words(before):
    assert named(f"{before}\n {LINE}") in {None, named(before)}
    assert named(f"{before}x{LINE}") in {None, named(before)}
