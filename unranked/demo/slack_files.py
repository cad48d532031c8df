"""Files of the made-up Slack: the upload in three steps, and deleting (slack.md 13).

Only the last step shows a file to anybody. What was never completed is thrown away.
"""

from http import HTTPStatus
from typing import Any

from unranked.demo.http import Answer, Request
from unranked.demo.slack_arguments import SlackError
from unranked.demo.slack_views import Call, Fields
from unranked.demo.slack_workspace import Draft, Upload, Workspace

PATH = "/upload/v1/"
_LONGEST_NAME = 255
_MOST_BYTES = 8 * 1024 * 1024


def start(call: Call) -> Fields:
    """files.getUploadURLExternal: return where to send the bytes, and the file's id."""
    name, length = call.args.needed("filename"), call.args.number("length", 0)
    if call.faults.uploads_disabled:
        raise SlackError("file_uploads_disabled")
    if not 0 < length <= _MOST_BYTES or len(name) > _LONGEST_NAME:
        raise SlackError("invalid_arguments")
    with call.workspace.lock:
        file_id = f"F0MADEUP{len(call.workspace.uploads) + 1:02}"
        call.workspace.uploads[file_id] = Upload(name, length)
    return {"upload_url": f"{call.workspace.root}{PATH}{file_id}", "file_id": file_id}


def take(workspace: Workspace, request: Request) -> Answer:
    """Take the bytes of a file, raw and whole; anything but 200 means that they were not taken."""
    upload = workspace.uploads.get(request.path.removeprefix(PATH))
    if request.method != "POST" or upload is None or len(request.body) != upload.length:
        return Answer(HTTPStatus.BAD_REQUEST, b"no", content_type="text/plain")
    upload.content = request.body
    return Answer(HTTPStatus.OK, f"OK - {upload.length}".encode(), content_type="text/plain")


def complete(call: Call) -> Fields:
    """files.completeUploadExternal: share the files in a DM, once."""
    given = call.args.json("files", "invalid_arguments")
    if not isinstance(given, list) or not given:
        raise SlackError("invalid_arguments")
    channel = call.args.text("channel_id")
    if channel and not call.workspace.is_open(channel):
        raise SlackError("channel_not_found")
    files = [_completed(call.workspace, one) for one in given]
    if channel:
        fields = {"text": call.args.text("initial_comment"), "files": files, "upload": False}
        call.workspace.commit(Draft(channel, fields))
    return {"files": [{"id": file["id"], "title": file["title"]} for file in files]}


def delete(call: Call) -> Fields:
    """files.delete: the file goes; a message that shows it stays, without it."""
    file_id = call.args.needed("file")
    if call.faults.deleting_refused:
        raise SlackError("cant_delete_file")
    with call.workspace.lock:
        upload = call.workspace.uploads.get(file_id)
        if upload is None:
            raise SlackError("file_not_found")
        if upload.deleted:
            raise SlackError("file_deleted")
        upload.content, upload.deleted = None, True
    return {}


def _completed(workspace: Workspace, given: Any) -> Fields:  # noqa: ANN401 - what the JSON holds
    file_id = str(given.get("id")) if isinstance(given, dict) else ""
    with workspace.lock:
        upload = workspace.uploads.get(file_id)
        if upload is None or upload.content is None or upload.completed:
            raise SlackError("file_not_found")
        upload.completed = True
    title = str(given.get("title") or upload.name)
    return {"id": file_id, "name": upload.name, "title": title, "size": upload.length}
