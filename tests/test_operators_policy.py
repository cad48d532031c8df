"""`unranked policy`: the notice of this installation, and the documents into a folder."""

import pytest

from unranked.services import documents

KEY = "sk-admin-A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6"


def test_the_notice_is_of_the_tools_that_have_a_key(unranked):
    code, said, _ = unranked("policy", "--notice", UNRANKED_OPENAI_KEY=KEY)

    assert code == 0
    assert said.startswith("# What Unranked keeps about you")
    assert "OpenAI" in said
    assert "Copilot" not in said
    assert "[name, channel or address]" in said
    assert KEY not in said


def test_the_notice_is_in_the_language_that_was_asked_for_and_names_the_contact(unranked):
    code, said, _ = unranked(
        "policy", "--notice", "--language", "de", UNRANKED_HELP_CONTACT="#ki-hilfe"
    )

    assert code == 0
    assert said.startswith("# Was Unranked über dich speichert")
    assert "#ki-hilfe" in said
    assert "Noch ist kein KI-Werkzeug angeschlossen." in said


def test_the_documents_are_written_and_what_was_measured_stays(unranked, tmp_path):
    folder = tmp_path / "written"
    folder.mkdir()
    (folder / "privacy.md").write_text(documents.privacy("measured: 0.62"))

    code, said, _ = unranked("policy", "--write", str(folder))

    assert code == 0
    assert sorted(said.split()) == sorted(map(str, folder.iterdir()))
    assert "measured: 0.62" in (folder / "privacy.md").read_text()
    assert (folder / "employee-notice-de.md").read_text() == documents.every({})[
        "employee-notice-de.md"
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--notice", "--language", "fr"], "no notice in that language"),
        (["--notice", "--json"], "three different things"),
        (["--write", "nowhere"], "There is no folder nowhere."),
    ],
)
def test_what_cannot_be_done_is_said(unranked, given, said):
    code, _, error = unranked("policy", *given)

    assert code == 1
    assert said in " ".join(error.split())
