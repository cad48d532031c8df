"""Every error that is raised on purpose: what happened, and what to do about it.

A message holds no secret, no directory identifier and no person's words, so that it may be logged.
"""

from datetime import timedelta


class UnrankedError(Exception):
    """Something went wrong that somebody can mend; `hint` says how and where."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"


class ConfigError(UnrankedError):
    """A setting is missing or wrong."""


class StoreError(UnrankedError):
    """The database cannot be opened, written or understood."""


class RosterError(UnrankedError):
    """The list of people cannot be read."""


class ProviderError(UnrankedError):
    """A provider did not give what was asked for.

    retryable: the same request may succeed later without anybody doing anything.
    retry_after: how long the provider asked us to wait, where it did.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str,
        retryable: bool,
        status: int = 0,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.retryable = retryable
        self.status = status
        self.retry_after = retry_after


class CursorExpiredError(ProviderError):
    """The listing has to be read again from its first page."""


class ChannelError(UnrankedError):
    """The chat refuses the whole workspace: nothing can be sent until somebody mends it."""


class ChannelAwayError(ChannelError):
    """The chat gives no answer now; the same call may work later by itself."""


class ModelError(UnrankedError):
    """The language model gave no answer that can be used. asked: whether it was asked at all."""

    def __init__(self, message: str, *, hint: str, asked: bool = True) -> None:
        super().__init__(message, hint=hint)
        self.asked = asked


class TextError(UnrankedError):
    """A text of the product lacks something, or says it in the wrong form."""


class JobError(UnrankedError):
    """A job did not end well, or cannot run now."""


class JobFailedError(JobError):
    """A job did not end well, and the log says already why."""
