"""The language model: one question, one answer, within five seconds. The only import of its SDK.

Whatever goes wrong becomes a ModelError that says which kind of fault it was. It shows neither the
key nor the address, and no word of the question or of the answer: any of them may be somebody's.
The answer is read by hand: whoever gives it may send anything, at any length and at any pace.
"""

import asyncio
import json
import logging
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from unranked.domain import unreachable
from unranked.errors import ModelError

if TYPE_CHECKING:
    import httpx2

SECONDS = 5.0
AT_A_TIME = 8
"""Questions under way: fewer than the threads that answer people, so that some are always free."""

LARGEST_BYTES = 64 * 1024
_OK = 200
_MOST_TOKENS = 10**9  # whoever says that one answer took more is wrong
_AGENT = "unranked/0.1 (self-hosted)"
_KEPT = frozenset(
    {
        *("accept", "authorization", "connection", "content-length", "content-type"),
        *("host", "transfer-encoding"),
        "x-stainless-raw-response",  # by it the SDK knows that the answer is read here
    }
)
"""Headers that go along. The SDK adds what this machine is, and what stands in its environment."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a language model answered. n_in, n_out: tokens as it counts them, 0 where it does not.

    text: may be empty, and may say anything.
    """

    text: str = field(repr=False)
    n_in: int
    n_out: int


class LanguageModel:
    """A language model behind an address that speaks OpenAI's chat completions.

    name: what its provider calls it. base_url: the address, up to and with its version.
    seconds: the longest that anybody waits for an answer, from the first byte to the last.
    """

    def __init__(self, name: str, key: str, *, base_url: str, seconds: float = SECONDS) -> None:
        self.name = name
        self.base_url = base_url
        self._key = key
        self._seconds = seconds
        self._free = BoundedSemaphore(AT_A_TIME)

    def __repr__(self) -> str:
        """Return its name: the address may hold a password, and the key is one."""
        return f"LanguageModel({self.name!r})"

    @property
    def host(self) -> str:
        """The host that is asked, with its port where one is set."""
        parts = urlsplit(self.base_url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    def ask(self, instructions: str, said: str, *, seconds: float | None = None) -> Reply:
        """Return the answer to what was `said`, under these instructions.

        Asks once. seconds: the longest that this answer is waited for, where it may take longer.
        Raises ModelError where there is no answer in time, or none that can be read.
        """
        patience = self._seconds if seconds is None else seconds
        if not self._free.acquire(blocking=False):
            raise ModelError(
                "The language model has enough to answer already.",
                hint="It answers slowly: look at its own load.",
                asked=False,
            )
        answer: Future[Reply] = Future()
        Thread(
            target=self._answer,
            args=(answer, instructions, said, patience),
            name="model",
            daemon=True,
        ).start()
        try:
            return answer.result(patience)
        except TimeoutError:
            pass  # whoever asked goes on; the thread ends by its own deadline
        raise _late(patience)

    def _answer(self, answer: Future[Reply], instructions: str, said: str, patience: float) -> None:
        fault: ModelError
        try:
            answer.set_result(asyncio.run(self._in_time(instructions, said, patience)))
        except ModelError as error:
            fault = error
        except TimeoutError:
            fault = _late(patience)
        except Exception as error:  # noqa: BLE001 - the SDK's errors hold the request and the key
            fault = _of(error)
        else:
            return
        finally:
            self._free.release()
        answer.set_exception(fault)

    async def _in_time(self, instructions: str, said: str, patience: float) -> Reply:
        # Only a deadline from outside ends a server that sends a byte now and then.
        async with asyncio.timeout(patience):
            return await self._asked(instructions, said)

    async def _asked(self, instructions: str, said: str) -> Reply:
        import openai  # noqa: PLC0415 - half a second, for those alone who have a model

        # At its import it may have been told, by OPENAI_LOG, to write questions into the log.
        logging.getLogger("openai").setLevel(logging.CRITICAL)
        async with (
            self._http() as http,
            openai.AsyncOpenAI(
                api_key=self._key,
                base_url=self.base_url,
                timeout=None,
                max_retries=0,
                http_client=http,
            ) as client,
            client.chat.completions.with_streaming_response.create(
                model=self.name,
                messages=[
                    {"role": "system", "content": instructions},
                    {"role": "user", "content": said},
                ],
                store=False if self._is_openai() else openai.omit,
            ) as response,
        ):
            content = b""
            async for piece in response.iter_bytes():
                content += piece
                if len(content) > LARGEST_BYTES:
                    raise _unreadable()
        return _reply(content)

    def _http(self) -> "httpx2.AsyncClient":
        """Return connections that follow no redirect, and send no header but ours."""
        import httpx2  # noqa: PLC0415 - as slow as what it belongs to

        async def only_ours(request: httpx2.Request) -> None:
            for name in set(request.headers) - _KEPT:
                del request.headers[name]
            request.headers["authorization"] = f"Bearer {self._key}"
            request.headers["user-agent"] = _AGENT
            request.headers["accept-encoding"] = "identity"  # so that its length is its length

        async def only_answers(response: httpx2.Response) -> None:
            if response.status_code != _OK:
                raise _refused(response.status_code)

        return httpx2.AsyncClient(
            timeout=None,  # the one deadline is around all of it
            follow_redirects=False,
            verify=_trusted(),
            event_hooks={"request": [only_ours], "response": [only_answers]},
        )

    def _is_openai(self) -> bool:
        """Return whether the provider is OpenAI, which may keep an answer unless told not to.

        Others do not know the word, and some refuse a question with a word that they do not know.
        """
        return f".{urlsplit(self.base_url).hostname}".endswith(".openai.com")


@cache
def _trusted() -> SSLContext:
    """Return whom to trust: the library's own choice, read once."""
    import httpx2  # noqa: PLC0415 - as above

    return httpx2.create_ssl_context()


def _reply(content: bytes) -> Reply:
    """Return what a chat completion says. Raises ModelError for what is none."""
    match _decoded(content):
        case {"choices": [{"message": {"content": str(text)}} as first, *_], **rest}:
            # Half a sentence may say something else than the whole one.
            whole = "" if first.get("finish_reason") == "length" else text
            counts = rest.get("usage")
            n_in, n_out = (
                _count(counts.get(name)) if isinstance(counts, dict) else 0
                for name in ("prompt_tokens", "completion_tokens")
            )
            return Reply(whole, n_in, n_out)
    raise _unreadable()


def _decoded(content: bytes) -> Any:  # noqa: ANN401 - decoded JSON is whatever was sent
    with suppress(ValueError, RecursionError):  # such an error may quote the answer
        return json.loads(content)
    return None


def _count(value: object) -> int:
    return value if type(value) is int and 0 <= value <= _MOST_TOKENS else 0


def _late(seconds: float) -> ModelError:
    return ModelError(
        f"The language model did not answer within {seconds:g} seconds.",
        hint="Take a faster model, or look at its provider's status page.",
    )


def _unreadable() -> ModelError:
    return ModelError(
        "The language model answered with something that is no chat completion.",
        hint="Check that OPENAI_BASE_URL leads to the API and not to a log-in page or a proxy.",
    )


def _refused(status: int) -> ModelError:
    hints = {
        401: "Make a new key and set OPENAI_API_KEY.",
        403: "The key lacks the right to use this model.",
        404: "Check UNRANKED_MODEL and OPENAI_BASE_URL.",
        429: "Look at the spending limit of the account.",
    }
    return ModelError(
        f"The language model refused the question (HTTP {status}).",
        hint=hints.get(status, "Look at its provider's status page, and at OPENAI_BASE_URL."),
    )


def _of(error: Exception) -> ModelError:
    return ModelError(
        f"The language model could not be asked: {unreachable.why(error)}.",
        hint="Check OPENAI_BASE_URL, the proxy and the network.",
    )
