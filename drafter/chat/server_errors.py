"""What an error of a model's server means: another response format, another call, or no use."""

import random
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import httpx
import httpx2
import openai
from langchain_core import exceptions as langchain

_LONGEST_WAIT = 60.0
PLAIN = re.compile(r"[\w.\-]{1,60}")
"""A server's word that may be shown: neither a key nor a prompt is that plain and short."""


class BrokenOff(ConnectionError):
    """A stream that ended before its first word and without a reason: asking again loses nothing."""


def rejects_format(error: Exception) -> bool:
    """Whether the server minds how JSON was asked for; some local ones say so with a 500."""
    return (
        isinstance(error, openai.APIStatusError)
        and error.status_code in (400, 422, 500)
        and bool(re.search(r"response_format|json_schema|json_object", f"{error.param} {error.message}"))
    )


def seconds_to_wait(error: Exception, retries: int) -> float | None:
    """Seconds until the next call, None when another call is no use.

    A time-out is not repeated: the server is overloaded or the limit too short, and both get worse by asking
    again. A rate limit's Retry-After is kept to, unless it is longer than a minute.
    """
    if not _passes(error):
        return None
    if isinstance(error, openai.APIStatusError):
        asked = _retry_after(error.response.headers)
        if asked is not None:
            return asked if asked <= _LONGEST_WAIT else None
    # Exponential with jitter, so that many threads do not come back at the same moment.
    return min(8.0, 0.5 * 2.0**retries) * random.uniform(0.75, 1.0)  # noqa: S311  # not for secrets


def _passes(error: Exception) -> bool:
    """Whether the same call may succeed a little later."""
    if isinstance(error, openai.APITimeoutError | langchain.ModelTimeoutError):
        return False
    if isinstance(error, openai.APIStatusError):
        return (error.status_code in (408, 409, 429) or error.status_code >= 500) and not is_quota(error)
    return could_not_connect(error) or (isinstance(error, langchain.ModelError) and error.is_retryable)


def could_not_connect(error: BaseException) -> bool:
    """No connection came about: nobody listens there, or nobody answered within the time for it."""
    if isinstance(error, openai.APITimeoutError):
        causes = (error.__cause__, getattr(error.__cause__, "__cause__", None))
        return any(isinstance(cause, httpx2.ConnectTimeout) for cause in causes)
    return isinstance(
        error, openai.APIConnectionError | langchain.ModelConnectionError | httpx.ConnectError | ConnectionError
    )


_OF_PROVIDERS = (
    (langchain.ModelAuthenticationError, "does not accept the key: set DRAFTER_API_KEY."),
    (langchain.ModelPermissionDeniedError, "does not allow this key to do that: set another DRAFTER_API_KEY."),
    (langchain.ModelNotFoundError, "does not know the model: correct DRAFTER_MODEL."),
    (langchain.ModelRateLimitError, "limits requests: wait, or lower DRAFTER_CONCURRENCY."),
    (langchain.ContextOverflowError, "finds question and sources too long for the model: lower DRAFTER_SOURCES."),
    (langchain.ModelTimeoutError, "said nothing for too long: try again, or raise DRAFTER_TIMEOUT."),
    (langchain.ModelInvalidRequestError, "refused the request: check the model's name and the settings."),
    (Exception, "reported an error: try again later, or look at its status page."),
)


def of_provider(error: Exception) -> str:
    """What an error that LangChain's providers share means, and what to do."""
    return next(meaning for kind, meaning in _OF_PROVIDERS if isinstance(error, kind))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    given = headers.get("retry-after", "")
    try:
        return max(0.0, float(given))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None


def about(error: openai.APIStatusError) -> str:
    """Status, code and parameter, without the server's message, which may repeat the key or the prompt."""
    named = (part for part in (error.code, error.param) if part and PLAIN.fullmatch(part))
    return ", ".join((f"HTTP {error.status_code}", *named))


def is_quota(error: openai.APIStatusError) -> bool:
    """A 429 that no waiting ends."""
    return error.code == "insufficient_quota"


def is_filtered(error: Exception) -> bool:
    """A content filter stopped the prompt; Azure says so with a 400 (code ``content_filter``), before any word."""
    return isinstance(error, openai.APIError) and error.code == "content_filter"


def is_overflow(error: openai.APIStatusError) -> bool:
    """The prompt is longer than the model's context."""
    # Servers other than OpenAI's have no code for it: "exceeds the available context size" (llama-server).
    return error.status_code in (400, 413) and (
        error.code == "context_length_exceeded" or bool(re.search(r"context (?:length|size|window)", error.message))
    )
