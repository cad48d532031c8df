"""A made-up language model on loopback: chat completions over HTTP, well and badly behaved."""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openai.resources.chat.completions  # noqa: F401 - no test's first question waits for it

from unranked import llm

KEY = "sk-zebra-4711"
NAME = "made-up-1"


def completion(text, *, n_in=120, n_out=30, finish="stop", **more):
    """Return the body of an answer, in the documented shape."""
    return {
        "id": "chatcmpl-made-up",
        "object": "chat.completion",
        "created": 1,
        "model": NAME,
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, "refusal": None},
            }
        ],
        "usage": {"prompt_tokens": n_in, "completion_tokens": n_out, "total_tokens": n_in + n_out},
        **more,
    }


class FakeModel:
    """The server. `does` is what it does with a question; `asked` what it was sent."""

    def __init__(self):
        self.asked = []
        self.does = says("It is as the lines above say.")
        self.over = threading.Event()
        outer = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, dict(self.headers), json.loads(body)))
                with suppress(OSError):  # whoever asked may have gone
                    outer.does(self, outer)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def sent(self):
        """Everything that it was ever sent, as one text."""
        return json.dumps(self.asked, ensure_ascii=False)

    def __enter__(self):
        llm._trusted()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def answers(content, *, status=200, headers=()):
    """Answer with these bytes."""

    def do(door, _model):
        door.send_response(status)
        for name, value in headers:
            door.send_header(name, value)
        door.send_header("Content-Length", str(len(content)))
        door.end_headers()
        door.wfile.write(content)

    return do


def says(text, **more):
    """Answer with this text."""
    return answers(json.dumps(completion(text, **more)).encode())


def obeys(find):
    """Answer with what `find` makes of the question: a model that does as it is told in it."""

    def do(door, model):
        says(find(model.asked[-1][2]["messages"]))(door, model)

    return do


def hangs(_door, model):
    """Give no answer."""
    model.over.wait(60)


def drips(before):
    """Send a beginning, and then a byte now and then, for as long as anybody listens."""

    def do(door, model):
        door.wfile.write(before)
        while not model.over.wait(0.05):
            door.wfile.write(b" ")
            door.wfile.flush()

    return do


def floods(door, _model):
    """Send without end, as fast as it is read."""
    door.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        door.wfile.write(b" " * 65_536)


def closes(door, _model):
    """Say nothing and go."""
    door.close_connection = True


def cuts(door, _model):
    """End in the middle."""
    door.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{")
    door.close_connection = True
