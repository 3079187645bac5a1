"""What becomes of words in a conversation that a person has, or takes. Pure."""

from __future__ import annotations

from dataclasses import replace

from core import cards, cases, words
from core.escalation import Small, small_talk
from core.handover import Around, Change, name_of
from core.markdown import escape
from core.messages import Answer, Audience, Author, Case, CaseState, Post, Reason, Role, StoredMessage, Turn
from core.phrases import Phrases, spoken
from core.posts import Cut, joined, new_key, replies
from core.rules import withdraws
from core.store import Decision


def relay(turn: Turn, case: Case, around: Around) -> Decision:
    """Pass a customer's words on to the agents who have their case; the bot is silent.

    The first words after the call are acknowledged, with a way back; "never mind" is that way. A customer
    who changes to another language is spoken to in that one.
    """
    if turn.customer == case.customer.id:
        text = "\n\n".join(message.text for message in turn.waiting)
        case = replace(case, language=spoken(text, before=case.language))
    if turn.customer == case.customer.id and withdraws(turn):
        return _withdrawn(turn, case, around)
    waits = case.state is CaseState.WAITING
    posts: list[Post] = []
    # A claimer is pinged by the first word after their own, not by each.
    mention = around.owner_mention(case) if not waits and case.spoke is Role.AGENT else ""
    for message in turn.waiting:
        posts += cards.below(case, _line(message), around.agents_limit, carries=message.id)
    if posts:
        posts[0] = replace(posts[0], mention=mention)
    said = around.phrases(case).passed_on if waits and not case.told else ""
    thanks = all(small_talk(message.text) in {Small.THANKS, Small.GOOD} for message in turn.waiting)
    new = case if thanks and not waits else cases.spoken(case, Role.CUSTOMER, around.now)
    new = replace(new, told=case.told or waits)
    return Decision(
        None,
        said,
        posts=(*posts, *replies(turn.newest, said, around.limit)),
        change=Change(new, turn.customer),
        window=turn.start,
        language=new.language if turn.customer == case.customer.id else "",
    )


def _line(message: StoredMessage) -> str:
    """Return a message as others read it: who, what, and where its files are."""
    to_others = message.audience is Audience.OTHERS
    who, said = escape(name_of(message.author)), cards.as_told(message.text)
    text = words.from_customer(who, said, to_others=to_others)
    return joined(text, words.links(message.files))


def _withdrawn(turn: Turn, case: Case, around: Around) -> Decision:
    new, withdrawn = cases.step(case, CaseState.CANCELLED, around.now), around.phrases(case).withdrawn
    posts = (
        *cards.below(new, words.WITHDREW, around.agents_limit),
        *cards.update(new, around.policy),
        *replies(turn.newest, withdrawn, around.limit),
    )
    change = Change(new, turn.customer, "withdrawn by the customer")
    return Decision(None, withdrawn, posts=posts, change=change, window=turn.start)


def broken_off(turn: Turn, cut: Cut, phrases: Phrases, relayed: Decision | None = None) -> Decision:
    """Close a reply of which its customer has read something, as a person takes over while it is written.

    Args:
        turn: What it answers.
        cut: What was read.
        phrases: In the customer's language.
        relayed: What becomes of the customer's words, if the case is with people by now.
    """
    owner = turn.case.owner if turn.case else None
    line = (relayed.said if relayed else "") or phrases.goes_on_by(escape(name_of(owner)) if owner else "")
    said = cut.text if cut.closed else joined(cut.text, line)
    posts = replies(turn.newest, said, cut.limit, cut.key)
    if relayed is None:
        return Decision(Answer(said), said, posts=posts, window=turn.start)
    others = [post for post in relayed.posts if post.place != turn.newest.place]
    return replace(relayed, said=said, posts=(*others, *posts))


def taken_over(turn: Turn, around: Around, where: str, link: str) -> Decision:
    """Make an agent who wrote straight into a customer's thread the owner of the case.

    Args:
        turn: What the agent wrote; everybody there has read it already.
        around: See there.
        where: The place in words.
        link: Opens what the agent wrote.
    """
    agent = turn.newest.author
    # Where an agent names the customer, or replies to them, that is no talk among others.
    turn = replace(turn, waiting=tuple(replace(one, audience=Audience.US) for one in turn.waiting))
    theirs = (case for case in (turn.case, turn.beside) if case and case.customer.id != agent.id)
    case = next(theirs, None) or _taken(turn, _host(turn), around)
    new = case
    why = ""
    if case.owner is None or case.owner.id != agent.id or case.state is not CaseState.CLAIMED:
        new, why = cases.step(case, CaseState.CLAIMED, around.now, agent), "wrote to the customer"
    new = cases.spoken(new, Role.AGENT, around.now)
    posts: tuple[Post, ...] = ()
    if not new.ping:
        new = replace(new, ping=new_key(), desk=around.agents.place)
        new = replace(new, body=cards.body(turn, new, where, link, ""))
        card = Post(new.ping, new.desk, cards.card(new, around.policy), buttons=cards.buttons(new))
        posts = (card, *cards.transcript(turn, new, around.agents_limit))
    else:
        posts = cards.update(new, around.policy) if why else ()
        posts += tuple(_seen(turn, new, around))
    return Decision(None, posts=posts, change=Change(new, agent.id, why), window=turn.start, by_agent=True)


def _seen(turn: Turn, case: Case, around: Around) -> list[Post]:
    """Return an agent's words as the others read them below the card."""
    posts: list[Post] = []
    for message in turn.waiting:
        posts += cards.below(case, _line(message), around.agents_limit, carries=message.id)
    return posts


def _host(turn: Turn) -> Author:
    """Return whose conversation an agent joined."""
    others = [m.author for m in turn.history if m.role is Role.CUSTOMER and m.author.id != turn.customer]
    return turn.host or (others[-1] if others else turn.newest.author)


def _taken(turn: Turn, customer: Author, around: Around) -> Case:
    """Return the case of a customer who did not ask for a person."""
    return Case(
        turn.conversation,
        customer,
        Reason.TAKEN_OVER,
        _asked(turn, customer.id),
        CaseState.OFFERED,
        place=turn.newest.place,
        key=new_key(),
        opened_at=around.now,
        language=turn.language,
    )


def _asked(turn: Turn, customer: str) -> str:
    asked = turn.asked_by(customer)
    return asked[-1].text if asked else ""
