"""Reading an answer while it arrives: nothing is split where it hurts, taken back, or said twice."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.messages import Action, Answer, Passage, Reason, Usage
from core.model.reading import Reader, Told, Unreadable, without_thoughts
from core.ports import Opening, Sentence
from core.sentences import ends
from tests.simulators.model_answers import structured

REFUNDS = Passage("refunds.md#1", "refunds.md", "Refunds", "", "Five days.")
GIVEN = {REFUNDS.id: REFUNDS}


def cut(text: str) -> list[str]:
    """Return the sentences of a whole text."""
    at, found = 0, []
    for end in ends(text, final=True):
        if end > at:
            found.append(text[at:end])
            at = end
    assert not text[at:].strip()
    return found


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", " Two!", " Three?"]),
        ("It costs 3.50 a month. See 1.2.3 now.", ["It costs 3.50 a month.", " See 1.2.3 now."]),
        ("Use a tool, e.g. This one. Dr. Wu agrees.", ["Use a tool, e.g. This one.", " Dr. Wu agrees."]),
        ("Es gilt z. B. Am 3. Mai. Danach nicht.", ["Es gilt z. B. Am 3. Mai.", " Danach nicht."]),
        ("We reply in approx. two days. Or so.", ["We reply in approx. two days.", " Or so."]),
        ("Wait... what? He said “No.” Then left.", ["Wait... what?", " He said “No.”", " Then left."]),
        (
            "1. Open it.\n2. Press it. Twice.\n\nDone",
            ["1. Open it.", "\n2. Press it.", " Twice.", "\n\nDone"],
        ),
        ("Steps:\n- one\n- two\nEnd.", ["Steps:", "\n- one", "\n- two", "\nEnd."]),
        (
            "See [our page. Here](https://a.b/c. d) now. Ok.",
            ["See [our page. Here](https://a.b/c. d) now.", " Ok."],
        ),
        ("Type `a. B. c` now. Ok.", ["Type `a. B. c` now.", " Ok."]),
        ("**Mind this. Really.** Ok.", ["**Mind this. Really.**", " Ok."]),
        ("Do:\n```sh\na. B\n\nC. D\n```\nOk. So.", ["Do:", "\n```sh\na. B\n\nC. D\n```", "\nOk.", " So."]),
        (
            "1. Do:\n\n    ```sh\n    a. B\n    ```\n2. Ok. So.",
            ["1. Do:", "\n\n    ```sh\n    a. B\n    ```", "\n2. Ok.", " So."],
        ),
        ("> Do:\n> ```\n> a. B\n> ```\n> Ok.", ["> Do:", "\n> ```\n> a. B\n> ```", "\n> Ok."]),
        ("> ```\n> a. B\nOk. So.", ["> ```\n> a. B", "\nOk.", " So."]),  # the quotation ends its code
        (
            "| A. B | C |\n|---|---|\n| d. E | f |\n\nOk.",
            ["| A. B | C |\n|---|---|\n| d. E | f |", "\n\nOk."],
        ),
        (
            "Plans:\n\n| Plan | Price |\n|---|---|\n| Free | $0. Always. |\n\nPick one.",
            ["Plans:", "\n\n| Plan | Price |\n|---|---|\n| Free | $0. Always. |", "\n\nPick one."],
        ),
        ("はい。五日です。どうぞ", ["はい。", "五日です。", "どうぞ"]),
        ("One\ntwo. Three", ["One\ntwo.", " Three"]),
        ("# Refunds\nFive days.", ["# Refunds", "\nFive days."]),
    ],
)
def test_text_is_cut_at_whole_sentences(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_an_end_is_told_once_it_is_sure() -> None:
    assert list(ends("It costs 3.")) == []
    assert list(ends("It is approx. ")) == []
    assert list(ends("It is so. ")) == []
    assert list(ends("It is so. N")) == [9]
    assert list(ends("It is so.\n\n")) == [9]
    assert list(ends("- It is\n")) == [7]
    assert list(ends("```\nmake. All\n")) == []


FRAGMENTS = st.sampled_from(
    "One. |Two is 3.5! |e.g. this |Is it? |\n\n|\n|- an item\n|1. First. |```\na. B\n```\n|`a. B` |"
    '[x. Y](http://z.a/b) |**Bold. Yes.** |はい。|😀 |é || a. B |\n|\\ |" |</p> |wo|rd|. |… |* |[ |` |'
    "“Quoted.” |# Title\n|No. 5 |No. |Dr. |$ 20. |\n> ```\n> a. B\n|\n    ~~~\n    a. B\n    ~~~\n".split("|")
)
TEXTS = st.lists(FRAGMENTS, min_size=1, max_size=12, unique=True).map("".join).filter(str.strip)
SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=8)


def in_pieces(text: str, sizes: list[int]) -> list[str]:
    pieces: list[str] = []
    while text:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[:size])
        text = text[size:]
    return pieces


def read(reader: Reader, pieces: list[str]) -> list[Opening | Sentence]:
    return [shown for piece in pieces for shown in reader.feed(piece)]


@settings(max_examples=150, deadline=None)
@given(TEXTS, SIZES, st.booleans(), st.booleans())
def test_however_it_comes_it_is_shown_once_and_whole(
    text: str, sizes: list[int], escaped: bool, fenced: bool
) -> None:
    fields = {"action": "answer", "reason": None, "sources": [REFUNDS.id, "x"], "reply": text}
    raw = json.dumps(fields, ensure_ascii=escaped)
    told = Told()
    reader = Reader(GIVEN, told)
    shown = read(reader, in_pieces(f"```json\n{raw}\n```" if fenced else raw, sizes)) + reader.finish()
    assert shown[0] == Opening(Action.ANSWER, None, (REFUNDS,))
    assert "".join(piece.text for piece in shown[1:] if isinstance(piece, Sentence)) == text.strip()
    assert told.answer(Usage()) == Answer(text.strip(), sources=(REFUNDS,))


@settings(max_examples=150, deadline=None)
@given(TEXTS.filter(lambda text: text.lstrip()[:1] not in {"{", "`"}), SIZES)
def test_plain_text_is_shown_once_and_whole(text: str, sizes: list[int]) -> None:
    reader = Reader(GIVEN, told := Told(), plain=True)
    shown = read(reader, in_pieces(text, sizes)) + reader.finish()
    assert shown[0] == Opening(Action.ANSWER, plain=True)
    assert told.text == text.strip()


@settings(max_examples=250, deadline=None)
@given(TEXTS, SIZES, st.integers(0, 200), st.sampled_from(["exact", "sentence", "all"]), st.booleans())
def test_what_breaks_off_anywhere_is_gone_on_with_and_nothing_is_said_twice(
    text: str, sizes: list[int], at: int, manner: str, plain: bool
) -> None:
    text = text.strip()
    if plain and text[:1] in {"{", "`"}:
        return
    raw = text if plain else structured(text)
    told = Told()
    read(Reader(GIVEN, told, plain=plain), in_pieces(raw[:at], sizes))
    shown = told.text
    assert text.startswith(shown)
    rest = text[len(shown) :] if shown else text
    again = {"exact": "", "sentence": told.sentences[-1].strip() if shown else "", "all": shown}[manner]
    # How models go on: with the white space or without, and with or without what they said last.
    rest = f"{again}{rest}" if again else rest.lstrip()
    # What means to say the same once more can't be told from what repeats.
    assume(again or not any(rest.startswith(sentence.strip()) for sentence in told.sentences))
    reader = Reader(GIVEN, told, plain=plain or bool(shown))
    if rest.strip() and not (plain and rest[:1] in {"{", "`"}):
        read(reader, in_pieces(rest if plain else structured(rest), sizes))
        reader.finish()
        assert told.text.startswith(shown)
        assert "".join(told.text.split()) == "".join(text.split())


def told_of(*sentences: str) -> Told:
    told = Told()
    for sentence in sentences:
        list(told.release(Opening(Action.ANSWER), sentence))
    return told


@pytest.mark.parametrize(
    ("rest", "joined"),
    [
        ("Three.", "One is here. Two is there. Three."),
        (" Three.", "One is here. Two is there. Three."),
        ("Two is there. Three.", "One is here. Two is there. Three."),
        ("One is here. Two is there. Three.", "One is here. Two is there. Three."),
        ("Two is three.", "One is here. Two is there. Two is three."),
        ("- An item", "One is here. Two is there.\n\n- An item"),
        ("", "One is here. Two is there."),
    ],
)
def test_the_seam_does_not_show(rest: str, joined: str) -> None:
    told = told_of("One is here.", " Two is there.")
    reader = Reader(GIVEN, told)
    read(reader, in_pieces(structured(rest), [3]))
    reader.finish()
    assert told.text == joined


def test_the_opening_waits_for_the_first_sentence() -> None:
    reader = Reader(GIVEN, Told())
    assert reader.feed('{"action": "offer_human", "reason": "upset", "sources": [], "reply": "Sorry') == []
    assert reader.feed(". I") == [Opening(Action.OFFER_HUMAN, Reason.UPSET), Sentence("Sorry.")]


def test_keys_in_another_order_are_read_at_the_end() -> None:
    reader = Reader(GIVEN, Told())
    assert reader.feed('{"reply": "One. Two.", "sources": [], "reason": null, "action": "clarify"}') == []
    assert reader.finish() == [Opening(Action.CLARIFY), Sentence("One."), Sentence(" Two.")]


@pytest.mark.parametrize(
    "data",
    [
        {"action": "dance", "reason": "upset", "sources": "refunds.md#1", "reply": "Hi."},
        {"action": 7, "reason": 7, "sources": [7, None, "x"], "reply": "Hi."},
        {"reply": "Hi."},
    ],
)
def test_fields_of_another_kind_are_repaired(data: dict[str, object]) -> None:
    reader = Reader(GIVEN, Told())
    shown = reader.feed(json.dumps(data)) + reader.finish()
    assert shown == [Opening(Action.ANSWER), Sentence("Hi.")]


@pytest.mark.parametrize("raw", ["", "  \n", "{", "{}", "[]", "7", '{"reply": 7}', '{"reply": "Hi', "Hi."])
def test_what_holds_no_answer_is_not_read(raw: str) -> None:
    reader = Reader(GIVEN, Told())
    reader.feed(raw)
    with pytest.raises(Unreadable) as error:
        reader.finish()
    assert error.value.empty == (not raw.strip())


def test_half_a_letter_is_no_text() -> None:
    reader = Reader(GIVEN, told := Told())
    reader.feed('{"action": "answer", "reason": null, "sources": [], "reply": "\\ud83d"}')
    reader.finish()
    assert told.text == "\ufffd"


def one(text: str, **how: bool) -> list[Opening | Sentence]:
    reader = Reader(GIVEN, Told(), **how)
    return read(reader, in_pieces(text, [3])) + reader.finish()


@pytest.mark.parametrize("reply", ['"reply": null', '"reply": ""'])
def test_a_person_may_be_called_without_a_word(reply: str) -> None:
    raw = f'{{"action": "escalate", "reason": "upset", "sources": [], {reply}}}'
    assert one(raw) == [Opening(Action.ESCALATE, Reason.UPSET)]
    with pytest.raises(Unreadable):
        one(raw.replace("escalate", "answer"))


def test_json_that_a_plain_model_introduces_is_read_as_json() -> None:
    shown = one(
        f"Sure! Here is the JSON:\n```json\n{structured('Five days.', action='clarify')}\n```", plain=True
    )
    assert shown == [Opening(Action.CLARIFY), Sentence("Five days.")]


def test_plain_words_with_a_brace_are_words() -> None:
    text = "Write {name} where your name goes. Then save."
    assert "".join(p.text for p in one(text, plain=True) if isinstance(p, Sentence)) == text


def test_thoughts_that_break_off_are_no_answer() -> None:
    with pytest.raises(Unreadable):
        one("<think>The customer asks about refunds. The rules say", plain=True)


@pytest.mark.parametrize(
    ("said", "is_left"),
    [
        ("<think>Let me see.</think>\nAnn asked for a refund.", "Ann asked for a refund."),
        ("<think>Let me see", ""),
        (" Ann asked. ", "Ann asked."),
    ],
)
def test_thoughts_are_no_summary(said: str, is_left: str) -> None:
    assert without_thoughts(said) == is_left
