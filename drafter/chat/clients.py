"""LangChain's chat models as a profile says: any OpenAI-compatible server, or another provider by its name.

Importing this module loads LangChain, which takes seconds: import it inside functions only.
"""

import weakref
from typing import Any

import httpx2
import openai
from langchain_core.language_models import BaseChatModel
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from drafter.chat.connection import http_client
from drafter.chat.profiles import Profile, no_such_model
from drafter.errors import BadSettings


class _ChatOpenAI(ChatOpenAI):
    """Keeps what a refusal says, which LangChain drops from a stream, so that it looks like an empty reply."""

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        delta = (chunk.get("choices") or [{}])[0].get("delta") or {}
        if made is not None and delta.get("refusal"):
            made.message.additional_kwargs["refusal"] = delta["refusal"]
        return made


def server_client(
    model: str,
    profile: Profile,
    api_key: str | None,
    *,
    temperature: float | None,
    max_output_tokens: int,
    seed: int | None,
) -> BaseChatModel:
    """A model of an OpenAI-compatible server. It does not retry; its connections end with it."""
    http = http_client(profile.timeout, profile.connect_timeout)
    made = _ChatOpenAI(
        model=model,
        base_url=profile.base_url,  # always given: without it a gateway variable would send prompts elsewhere
        api_key=SecretStr(api_key or "none"),
        temperature=temperature,
        max_completion_tokens=None if profile.limit_parameter == "max_tokens" else max_output_tokens,
        seed=seed,
        timeout=httpx2.Timeout(profile.timeout, connect=profile.connect_timeout),
        max_retries=0,
        stream_usage=profile.stream_usage,
        use_responses_api=False,
        http_client=http,
    )
    weakref.finalize(made, http.close)
    return made


def provider_client(
    name: str, profile: Profile, api_key: str | None, *, temperature: float | None, max_output_tokens: int
) -> BaseChatModel:
    """A model of a provider that LangChain knows, by ``init_chat_model``, with the parameters all of them take.

    Raises:
        BadSettings: LangChain does not know the provider, its package is missing, or it wants other settings.
    """
    from langchain.chat_models import init_chat_model

    given: dict[str, Any] = {"api_key": api_key, "base_url": profile.base_url, "temperature": temperature}
    try:
        made: BaseChatModel = init_chat_model(
            name.partition(":")[2],
            model_provider=profile.provider,
            max_tokens=max_output_tokens,
            timeout=profile.timeout,
            max_retries=0,
            **{key: value for key, value in given.items() if value is not None},
        )
    except ImportError as error:
        package = _package(error)
        raise BadSettings(f"The model {name} needs another package: `pip install {package}`.") from error
    except (openai.OpenAIError, ValueError) as error:
        if str(error).startswith("Unsupported provider"):
            raise BadSettings(no_such_model(name)) from error
        raise BadSettings(  # without the error's own words, which may repeat the key
            f"The model {name} cannot be opened: set DRAFTER_API_KEY, and the variables that LangChain's page on "
            f"{profile.provider} asks for."
        ) from error
    return made


def _package(error: ImportError) -> str:
    """``langchain_anthropic`` is in the package ``langchain-anthropic``."""
    missing = error.__cause__ if isinstance(error.__cause__, ImportError) else error
    return (missing.name or "langchain").partition(".")[0].replace("_", "-")
