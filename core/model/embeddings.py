"""The provider's embeddings, over the client, the limits and the budgets of the other calls."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from core.messages import Usage
from core.model.bracket import Bill, Brackets
from core.model.breaker import Breaker
from core.model.calls import Pacing
from core.model.faults import CallFault, Happened, Remedy
from core.model.orders import counted
from core.model.wire import Wire
from core.ports import Call, EmbeddingFault, ModelFault

if TYPE_CHECKING:
    from core.ports import Vectors

PATH = "/embeddings"
PURPOSE = "embedding"
# A customer who waits is better served by words alone after that long.
URGENT_SECONDS = 5.0
PATIENT_SECONDS = 60.0
# The API takes 8,192 tokens a text, and 2,048 texts and 300,000 tokens a request. A token is a byte at least,
# so that many bytes are surely within; what a text is about its first ones tell. Models of other servers take
# less, often 512 tokens: what such a server finds too long is halved from then on, as far as this.
TEXT_BYTES = 8_000
REQUEST_BYTES = 240_000
SHORTEST_BYTES = 500
# What a token has on average, in any language: only to set money and turns aside, until the server's count.
BYTES_PER_TOKEN = 3
# That many fit `wire.LONGEST_BODY` as JSON numbers too, which some servers send though base64 was asked for.
BATCH = 50

NO_VECTORS = "the server's answer holds no embeddings; check OPENAI_EMBEDDING_MODEL and OPENAI_BASE_URL"
# Where the table's words are about answers.
_WORDS = {
    Happened.UNKNOWN_MODEL: "there is no such embedding model or address; check OPENAI_EMBEDDING_MODEL and "
    "OPENAI_BASE_URL, or set EMBEDDINGS=auto",
    Happened.TOO_LONG: "the server's embedding model takes no text of 500 bytes; set another one",
    Happened.SLOW: "no embeddings came in time",
    Happened.NOT_A_MODEL: NO_VECTORS,
    Happened.EMPTY: NO_VECTORS,
    Happened.MALFORMED: NO_VECTORS,
}


class ProviderEmbedder:
    """The `Embedder` of a server that speaks the provider's API."""

    batch = BATCH

    def __init__(
        self, wire: Wire, model: str, brackets: Brackets, breaker: Breaker, pacing: Pacing | None = None
    ) -> None:
        """`model` names it; the rest is shared with the calls of other models, or is as theirs."""
        self.name = model
        self._wire = wire
        self._brackets = brackets
        self._breaker = breaker
        self._pacing = pacing or Pacing()
        self._longest = TEXT_BYTES

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        """Return one vector of length 1 for each text; see `Embedder`."""
        import numpy

        until = _now() + (URGENT_SECONDS if urgent else PATIENT_SECONDS)
        rows = [await self._insisted(some, until) for some in _requests(texts)]
        if len({part.shape[1] for part in rows}) > 1:
            raise EmbeddingFault(NO_VECTORS)
        return numpy.concatenate(rows) if rows else numpy.empty((0, 0), numpy.float32)

    async def close(self) -> None:
        """Do nothing: the connections are the model's."""

    async def _insisted(self, texts: Sequence[str], until: float) -> Vectors:
        """Ask, and again where the table of faults says so."""
        failures = 0
        while True:
            try:
                return await self._asked([_cut(text, self._longest) for text in texts], until, failures > 0)
            except ModelFault as refused:
                raise EmbeddingFault(str(refused)) from None
            except CallFault as fault:
                if fault.happened is Happened.TOO_LONG and self._longest > SHORTEST_BYTES:
                    self._longest //= 2
                    continue
                failures += 1
                pause = self._pacing.pause(failures) if fault.wait is None else fault.wait
                passes = fault.row.remedy in {Remedy.RETRY, Remedy.WAIT, Remedy.RESUME}
                if not passes or failures >= self._pacing.tries or _now() + pause >= until:
                    raise self._told(fault) from None
            await asyncio.sleep(pause)

    async def _asked(self, texts: Sequence[str], until: float, again: bool) -> Vectors:
        if not self._breaker.admits(_now()):
            raise CallFault(Happened.DOWN)
        estimate = sum(len(text.encode()) for text in texts) // BYTES_PER_TOKEN + len(texts)
        judged = False
        try:
            async with self._brackets.around(
                Call(self.name, PURPOSE, estimate, 0, again=again), until
            ) as bracket:
                try:
                    rows = await self._answered(texts, until, bracket.bill)
                except CallFault as fault:
                    bracket.bill.unmade = fault.row.unmade and fault.status != 200
                    judged = self._judge(fault)
                    raise
            judged = True
            self._breaker.worked()
            return rows
        finally:
            if not judged:
                self._breaker.untold()

    def _judge(self, fault: CallFault) -> bool:
        """Tell the breaker of a fault; say whether that told it anything."""
        if fault.row.down:
            self._breaker.failed(_now())
        elif fault.status:
            self._breaker.worked()
        return fault.row.down or bool(fault.status)

    async def _answered(self, texts: Sequence[str], until: float, bill: Bill) -> Vectors:
        body = {"model": self.name, "input": list(texts), "encoding_format": "base64"}
        try:
            async with asyncio.timeout_at(until):
                coming = await self._wire.post(PATH, body)
                try:
                    self._brackets.throttle.learn(self.name, coming.headers)
                    events = await coming.events()
                finally:
                    await coming.close()
        except TimeoutError:
            raise CallFault(Happened.SLOW) from None
        except CallFault as fault:
            self._brackets.throttle.learn(self.name, fault.headers)
            raise
        answer = events[0] if events else {}
        told = answer.get("usage")
        used = counted(told.get("prompt_tokens")) if isinstance(told, dict) else 0
        bill.usage = Usage(self.name, used, 0, 0, 1)
        return _rows(answer, len(texts))

    def _told(self, fault: CallFault) -> EmbeddingFault:
        status = f", HTTP {fault.status}" if fault.status else ""
        return EmbeddingFault(f"{_WORDS.get(fault.happened, fault.row.words)} ({self.name}{status})")


def _cut(text: str, longest: int) -> str:
    """Return what of a text is sent: so many bytes at most, whole characters, and never nothing."""
    return text.encode("utf-8", "replace")[:longest].decode("utf-8", "ignore") or " "


def _requests(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield texts by requests, each within the API's limits."""
    some: list[str] = []
    room = REQUEST_BYTES
    for text in texts:
        size = len(_cut(text, TEXT_BYTES).encode())
        if some and (len(some) == BATCH or size > room):
            yield some
            some, room = [], REQUEST_BYTES
        some.append(text)
        room -= size
    if some:
        yield some


def _rows(answer: dict[str, Any], count: int) -> Vectors:
    """Return the vectors of an answer, in the order of the texts, each brought to length 1.

    Raises:
        EmbeddingFault: They are not all there, or are none.
    """
    import numpy

    try:
        data = sorted(answer["data"], key=lambda entry: int(entry["index"]))
        rows = numpy.array([_numbers(entry["embedding"]) for entry in data], numpy.float32)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise EmbeddingFault(NO_VECTORS) from None
    if rows.ndim != 2 or len(rows) != count:
        raise EmbeddingFault(NO_VECTORS)
    lengths = numpy.linalg.norm(rows, axis=1, keepdims=True)
    if not (numpy.isfinite(lengths) & (lengths > 0)).all():
        raise EmbeddingFault(NO_VECTORS)
    unit: Vectors = rows / lengths
    return unit


def _numbers(given: Any) -> Any:
    """Return a vector as it came: little-endian float32 as base64, or a list of numbers."""
    import numpy

    return numpy.frombuffer(base64.b64decode(given), "<f4") if isinstance(given, str) else given


def _now() -> float:
    return asyncio.get_running_loop().time()
