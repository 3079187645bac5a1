"""Prints how often the language of a short message is told right: `python -m tests.bench.languages`."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence

from core.language import language_of
from tests.core.escalation_sentences import FOLDER, LANGUAGES
from tests.core.language_messages import messages


def _escalation() -> list[tuple[str, str]]:
    return [
        (language, line)
        for language in LANGUAGES
        for line in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("[")
    ]


def report(name: str, listed: Sequence[tuple[str, str]]) -> str:
    """Return a line for each language, and the messages that are taken for another one."""
    began = time.process_time()
    told = [(language, language_of(text), text) for language, text in listed]
    each = (time.process_time() - began) / len(listed)
    rows: dict[str, Counter[str]] = {}
    for language, found, _ in told:
        kind = "right" if found == language else "wrong" if found else "not clear"
        for row in (language or "none", "all"):
            rows.setdefault(row, Counter())[kind] += 1
    lines = [f"{name}: {len(listed)} messages, {each * 1e6:.0f} µs each"]
    lines.append(f"{'':8}{'right':>8}{'not clear':>12}{'wrong':>8}")
    for row, count in sorted(rows.items(), key=lambda item: -item[1].total()):
        lines.append(f"{row:8}{count['right']:8}{count['not clear']:12}{count['wrong']:8}")
    wrong = [one for one in told if one[1] not in {"", one[0]}]
    lines += [f"  {language or 'none'} taken for {found}: {text}" for language, found, text in wrong]
    return "\n".join(lines)


if __name__ == "__main__":
    for name, listed in (("languages.txt", messages()), ("escalation", _escalation())):
        sys.stdout.write(report(f"tests/fixtures/{name}", listed) + "\n\n")
