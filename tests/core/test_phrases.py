"""What the bot itself says: whole in every language, understood where it asks for words, and reworded."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from bots.commands.phrases import phrases as phrases_command
from core.escalation import Cue, cues, declines_offer, takes_offer
from core.knowledge.companions import Companions
from core.messages import Press, Reason
from core.phrases import ENGLISH, PHRASES, Phrases, phrases_in, spoken
from core.phrases.rewording import WrongPhrases, as_section, parse_phrases
from tests.builders import passage, write_knowledge

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 11, 20, 17, 0, tzinfo=BERLIN).timestamp()
HOUR, DAY = 3_600.0, 86_400.0
KEYS = [field.name for field in fields(Phrases)]
# What may well be the same in another language.
ALIKE = {"one_minute", "minutes", "button_no"}
each_language = pytest.mark.parametrize("language", sorted(PHRASES))


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}


def asked_to_write(text: str) -> str:
    """Return the word that a phrase asks the customer to write."""
    [word] = re.findall(r"\*([^*]+)\*", text)
    return str(word)


# --- the tables --------------------------------------------------------------------------------------


@each_language
@pytest.mark.parametrize("key", KEYS)
def test_every_phrase_is_there_and_leaves_the_same_to_be_filled_in(language: str, key: str) -> None:
    text, english = getattr(PHRASES[language], key), getattr(ENGLISH, key)
    assert text == text.strip() != ""
    assert placeholders(text) == placeholders(english)
    assert language == "en" or text != english or key in ALIKE


@each_language
def test_the_words_that_customers_are_asked_to_write_are_understood(language: str) -> None:
    says = PHRASES[language]
    assert takes_offer(asked_to_write(says.offer))
    assert takes_offer(asked_to_write(says.offer_of))
    assert cues(asked_to_write(says.after_no)) & {Cue.BARE, Cue.PERSON}
    assert Cue.BACK in cues(asked_to_write(says.passed_on))
    assert Cue.PERSON in cues(says.wants_person)


@each_language
def test_what_the_buttons_of_an_offer_say_counts_as_what_they_do(language: str) -> None:
    says = PHRASES[language]
    assert takes_offer(says.button_yes)
    assert declines_offer(says.button_no)


@each_language
def test_all_that_is_put_together_can_be(language: str) -> None:
    says = PHRASES[language]
    for press in (Press.YES, Press.NO, Press.GOOD, Press.BAD, Press.HELPFUL, Press.UNHELPFUL, Press.PERSON):
        assert 0 < len(says.label(press)) <= 75  # docs.slack.dev: a button's text
    for seconds in (10, 60, 600, HOUR, 5 * HOUR, DAY, 9 * DAY):
        assert "{" not in says.span(seconds)
    for days in (0, 1, 3, 30):
        assert "17:00" in says.opening(FRIDAY + days * DAY, FRIDAY, BERLIN)
    assert {says.before_person(reason) for reason in Reason} == {
        "",
        says.not_found,
        says.trouble,
        says.filtered,
        says.looped,
    }


SENTENCES: list[tuple[str, Callable[[Phrases], str], str]] = [
    ("de", lambda p: p.offered("Dana"), "Soll ich Dana dazuholen? Antworten Sie einfach mit *ja*."),
    ("de", lambda p: p.opening(FRIDAY + 3 * DAY, FRIDAY, BERLIN), "am Montag um 17:00 Uhr (CET)"),
    ("de", lambda p: p.still_needed.format(time=p.span(2 * DAY)), "schließen wir diese Anfrage in 2 Tagen."),
    ("fr", lambda p: p.opening(FRIDAY + 10 * DAY, FRIDAY, BERLIN), "le lundi 30 novembre à 17:00 (CET)"),
    ("es", lambda p: p.opening(FRIDAY + DAY, FRIDAY, BERLIN), "mañana a las 17:00 (CET)"),
    ("pt", lambda p: p.span(2 * DAY), "2 dias"),
    ("ja", lambda p: p.opening(FRIDAY + 10 * DAY, FRIDAY, BERLIN), "11月30日（月曜日）17:00（CET）"),
    ("ja", lambda p: p.not_found_of(["返金は？", "送料は？"]), "“返金は？”または“送料は？”の答えは"),
    ("fr", lambda p: p.source_of([passage(heading="When?")]), "_Cela vient de notre article “Refunds”, sous"),
    ("es", lambda p: p.see_also_of(passage()), "_Vea también “Refunds”._"),
]


@pytest.mark.parametrize(("language", "say", "expected"), SENTENCES)
def test_sentences_read_as_they_should(language: str, say: Callable[[Phrases], str], expected: str) -> None:
    assert expected in say(PHRASES[language])


# --- which language ----------------------------------------------------------------------------------

GERMAN, FRENCH = "Wie lange dauert die Rückerstattung?", "Combien de temps dure le remboursement ?"


@pytest.mark.parametrize(
    ("text", "before", "folder", "language"),
    [
        (GERMAN, "", "en", "de"),
        (FRENCH, "de", "en", "fr"),
        ("ok", "de", "en", "de"),
        ("yes", "de", "en", "de"),
        ("thanks", "ja", "en", "ja"),
        ("4711", "", "de", "de"),
        ("4711", "", "", "en"),
        ("Quanto tempo ci vuole per il rimborso?", "", "de", "it"),
    ],
)
def test_customers_are_spoken_to_in_their_own_language(
    text: str, before: str, folder: str, language: str
) -> None:
    assert spoken(text, (), before, folder) == language


def test_a_language_without_phrases_is_answered_in_english() -> None:
    assert phrases_in("it") is ENGLISH
    italian = parse_phrases(as_section("it", ENGLISH).replace("Hi! What can I help you with?", "Ciao!"))
    assert phrases_in("it", italian).greeting == "Ciao!"


# --- rewording ---------------------------------------------------------------------------------------


def test_what_is_reworded_replaces_what_was_there_and_the_rest_stays() -> None:
    tables = parse_phrases('[de]\ngreeting = "Moin!"\n')
    assert tables["de"].greeting == "Moin!"
    assert tables["de"].told == PHRASES["de"].told
    assert tables["en"] is ENGLISH


@each_language
def test_what_is_printed_can_be_read_again(language: str) -> None:
    assert parse_phrases(as_section(language, PHRASES[language])) == PHRASES


WRONG = {
    "[de": "it is not valid TOML",
    'greeting = "Hi"': "`greeting` stands above every section; begin one, such as [en], before it",
    '[german]\ngreeting = "Hi"': "`german` is no language; write its code of two letters, such as [de]",
    '[de]\ngreting = "Hi"': "`greting` of [de] is not known; did you mean `greeting`?",
    '[de]\nxyz = "Hi"': "`xyz` of [de] is not known; `frontdesk phrases` prints all there are",
    '[de]\ngreeting = ""': "`greeting` of [de] has to be a text in quotes",
    "[de]\ngreeting = 5": "`greeting` of [de] has to be a text in quotes",
    f'[de]\ngreeting = "{"x" * 1_001}"': "`greeting` of [de] is longer than 1,000 characters",
    f'[de]\ncommand_ask = "{"x" * 101}"': "`command_ask` of [de] is longer than 100 characters",
    '[de]\nclaimed = "Jemand kommt."': "`claimed` of [de] has to have {name} in braces",
    '[de]\ngreeting = "Hi {name}"': "`greeting` of [de] has to have nothing in braces",
    '[de]\ngreeting = "Hi {"': "`greeting` of [de] has a brace without its partner",
    '[de]\nclaimed = "{name!r}"': "`claimed` of [de] has more than a name in braces",
    '[de]\nweekdays = "Mo Di"': "`weekdays` of [de] has to have 7 words",
    '[de]\nwants_person = "Hol einen!"': "`wants_person` of [de] is known to the rules by its words",
    '[it]\ngreeting = "Ciao"': "`it` is new here, so it has to have all phrases",
}


@pytest.mark.parametrize(("text", "says"), WRONG.items(), ids=WRONG.values())
def test_what_is_wrong_in_the_file_is_told(text: str, says: str) -> None:
    with pytest.raises(WrongPhrases, match=re.escape(says)):
        parse_phrases(text)


def test_a_running_bot_takes_up_new_words_and_keeps_them_when_the_next_are_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_knowledge(tmp_path)
    companions, file = Companions(folder), folder / "phrases.toml"
    assert companions.phrases() == PHRASES
    file.write_text('[en]\ngreeting = "Ahoy!"\n')
    assert companions.phrases()["en"].greeting == "Ahoy!"
    file.write_text('[en]\ngreeting = "Ahoy, {sailor}!"\n')
    assert companions.phrases()["en"].greeting == "Ahoy!"
    assert "has to have nothing in braces" in caplog.text


def test_a_file_that_is_wrong_from_the_start_costs_the_new_words_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_knowledge(tmp_path)
    (folder / "phrases.toml").write_text("[en]\ngreeting = 1\n")
    companions = Companions(folder)
    for _ in range(2):
        assert companions.phrases() == PHRASES
    assert caplog.text.count("`greeting` of [en] has to be a text in quotes") == 1


def test_the_phrases_are_printed_as_they_are_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_knowledge(tmp_path)
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    (folder / "phrases.toml").write_text('[de]\ngreeting = "Moin!"\n')
    printed = CliRunner().invoke(phrases_command, ["de"]).output
    assert parse_phrases(printed)["de"].greeting == "Moin!"
    assert len(asdict(ENGLISH)) == printed.count(" = ")
    unknown = CliRunner().invoke(phrases_command, ["xx"])
    assert unknown.exit_code == 2
    assert "There are no phrases in 'xx'; there are de, en, es, fr, ja, pt." in unknown.output
