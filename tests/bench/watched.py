"""Runs a module as `python -m` would, and measures how long its event loop is held.

    BENCH_STALLS=stalls.jsonl python -m tests.bench.watched bots run

Two things are noted, each from 10 ms on: a callback that ran long ("held": nothing else could run meanwhile),
and a tick that came late ("late": what waits for the loop waits so long, behind one callback or hundreds).
A thread looks meanwhile and notes where the loop is. Written at the end: a JSON line for each.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import runpy
import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType

TICK = 0.005
NOTED = 0.01
PROJECT = str(Path(__file__).parents[2])


class Watch:
    """The ticks and the callbacks of the main thread's event loops, and what took long of them."""

    def __init__(self) -> None:
        self.noted: list[dict[str, object]] = []
        self._due = float("inf")
        self._collection = 0.0
        self._seen: list[tuple[float, str]] = []
        self._thread = threading.get_ident()
        threading.Thread(target=self._look, daemon=True, name="watch").start()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to tick."""
        loop.call_soon(self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        late = time.monotonic() - self._due
        if late > NOTED:
            self._note("late", self._due, late, 0.0)
        self._seen.clear()
        self._due = time.monotonic() + TICK
        loop.call_later(TICK, self._tick, loop)

    def time_callbacks(self) -> None:
        """Measure every callback of every loop."""
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            began, cpu = time.monotonic(), time.thread_time()
            run(handle)
            seconds = time.monotonic() - began
            if seconds > NOTED:
                self._note("held", began, seconds, time.thread_time() - cpu)

        asyncio.Handle._run = timed  # type: ignore[method-assign,assignment]
        gc.callbacks.append(self._collecting)

    def _collecting(self, phase: str, info: dict[str, int]) -> None:
        """Note collections of garbage: they hold the loop in the midst of whatever runs."""
        now = time.monotonic()
        if phase == "start":
            self._collection = now
        elif now - self._collection > NOTED:
            self._seen.append((now, f"garbage collection, {(now - self._collection) * 1e3:.0f} ms"))

    def _note(self, kind: str, began: float, seconds: float, cpu: float) -> None:
        where = list(dict.fromkeys(where for at, where in self._seen if at >= began))
        self.noted.append({"kind": kind, "at": began, "seconds": seconds, "cpu": cpu, "where": where})

    def _look(self) -> None:
        while True:
            time.sleep(TICK)
            if time.monotonic() - self._due > NOTED and (frame := sys._current_frames().get(self._thread)):
                self._seen.append((time.monotonic(), _where(frame)))


class _Policy(asyncio.DefaultEventLoopPolicy):
    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        self._watch.start(loop)
        return loop


def _where(frame: FrameType) -> str:
    """Return the innermost frame of the project, if there is one, and the innermost of all."""
    stack = traceback.extract_stack(frame)
    ours = [f for f in stack if f.filename.startswith(PROJECT) and f.filename != __file__]
    shown = [f for f in (*ours[-1:], stack[-1]) if "__main__" not in f.filename and f.filename != __file__]
    return " > ".join(f"{'/'.join(Path(f.filename).parts[-2:])}:{f.lineno} {f.name}" for f in shown)


def main() -> None:
    module, *arguments = sys.argv[1:]
    watch = Watch()
    watch.time_callbacks()
    asyncio.set_event_loop_policy(_Policy(watch))
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        lines = "".join(json.dumps(noted) + "\n" for noted in watch.noted)
        Path(os.environ["BENCH_STALLS"]).write_text(lines)


if __name__ == "__main__":
    main()
