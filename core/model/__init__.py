"""The only file that imports openai: a request in, an answer or a fault out."""

from __future__ import annotations

import asyncio
import json
import logging
import platform
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import jiter
import openai
from openai.types.chat import ChatCompletion

from core import words
from core.messages import Action, Answer, Passage, Reason, Usage
from core.ports import Call, Meter, ModelFault, Opening, Piece, Request, Sentence
from core.settings import Settings

log = logging.getLogger(__name__)

# What a model may give as its reason; the others are decided in code.
MODEL_REASONS = (
    Reason.ASKED_FOR_PERSON,
    Reason.NOT_IN_ARTICLES,
    Reason.UNSURE,
    Reason.SENSITIVE,
    Reason.UPSET,
)

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": [action.value for action in Action]},
        "reason": {
            "anyOf": [
                {"type": "string", "enum": [reason.value for reason in MODEL_REASONS]},
                {"type": "null"},
            ]
        },
        "sources": {"type": "array", "items": {"type": "string"}},
        "reply": {"type": "string"},
    },
    "required": ["action", "reason", "sources", "reply"],
    "additionalProperties": False,
}

# From the strictest that a server may know to none; the first one that it takes is remembered.
FORMATS: tuple[dict[str, Any], ...] = (
    {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": ANSWER_SCHEMA},
    },
    {"type": "json_object"},
    {},
)

# Families that reason before they answer take no sampling parameters and count their thinking as output:
# platform.openai.com/docs/guides/reasoning.
_REASONING = re.compile(r"^(o\d|gpt-5)")


# The client asks for this at its first request, in a thread of its own, by starting `uname`: with many first
# requests at once a process that has many threads is no place to start others from. Python keeps the answer.
platform.platform()


class OpenAIModel:
    """Chat Completions of OpenAI, or of any server that speaks the same."""

    def __init__(self, settings: Settings, meter: Meter | None = None) -> None:
        self._meter = meter
        key = settings.openai_api_key
        self._client = openai.AsyncOpenAI(
            api_key=key.get_secret_value() if key else "none",
            base_url=str(settings.openai_base_url) if settings.openai_base_url else None,
            timeout=settings.answer_timeout,
            max_retries=2,
            http_client=openai.DefaultAioHttpClient(),
        )
        self._model = settings.openai_model
        self._timeout = settings.answer_timeout
        self._sampling = _sampling(settings)
        self._format = 0

    async def answer(self, request: Request) -> AsyncGenerator[Piece]:
        """Ask for a structured answer; see `Model`."""
        answer = await self._answer(request)
        yield Opening(answer.action, answer.reason, answer.sources)
        if answer.text:
            yield Sentence(answer.text)
        yield answer

    async def _answer(self, request: Request) -> Answer:
        """Ask for a structured answer; once more if what comes is not one.

        Raises:
            ModelFault: None came within the time set, or the server refused.
        """
        usage = Usage()
        try:
            async with asyncio.timeout(self._timeout):
                for _ in range(2):
                    completion = await self._complete(request)
                    usage += _usage(completion)
                    if answer := read(completion, request, self._format, usage):
                        return answer
        except TimeoutError:
            raise ModelFault(f"no answer within {self._timeout:g} s", usage) from None
        except ModelFault as fault:
            raise ModelFault(str(fault), usage) from fault.__cause__
        raise ModelFault("the answer was not in the form that was asked for, twice", usage)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _complete(self, request: Request) -> ChatCompletion:
        """Call the server, with a simpler response format if it does not know the present one."""
        while True:
            arguments = {**self._sampling, **self._limit(request.max_tokens)}
            if FORMATS[self._format]:
                arguments["response_format"] = FORMATS[self._format]
            try:
                # Not chat.completions.create: it goes through every message of the history once more, to
                # turn Python types into JSON's, which took as long as all the rest of a turn's work.
                body = {"model": self._model, "messages": list(request.messages), **arguments}
                completion = await self._metered(request, body)
            except openai.BadRequestError as error:
                if not (_blames_format(error) and self._format + 1 < len(FORMATS)):
                    raise ModelFault(_describe(error)) from error
                self._format += 1
                log.info("The model's server takes no %s; asking more simply.", _blamed(self._format))
                continue
            except openai.OpenAIError as error:
                raise ModelFault(_describe(error)) from error
            except json.JSONDecodeError as error:
                raise ModelFault("the server's answer was not JSON") from error
            if not isinstance(completion, ChatCompletion) or not completion.choices:
                raise ModelFault("the server answered without a completion; check OPENAI_BASE_URL")
            return completion

    async def _metered(self, request: Request, body: dict[str, Any]) -> ChatCompletion:
        """Make a call for which there is room in the budgets, and book what it cost."""
        call = Call(self._model, "answer", request.tokens, request.max_tokens, request.asker)
        number = await self._meter.reserve(call) if self._meter else 0
        used: Usage | None = None
        try:
            completion = await self._client.post("/chat/completions", body=body, cast_to=ChatCompletion)
            if isinstance(completion, ChatCompletion):
                used = _usage(completion)
        except openai.APIStatusError:
            used = Usage()
            raise
        else:
            return completion
        finally:
            if self._meter:
                await self._meter.settle(number, used)

    def _limit(self, tokens: int) -> dict[str, int]:
        name = "max_completion_tokens" if _REASONING.match(self._model) else "max_tokens"
        return {name: tokens}


def _sampling(settings: Settings) -> dict[str, Any]:
    if _REASONING.match(settings.openai_model):
        return {}
    return {"temperature": settings.temperature, "top_p": settings.top_p}


def _blames_format(error: openai.BadRequestError) -> bool:
    return error.param == "response_format" or "response_format" in str(error.message)


def _blamed(now: int) -> str:
    return str(FORMATS[now - 1]["type"])


def _describe(error: openai.OpenAIError) -> str:
    """Return what went wrong without the server's own words: they may repeat the prompt or the key."""
    status = getattr(error, "status_code", None)
    code = getattr(error, "code", None)
    parts = [type(error).__name__, f"HTTP {status}" if status else "", str(code or "")]
    return ", ".join(part for part in parts if part)


def _usage(completion: ChatCompletion) -> Usage:
    used = completion.usage
    if used is None:
        return Usage(completion.model, calls=1)
    cached = used.prompt_tokens_details.cached_tokens if used.prompt_tokens_details else 0
    return Usage(completion.model, used.prompt_tokens, cached or 0, used.completion_tokens, calls=1)


@dataclass(frozen=True, slots=True)
class _Fields:
    action: Action
    reason: Reason | None
    sources: tuple[Passage, ...]
    reply: str


def read(completion: ChatCompletion, request: Request, format: int, usage: Usage) -> Answer | None:
    """Turn a completion into an answer, or return None if it holds none. Pure.

    Args:
        completion: With at least one choice.
        request: What was asked; sources that were not given with it are dropped.
        format: The number of the response format that was asked for; plain text is an answer only
            where no format was.
        usage: What all calls for this answer used.
    """
    choice = completion.choices[0]
    if choice.finish_reason == "content_filter" or choice.message.refusal:
        return Answer("", Action.ESCALATE, Reason.CONTENT_FILTERED, usage=usage)
    content = (choice.message.content or "").strip()
    cut = choice.finish_reason == "length"
    fields = _fields(content, request, partial=cut)
    if fields is None and content and not FORMATS[format]:
        fields = _Fields(Action.ANSWER, None, (), content)
    if fields is None or not (fields.reply or fields.action is Action.ESCALATE):
        return None
    reply = ended(fields.reply) if cut else fields.reply
    return Answer(reply, fields.action, fields.reason, fields.sources, usage)


def _fields(content: str, request: Request, *, partial: bool) -> _Fields | None:
    bare = re.sub(r"^```(?:json)?\s*|\s*```$", "", content)
    try:
        data = jiter.from_json(bare.encode(), partial_mode="trailing-strings" if partial else False)
    except ValueError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("reply"), str):
        return None
    action = _member(Action, data.get("action")) or Action.ANSWER
    reason = _member(Reason, data.get("reason"))
    if action in {Action.ANSWER, Action.CLARIFY}:
        reason = None
    elif reason not in MODEL_REASONS:
        reason = Reason.UNSURE
    named = data.get("sources")
    sources = tuple(
        request.passages[name]
        for name in dict.fromkeys(n for n in (named if isinstance(named, list) else []) if isinstance(n, str))
        if name in request.passages
    )
    return _Fields(action, reason, sources, data["reply"].strip())


def _member(kind: type[Any], value: object) -> Any:
    try:
        return kind(value)
    except ValueError:
        return None


def ended(text: str) -> str:
    """Return a text that broke off, up to its last whole sentence, with a word that there is more."""
    ends = [match.end() for match in re.finditer(r"[.!?。！？](?=\s|$)|\n\n", text)]
    whole = text[: ends[-1]].rstrip() if ends else text.rstrip()
    if whole.count("```") % 2:
        whole += "\n```"
    return f"{whole}\n\n{words.CUT}"
