"""The script of a simulated model: a queue of answers, and the words in which a test fills it."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Unpack

from tests.simulators.model_answers import Answer, Failure, Fault, Manner, Scripted, echo, structured
from tests.simulators.model_fixtures import error_body, error_of
from tests.simulators.model_requests import Request


class Script:
    """What the model answers: what is queued, one each, and then what `always` says."""

    def __init__(self) -> None:
        self._queue: deque[Answer] = deque()
        self._answerer: Callable[[Request], Answer] = echo

    def answer_to(self, request: Request) -> Answer:
        """The answer whose turn it is; one that was queued is used up."""
        return self._queue.popleft() if self._queue else self._answerer(request)

    def queue(self, answer: Answer) -> None:
        """Queue an answer; the methods below put the usual ones into words."""
        self._queue.append(answer)

    def unqueue(self) -> None:
        """Take the answer back that was queued last."""
        self._queue.pop()

    @property
    def queued(self) -> int:
        """How many queued answers no request has used up yet."""
        return len(self._queue)

    def always(self, answerer: Callable[[Request], Answer]) -> None:
        """Answer by this function whatever comes once the queue is empty."""
        self._answerer = answerer

    def replies(
        self,
        reply: str = "Hello",
        action: str = "answer",
        reason: str | None = None,
        sources: Sequence[str] = (),
        **manner: Unpack[Manner],
    ) -> None:
        """Queue a structured answer."""
        self.queue(Scripted(structured(reply, action, reason, sources), **manner))

    def says(self, content: str | None, **manner: Unpack[Manner]) -> None:
        """Queue an answer of this very content."""
        self.queue(Scripted(content, **manner))

    def refuses(self, refusal: str, /, **manner: Unpack[Manner]) -> None:
        """Queue the model's own refusal, which takes the place of the content."""
        manner["refusal"] = refusal
        self.queue(Scripted(None, **manner))

    def drips(self, content: str, every: float = 0.05, **manner: Unpack[Manner]) -> None:
        """Queue an answer of which a piece comes only so often (seconds)."""
        manner["piece_delay"] = every
        self.queue(Scripted(content, **manner))

    # What goes wrong: the errors the service answers with.

    def fails(
        self,
        status: int = 429,
        *,
        code: str | None = None,
        retry_after: float | str | None = None,
        message: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
    ) -> None:
        """Queue an error. Without a code it is the usual one of that status.

        A 200 is an error body under a status that says all is well.
        """
        wait = {} if retry_after is None else {"wait": retry_after}
        body = error_of(status, code, parameter=param, **wait)
        given = {"code": code, "message": message, "param": param}
        body["error"].update({key: value for key, value in given.items() if value is not None})
        sent = dict(headers or {})
        if retry_after is not None:
            sent["retry-after"] = str(retry_after)
        self.queue(Failure(status, body, sent, delay))

    def too_long(self, limit: int = 8192, used: int = 9001) -> None:
        """Queue a 400 context_length_exceeded with these figures (tokens) in its message."""
        self.queue(Failure(400, error_body("context_length", limit=limit, used=used)))

    def rejects_parameter(self, parameter: str) -> None:
        """Queue a 400 unsupported_parameter; `unsupported_parameters` makes it last."""
        self.queue(Failure(400, error_body("unsupported_parameter", parameter=parameter)))

    def rejects_format(self, kind: str = "json_schema") -> None:
        """Queue a 400 for this response_format; taking it out of `supports` makes it last."""
        self.queue(Failure(400, error_body("response_format", format=kind)))

    # What goes wrong on the way.

    def hangs(self, answer: Scripted | None = None) -> None:
        """Queue silence before the headers, until `release`."""
        self._goes_wrong(Fault.HANG, answer)

    def stalls(self, answer: Scripted | None = None, after: int = 2) -> None:
        """Queue an answer that stops after so many pieces, until `release`."""
        self._goes_wrong(Fault.STALL, answer, after)

    def resets(self, answer: Scripted | None = None, after: int | None = None) -> None:
        """Queue a connection reset: before the headers, or after so many pieces."""
        self._goes_wrong(Fault.RESET, answer, after)

    def truncates(self, answer: Scripted | None = None, after: int = 2) -> None:
        """Queue an answer that ends too soon: a stream without its last chunk and [DONE]."""
        self._goes_wrong(Fault.TRUNCATED, answer, after)

    def breaks_off(self, answer: Scripted | None = None, after: int = 2) -> None:
        """Queue a stream in which an error takes the place of a piece."""
        self._goes_wrong(Fault.ERROR_EVENT, answer, after)

    def malformed(self) -> None:
        """Queue a 200 whose JSON breaks off."""
        self._goes_wrong(Fault.MALFORMED)

    def empty(self) -> None:
        """Queue a 200 with nothing after the headers."""
        self._goes_wrong(Fault.EMPTY)

    def wrong_type(self) -> None:
        """Queue a 200 with an HTML page."""
        self._goes_wrong(Fault.WRONG_TYPE)

    def _goes_wrong(self, fault: Fault, answer: Scripted | None = None, after: int | None = None) -> None:
        whole = answer or Scripted(structured("Hello"))
        self.queue(replace(whole, fault=fault, after=after))
