"""The made-up Slack's files behave as the reference says."""

from datetime import UTC, datetime

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_members import Member

TOKEN = "made-up-token"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def slack():
    with FakeSlack([Member("U0ADA", "Ada")], lambda: NOW, TOKEN) as fake:
        yield fake


@pytest.fixture
def client(slack):
    made = WebClient(token=TOKEN, base_url=slack.url, retry_handlers=[])
    made.conversations_open(users="U0ADA")
    return made


def started(client, content=b"hello"):
    answer = client.files_getUploadURLExternal(filename="a.txt", length=len(content))
    return answer["file_id"], answer["upload_url"]


def uploaded(client, content=b"hello"):
    file_id, url = started(client, content)
    assert httpx.post(url, content=content).status_code == 200
    return file_id


def code(error):
    return error.value.response["error"]


def test_a_file_is_shown_to_nobody_before_the_upload_is_completed(slack, client):
    file_id = uploaded(client)
    assert slack.messages_to("U0ADA") == []
    assert slack.file(file_id) is None

    client.files_completeUploadExternal(
        files=[{"id": file_id, "title": "A"}], channel_id="D0ADA", initial_comment="Here"
    )
    (message,) = slack.messages_to("U0ADA")
    assert message["text"] == "Here"
    assert message["files"] == [{"id": file_id, "name": "a.txt", "title": "A", "size": 5}]
    assert slack.file(file_id) == b"hello"


def test_without_a_channel_a_file_is_seen_by_nobody_else(slack, client):
    client.files_completeUploadExternal(files=[{"id": uploaded(client), "title": "A"}])

    assert slack.messages_to("U0ADA") == []


@pytest.mark.parametrize("content", [b"hell", b"hello!", b""])
def test_bytes_of_another_length_are_not_taken(client, content):
    file_id, url = started(client)

    assert httpx.post(url, content=content).status_code == 400
    with pytest.raises(SlackApiError) as error:
        client.files_completeUploadExternal(files=[{"id": file_id, "title": "A"}])
    assert code(error) == "file_not_found"


def test_only_a_post_to_a_known_address_is_taken(client):
    _, url = started(client)

    assert httpx.get(url).status_code == 400
    assert httpx.post(f"{url}9", content=b"hello").status_code == 400


def test_an_upload_is_completed_once(client):
    file_id = uploaded(client)
    client.files_completeUploadExternal(files=[{"id": file_id, "title": "A"}], channel_id="D0ADA")

    with pytest.raises(SlackApiError) as error:
        client.files_completeUploadExternal(files=[{"id": file_id, "title": "A"}])
    assert code(error) == "file_not_found"


@pytest.mark.parametrize("where", ["D0NOBODY", "U0ADA"])
def test_a_file_goes_into_an_open_conversation_only(client, where):
    with pytest.raises(SlackApiError) as error:
        client.files_completeUploadExternal(
            files=[{"id": uploaded(client), "title": "A"}], channel_id=where
        )
    assert code(error) == "channel_not_found"


@pytest.mark.parametrize(("name", "length"), [("a.txt", 0), ("a" * 256, 5), ("a.txt", 9 * 2**20)])
def test_a_file_of_no_name_or_length_that_slack_knows_is_refused(client, name, length):
    with pytest.raises(SlackApiError) as error:
        client.files_getUploadURLExternal(filename=name, length=length)
    assert code(error) == "invalid_arguments"


@pytest.mark.parametrize("files", [[], "none"])
def test_completing_needs_files(client, files):
    with pytest.raises(SlackApiError) as error:
        client.api_call("files.completeUploadExternal", json={"files": files})
    assert code(error) == "invalid_arguments"


def test_a_deleted_file_is_gone_and_its_message_stays(slack, client):
    file_id = uploaded(client)
    client.files_completeUploadExternal(files=[{"id": file_id, "title": "A"}], channel_id="D0ADA")
    client.files_delete(file=file_id)

    assert slack.file(file_id) is None
    assert len(slack.messages_to("U0ADA")) == 1
    for file, expected in ((file_id, "file_deleted"), ("F0NONE", "file_not_found")):
        with pytest.raises(SlackApiError) as error:
            client.files_delete(file=file)
        assert code(error) == expected


def test_a_workspace_that_takes_no_files_or_keeps_everything_says_so(slack, client):
    ts = client.chat_postMessage(channel="D0ADA", text="Hello")["ts"]
    file_id = uploaded(client)
    slack.faults.uploads_disabled = slack.faults.deleting_refused = True
    for call, expected in (
        (lambda: started(client), "file_uploads_disabled"),
        (lambda: client.files_delete(file=file_id), "cant_delete_file"),
        (
            lambda: client.chat_delete(channel="D0ADA", ts=ts),
            "compliance_exports_prevent_deletion",
        ),
    ):
        with pytest.raises(SlackApiError) as error:
            call()
        assert code(error) == expected


def test_files_need_their_own_right(slack, client):
    slack.faults.missing_scopes.add("files:write")
    for call in (
        lambda: started(client),
        lambda: client.files_completeUploadExternal(files=[{"id": "F1"}]),
        lambda: client.files_delete(file="F1"),
    ):
        with pytest.raises(SlackApiError) as error:
            call()
        assert code(error) == "missing_scope"
        assert error.value.response["needed"] == "files:write"
