"""Yes and no after an offer of a person, and small talk, which needs no article."""

from __future__ import annotations

import pytest

from core.escalation import Small, declines_offer, small_talk, takes_offer

YES = """\
yes
Yes!
yes please
yeah, sure
ok
OK 👍
Please do
go ahead
of course, thanks
sounds good
yep
y
that would be great
yes, go ahead please
👉 yes 👈
👍🏽
:+1:
:thumbsup:
do that
I'd like that
ja
Ja gern
ja, bitte!
klar
sehr gerne
das wäre toll
sí
Sí, por favor
claro que sí
vale
de acuerdo, gracias
oui
Oui s'il vous plaît
d'accord
je veux bien
volontiers, merci
sim
sim, por favor
pode ser
com certeza
はい
はい、お願いします
お願いします。
ぜひ"""

NO = """\
no
No.
no thanks
no, thank you
nope
not now
never mind
nevermind
nah
don't
I'm fine
no thanks, I'm good
n
👎
:-1:
nein
Nein danke
lieber nicht
nicht nötig
no gracias
No, gracias.
ahora no
mejor no
non
non merci
pas maintenant
ça ira
não
não, obrigado
agora não
いいえ
結構です
大丈夫です
いえ、いいです"""

NEITHER = """\
yes but how much does it cost
no way this works, my sensor is broken
yesterday
what?
how do I pay
okra
nothing works
maybe
I said no to cookies
ja, aber was kostet das
nein, ich meine das Abo
sí, pero cuánto cuesta
oui mais combien
sim, mas quanto custa
はいチーズ
personne
sin
nova"""


@pytest.mark.parametrize("text", YES.splitlines())
def test_these_take_an_offer(text: str) -> None:
    assert takes_offer(text)
    assert not declines_offer(text)


@pytest.mark.parametrize("text", NO.splitlines())
def test_these_decline_an_offer(text: str) -> None:
    assert declines_offer(text)
    assert not takes_offer(text)


@pytest.mark.parametrize("text", [*NEITHER.splitlines(), "", "👍👎", "???", "yes " * 30, "no " * 50])
def test_these_do_neither(text: str) -> None:
    assert not takes_offer(text)
    assert not declines_offer(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hi", Small.GREETING),
        ("Hello there!", Small.GREETING),
        ("good morning 🌞", Small.GREETING),
        ("hey hey", Small.GREETING),
        ("hi support", Small.GREETING),
        ("Guten Morgen", Small.GREETING),
        ("¡Hola, buenas tardes!", Small.GREETING),
        ("Bonjour à tous", Small.GREETING),
        ("Olá, bom dia", Small.GREETING),
        ("こんにちは。", Small.GREETING),
        ("thanks", Small.THANKS),
        ("Thank you so much!", Small.THANKS),
        ("ok, thanks", Small.THANKS),
        ("Great, thanks a lot", Small.THANKS),
        ("thanks for your help", Small.THANKS),
        ("Vielen Dank für die Hilfe", Small.THANKS),
        ("muchas gracias", Small.THANKS),
        ("Merci beaucoup !", Small.THANKS),
        ("muito obrigada", Small.THANKS),
        ("ありがとうございました", Small.THANKS),
        ("perfect", Small.GOOD),
        ("That worked!", Small.GOOD),
        ("it works now", Small.GOOD),
        ("Das hat geholfen", Small.GOOD),
        ("ya funciona", Small.GOOD),
        ("ça marche maintenant", Small.GOOD),
        ("funcionou", Small.GOOD),
        ("なるほど", Small.GOOD),
        ("hi, how do refunds work?", None),
        ("thanks, and how long do refunds take?", None),
        ("it works not", None),
        ("great plans?", None),
        ("hola, ¿cuánto cuesta?", None),
        ("no", None),
        ("", None),
        ("👋", None),
    ],
)
def test_small_talk_is_told_from_questions(text: str, kind: Small | None) -> None:
    assert small_talk(text) is kind
