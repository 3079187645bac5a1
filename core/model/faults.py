"""Everything that can go wrong with a call to a model: what it is, and what is done about it. Pure.

This is the one table; README.md shows the same one, and a test holds them together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any

from core.messages import Usage
from core.ports import FaultKind, ModelFault
from core.throttle.headers import retry_after


class Happened(StrEnum):
    """What happened, in one word each."""

    UNREACHABLE = auto()
    LOST = auto()
    SERVER_ERROR = auto()
    SLOW = auto()
    STALLED = auto()
    BROKEN = auto()
    RATE_LIMITED = auto()
    QUOTA_SPENT = auto()
    BAD_KEY = auto()
    UNKNOWN_MODEL = auto()
    WRONG_PARAMETER = auto()
    WRONG_FORMAT = auto()
    BLIND = auto()
    BAD_PICTURE = auto()
    TOO_LONG = auto()
    FILTERED = auto()
    REFUSED = auto()
    NOT_A_MODEL = auto()
    EMPTY = auto()
    MALFORMED = auto()
    SPENT_THINKING = auto()
    LENGTH = auto()
    DOWN = auto()
    BUDGET = auto()
    BUSY = auto()
    QUEUE_FULL = auto()


class Remedy(Enum):
    """What is done about it; the value is how README.md says it."""

    RETRY = "tried again, three times in all, after a growing random pause; then the next model"
    WAIT = "tried again after the time the server names, if it fits the time left; then the next model"
    RESUME = "begun anew, or gone on with from what was shown, three tries in all; then the next model"
    AGAIN = "asked once more; then the next model"
    DROP = "left out, remembered, and asked again"
    SIMPLER = "asked in a simpler form (JSON schema, JSON, plain text), which is remembered"
    UNSEEN = "asked again without pictures, and the customer is told that they were not seen"
    CUT = "the oldest pairs of the history leave, and it is asked once more; then the next model"
    CONTINUE = "continued once; then it ends at a whole sentence and says that there is more"
    PERSON = "what was shown stays, and a person is called"
    NEXT = "not tried again: the next model"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        seen: How it shows, as README.md tells it.
        kind: What it is to the rest of the house.
        remedy: What is done.
        words: For whoever runs it, in the log.
        unmade: Whether the call surely cost nothing.
        down: Whether it counts as a sign that the server is down.
    """

    seen: str
    kind: FaultKind
    remedy: Remedy
    words: str
    unmade: bool = False
    down: bool = False


TABLE: dict[Happened, Row] = {
    Happened.UNREACHABLE: Row(
        "no connection",
        FaultKind.TRANSIENT,
        Remedy.RETRY,
        "the server can't be reached",
        unmade=True,
        down=True,
    ),
    Happened.LOST: Row(
        "the connection breaks before the answer",
        FaultKind.TRANSIENT,
        Remedy.RETRY,
        "the connection broke",
        down=True,
    ),
    Happened.SERVER_ERROR: Row(
        "HTTP 408, 409, 5xx",
        FaultKind.TRANSIENT,
        Remedy.RETRY,
        "the server has trouble",
        unmade=True,
        down=True,
    ),
    Happened.RATE_LIMITED: Row(
        "HTTP 429",
        FaultKind.RATE_LIMITED,
        Remedy.WAIT,
        "the account's rate limit is reached; set REQUESTS_PER_MINUTE and TOKENS_PER_MINUTE to it",
        unmade=True,
    ),
    Happened.QUOTA_SPENT: Row(
        "HTTP 402, or 429 with `insufficient_quota`",
        FaultKind.QUOTA_SPENT,
        Remedy.NEXT,
        "the account's quota is spent; see its billing page",
        unmade=True,
    ),
    Happened.BAD_KEY: Row(
        "HTTP 401, 403",
        FaultKind.BAD_KEY,
        Remedy.NEXT,
        "the key is refused; check OPENAI_API_KEY",
        unmade=True,
    ),
    Happened.UNKNOWN_MODEL: Row(
        "HTTP 404",
        FaultKind.UNKNOWN_MODEL,
        Remedy.NEXT,
        "there is no such model or address; check OPENAI_MODEL and OPENAI_BASE_URL",
        unmade=True,
    ),
    Happened.WRONG_PARAMETER: Row(
        "HTTP 400, 422 about a parameter that can be left out",
        FaultKind.WRONG_PARAMETER,
        Remedy.DROP,
        "the server does not take a parameter",
        unmade=True,
    ),
    Happened.WRONG_FORMAT: Row(
        "HTTP 400, 422 about the form of the answer, or it is overlooked twice",
        FaultKind.WRONG_PARAMETER,
        Remedy.SIMPLER,
        "the server does not take the form of the answer",
        unmade=True,
    ),
    Happened.BLIND: Row(
        "HTTP 4xx or 500 that says that the model takes no pictures (it is sent none from then on)",
        FaultKind.WRONG_PARAMETER,
        Remedy.UNSEEN,
        "the model takes no pictures; set VISION=false",
        unmade=True,
    ),
    Happened.BAD_PICTURE: Row(
        "HTTP 4xx about one picture",
        FaultKind.WRONG_PARAMETER,
        Remedy.UNSEEN,
        "the server does not take a picture",
        unmade=True,
    ),
    Happened.TOO_LONG: Row(
        "HTTP 413, 400 with `context_length_exceeded`, or 429 for a prompt larger than a minute's limit",
        FaultKind.PROMPT_TOO_LONG,
        Remedy.CUT,
        "the prompt is longer than the model's context; lower CONTEXT_TOKENS",
        unmade=True,
    ),
    Happened.REFUSED: Row(
        "any other HTTP 4xx", FaultKind.OTHER, Remedy.NEXT, "the server refused the request", unmade=True
    ),
    Happened.NOT_A_MODEL: Row(
        "HTTP 200 with a page, or with something that is no completion",
        FaultKind.OTHER,
        Remedy.AGAIN,
        "the server answered without a completion; check OPENAI_BASE_URL",
    ),
    Happened.SLOW: Row(
        "no answer within `ANSWER_TIMEOUT`",
        FaultKind.TIMEOUT,
        Remedy.NEXT,
        "no answer within ANSWER_TIMEOUT",
        down=True,
    ),
    Happened.STALLED: Row(
        "nothing for `STALL_TIMEOUT` in the middle of an answer",
        FaultKind.TIMEOUT,
        Remedy.RESUME,
        "the answer stalled",
        down=True,
    ),
    Happened.BROKEN: Row(
        "an answer breaks off, or an error comes in the middle of it",
        FaultKind.TRANSIENT,
        Remedy.RESUME,
        "the answer broke off",
        down=True,
    ),
    Happened.EMPTY: Row(
        "an answer without words", FaultKind.NO_ANSWER, Remedy.AGAIN, "the answer was empty, twice"
    ),
    Happened.MALFORMED: Row(
        "an answer in another form, or JSON that breaks off",
        FaultKind.NO_ANSWER,
        Remedy.AGAIN,
        "the answer was not in the form that was asked for, twice",
    ),
    Happened.SPENT_THINKING: Row(
        "`length` before the first word",
        FaultKind.NO_ANSWER,
        Remedy.AGAIN,
        "MAX_TOKENS was spent before the first word, twice; raise it, or lower REASONING_EFFORT",
    ),
    Happened.LENGTH: Row(
        "`length` in the middle of an answer",
        FaultKind.NO_ANSWER,
        Remedy.CONTINUE,
        "the answer is longer than MAX_TOKENS",
    ),
    Happened.FILTERED: Row(
        "`content_filter`, a refusal, or what the moderation flags",
        FaultKind.OTHER,
        Remedy.PERSON,
        "the provider's content filter stopped the answer",
        unmade=True,
    ),
    Happened.DOWN: Row(
        "the server failed five times in a row (left alone for a growing time, then tried with one call)",
        FaultKind.TRANSIENT,
        Remedy.NEXT,
        "the server failed again and again; it is left alone for a while",
        unmade=True,
    ),
    Happened.BUDGET: Row(
        "a budget is spent", FaultKind.BUDGET, Remedy.NEXT, "a budget is spent", unmade=True
    ),
    Happened.BUSY: Row(
        "the wait for a turn takes half of the time that is left",
        FaultKind.BUSY,
        Remedy.NEXT,
        "its turn did not come in time",
        unmade=True,
    ),
    Happened.QUEUE_FULL: Row(
        "the queue is full (`QUEUE_SIZE`)",
        FaultKind.QUEUE_FULL,
        Remedy.NEXT,
        "too many calls wait for their turn",
        unmade=True,
    ),
}


def markdown() -> str:
    """Return the table as README.md shows it."""
    head = ["| What happens | Kind | What is done |", "|---|---|---|"]
    return "\n".join(head + [f"| {r.seen} | `{r.kind}` | {r.remedy.value} |" for r in TABLE.values()])


class CallFault(Exception):
    """One call went wrong. Holds nothing of the server's own words, which may repeat the prompt or the key.

    Attributes:
        happened: The row of the table.
        status: The HTTP status, or 0.
        wait: Seconds that the server asks to wait, if it does.
        parameter: The parameter that it does not take.
        limit: The context that it names, in tokens; 0 if it names none.
        used: What the prompt has by its count; 0 if it does not say.
    """

    def __init__(
        self,
        happened: Happened,
        status: int = 0,
        wait: float | None = None,
        parameter: str = "",
        limit: int = 0,
        used: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(TABLE[happened].words)
        self.happened = happened
        self.status = status
        self.wait = wait
        self.parameter = parameter
        self.limit = limit
        self.used = used
        self.headers: Mapping[str, str] = headers or {}

    @property
    def row(self) -> Row:
        """The line of the table."""
        return TABLE[self.happened]

    def as_model_fault(self, model: str, usage: Usage) -> ModelFault:
        """Return it as the rest of the house knows it, with what all tries cost."""
        details = [
            model,
            f"HTTP {self.status}" if self.status else "",
            self.parameter if self.happened is Happened.WRONG_PARAMETER else "",
        ]
        told = ", ".join(detail for detail in details if detail)
        return ModelFault(f"{self.row.words} ({told})" if told else self.row.words, usage, self.row.kind)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A server's error as it came, only to be classified: it is never shown or logged."""

    status: int
    error: Mapping[str, Any] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def code(self) -> str:
        """The code or, without one, the type; some servers put the HTTP status there."""
        code, kind = self.error.get("code"), self.error.get("type")
        return code if isinstance(code, str) and code else kind if isinstance(kind, str) else ""

    @property
    def message(self) -> str:
        """The server's own words, cut to where their sense is."""
        message = self.error.get("message")
        return message[:2_000] if isinstance(message, str) else ""

    @property
    def parameter(self) -> str:
        """The parameter that the server names."""
        parameter = self.error.get("param")
        return parameter if isinstance(parameter, str) else ""


_BY_CODE = {
    "insufficient_quota": Happened.QUOTA_SPENT,
    "billing_hard_limit_reached": Happened.QUOTA_SPENT,
    "billing_not_active": Happened.QUOTA_SPENT,
    "invalid_api_key": Happened.BAD_KEY,
    "model_not_found": Happened.UNKNOWN_MODEL,
    "context_length_exceeded": Happened.TOO_LONG,
    "exceed_context_size_error": Happened.TOO_LONG,
    "content_filter": Happened.FILTERED,
    "content_policy_violation": Happened.FILTERED,
    "rate_limit_exceeded": Happened.RATE_LIMITED,
    "server_error": Happened.SERVER_ERROR,
}
_BY_STATUS = {
    401: Happened.BAD_KEY,
    402: Happened.QUOTA_SPENT,
    403: Happened.BAD_KEY,
    404: Happened.UNKNOWN_MODEL,
    408: Happened.SERVER_ERROR,
    409: Happened.SERVER_ERROR,
    413: Happened.TOO_LONG,
    429: Happened.RATE_LIMITED,
}
_CONTEXT = re.compile(r"context (?:length|size|window)|too many tokens|prompt is too long", re.IGNORECASE)
# A prompt that is larger than what is allowed in a whole minute comes as a rate limit: no waiting helps.
_TOO_LARGE = re.compile(r"request too large", re.IGNORECASE)
_LIMITS = (
    re.compile(r"context (?:length|size|window)\D{0,40}?(\d[\d,]*)", re.IGNORECASE),
    re.compile(r"(?:maximum|max|limit)\D{0,40}?(\d[\d,]*) tokens", re.IGNORECASE),
    re.compile(r"limit (\d[\d,]*), requested", re.IGNORECASE),
)
_USED = re.compile(
    r"(?:resulted in|you requested|requested|has|contains|got|prompt \()\s*(\d[\d,]*)", re.IGNORECASE
)
_FORMS = re.compile(r"response_format|text\.format|json_schema|json_object")


# How servers say that a model takes no pictures at all: OpenAI's "image_url is only supported by certain
# models", llama.cpp's "image input is not supported" (a 500), vLLM's "at most 0 image(s)", OpenRouter's "no
# endpoints found that support image input" (a 404), and those that only know content that is a string.
_NO_PICTURES = re.compile(
    r"image_url|input_image|image inputs?\b|at most 0 image|multi-?modal|vision"
    r"|content\W{0,3} (?:must|should|has to) be (?:a )?(?:valid )?string",
    re.IGNORECASE,
)
# How they speak of one picture that they can't use.
_ONE_PICTURE = re.compile(
    r"unsupported image|valid image|invalid.{0,9}image"
    r"|image.{0,20}(?:too (?:large|small|big)|corrupt|parse|decode)"
    r"|(?:process|parse|decode|download)\w*.{0,20}image",
    re.IGNORECASE,
)


def _about_pictures(refusal: Refusal) -> Happened | None:
    """Return what an error says of the pictures of its request, if it does."""
    told = f"{refusal.code} {refusal.message}"
    if refusal.status not in {400, 404, 413, 415, 422, 500, 501}:
        return None
    if _ONE_PICTURE.search(told):
        return Happened.BAD_PICTURE
    return Happened.BLIND if _NO_PICTURES.search(told) else None


def refused(refusal: Refusal, optional: frozenset[str], now: float, *, pictures: bool = False) -> CallFault:
    """Return what a server's error is. Pure.

    Args:
        refusal: The error.
        optional: The parameters of the request that could be left out.
        now: Seconds since the epoch, to read a Retry-After that is a date.
        pictures: Whether the request held any.
    """
    if pictures and (about := _about_pictures(refusal)):
        return CallFault(about, refusal.status, headers=refusal.headers)
    status, message = refusal.status, refusal.message
    known = _BY_CODE.get(refusal.code)
    if status >= 500 and known not in {Happened.TOO_LONG, Happened.QUOTA_SPENT}:
        return CallFault(
            Happened.SERVER_ERROR, status, retry_after(refusal.headers, now), headers=refusal.headers
        )
    too_large = status == 413 or (status == 429 and _TOO_LARGE.search(message))
    too_long = known is Happened.TOO_LONG or (status in {400, 422} and _CONTEXT.search(message))
    if too_large or too_long:
        limit, used = context_figures(refusal.error)
        return CallFault(Happened.TOO_LONG, status, limit=limit, used=used, headers=refusal.headers)
    if known is None and status in {400, 422}:
        if _FORMS.search(refusal.parameter) or (not refusal.parameter and _FORMS.search(message)):
            return CallFault(Happened.WRONG_FORMAT, status, headers=refusal.headers)
        if parameter := _named(refusal, optional):
            return CallFault(Happened.WRONG_PARAMETER, status, parameter=parameter, headers=refusal.headers)
    happened = known or _BY_STATUS.get(status, Happened.REFUSED if status >= 400 else Happened.SERVER_ERROR)
    return CallFault(happened, status, retry_after(refusal.headers, now), headers=refusal.headers)


def _named(refusal: Refusal, optional: frozenset[str]) -> str:
    """Return which of the optional parameters an error is about."""
    for name in sorted(optional):
        if refusal.parameter.split(".")[0] == name:
            return name
    if refusal.parameter:
        return ""
    # Between quotes, as servers name them: the bare word "stop" may be anybody's.
    named = set(re.findall(r"[\"'`]([a-z_]+)(?:\.[a-z_.]+)?[\"'`]", refusal.message))
    bare = {name for name in optional if "_" in name and re.search(rf"\b{name}\b", refusal.message)}
    return next(iter(sorted((named & optional) | bare)), "")


def context_figures(error: Mapping[str, Any]) -> tuple[int, int]:
    """Return the context that an error names and the prompt's size in it, in tokens; 0 for none."""
    if isinstance(error.get("n_ctx"), int) and isinstance(error.get("n_prompt_tokens"), int):
        return error["n_ctx"], error["n_prompt_tokens"]
    message = str(error.get("message") or "")[:2_000]
    limits = (found for pattern in _LIMITS if (found := pattern.search(message)))
    limit, used = next(limits, None), _USED.search(message)
    return _figure(limit), _figure(used)


def _figure(found: re.Match[str] | None) -> int:
    return int(found[1].replace(",", "")) if found else 0
