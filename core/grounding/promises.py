"""Promises of deeds: what a reply says that somebody has done or will do, though nobody does. Pure.

The bot can answer and bring in a person; it can't refund, cancel or look into an account. What the company
does by its own rules ("we pay your refund within 5 business days") is no promise: it stands in an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.grounding.claims import Claim, Key, Kind
from core.messages import Action

_I = re.IGNORECASE
# What stands between the one who acts and the deed, without a "not".
_EN_FILL = r"(?: (?:just|already|now|also|gladly|happily|personally|immediately|then|gone ahead and|to)){0,3}"
_EN_DONE = (
    "refunded|cancell?ed|credited|reimbursed|reset|replaced|shipped|sent|resent|e-?mailed|mailed|extended|"
    "upgraded|downgraded|updated|changed|deleted|removed|unlocked|restored|activated|deactivated|started|"
    "processed|issued|initiated|arranged|applied|approved|booked|ordered|added|waived|corrected|fixed|"
    "reported|checked|verified|confirmed|reviewed|looked (?:up|into|at)|investigated|submitted|scheduled|"
    "placed|renewed|transferred your|switched|moved you|signed you|enrolled|set up|turned (?:on|off)|"
    "unsubscribed|converted|closed|reopened|made (?:the|that|this|your)"
)
_EN_DO = (
    "refund|cancel|credit|reimburse|reset|replace|ship|send|resend|e-?mail|mail|extend|upgrade|downgrade|"
    "update|change|delete|remove|unlock|restore|activate|deactivate|start|process|issue|initiate|arrange|"
    "apply|approve|book|order|waive|correct|fix|report|check|verify|review|look (?:up|into)|investigate|"
    "submit|schedule|place|renew|close|reopen|call you|get back to you|follow up|keep you (?:posted|updated)"
)
_EN_DOING = (
    "refunding|cancel+ing|crediting|reimbursing|resetting|replacing|shipping|sending|e-?mailing|extending|"
    "upgrading|downgrading|updating|changing|deleting|removing|unlocking|restoring|activating|processing|"
    "issuing|initiating|arranging|applying|approving|checking|verifying|reviewing|looking into|investigating|"
    "submitting|scheduling|closing"
)
_EN_HAND = (
    "escalate|forward|pass|hand|transfer|connect|notify|inform|tell|alert|let (?:the|our) team|open|create|"
    "raise|file|log|bring in|ask (?:the|our|a) (?:team|colleague)"
)
_EN_HANDED = (
    "escalated|forwarded|passed|handed|transferred|connected|notified|informed|told|alerted|"
    "let (?:the|our) team|opened|created|raised|filed|logged|brought in|asked (?:the|our|a) \\w+"
)
_EN_HANDING = (
    "escalating|forwarding|passing|handing|transferring|connecting|notifying|informing|alerting|opening|"
    "creating|raising|filing|logging|bringing in"
)
# What is passed on: "I'll open the next step" hands nothing over.
_TO = (
    r"(?=[^.!?\n]{0,60}\b(?:team|person|people|human|agent|colleagues?|specialist|support|department|manager|"
    r"carrier|warehouse|bank|ticket|case|request|issue|problem|parcel|order|payment|this|it|you|somebody|someone)\b)"
)
_THING = (
    "refund|order|plan|subscription|payment|account|password|request|parcel|replacement|claim|ticket|case|"
    "amount|invoice|address|trial|money|card|credit|membership|return|complaint|issue"
)
_UNLESS_EN = (
    r"\b(?:if|once|when|whenever|after|as soon as|until|unless|whether|before|in case|provided|should you)\b"
)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How a promise is worded.

    Attributes:
        words: What it is found by.
        handover: Whether it is a hand-over to people, which is true where the answer is one.
        done: Whether it says that it was done.
        unless: What makes it a rule rather than a promise where it stands before, or anywhere for "we".
    """

    words: re.Pattern[str]
    handover: bool = False
    done: bool = False
    unless: re.Pattern[str] | None = None


def _of(words: str, *, handover: bool = False, done: bool = False, unless: str = "") -> _Pattern:
    return _Pattern(re.compile(words, _I), handover, done, re.compile(unless, _I) if unless else None)


_WILL = r"(?:'ll| will| shall|'m going to| am going to|'m about to| want to make sure to)"
_HAVE = r"(?:'ve| have|'d| had)"
_WITHIN = r"\b(?:within|usually|normally|always|every|each|as soon as|by the end)\b"
_ENGLISH = (
    _of(rf"\b(?:I|we){_HAVE}{_EN_FILL} (?:{_EN_DONE})\b", done=True, unless=_UNLESS_EN),
    _of(rf"\bI{_EN_FILL} (?:{_EN_DONE})\b", done=True),
    _of(rf"\bI(?:'m| am| was able to){_EN_FILL} (?:{_EN_DOING}|{_EN_DO})\b"),
    _of(rf"\b(?:I{_WILL}|let me|I can|allow me to){_EN_FILL} (?:{_EN_DO})\b"),
    _of(rf"\b(?:shall|should|may|could) I{_EN_FILL} (?:{_EN_DO})\b|\b(?:like|want) me to (?:{_EN_DO})\b"),
    _of(rf"\bwe{_WILL}{_EN_FILL} (?:{_EN_DO})\b", unless=rf"{_UNLESS_EN}|{_WITHIN}"),
    _of(rf"\bwe(?:'re| are) (?:now |already |currently )?(?:{_EN_DOING}) (?:your|you|the|it|this)\b"),
    _of(
        rf"\b(?:your|the|a|this) (?:\w+ ){{0,2}}(?:{_THING}) (?:has|have) (?:now |already |just |also )*been "
        rf"(?:successfully )?(?:{_EN_DONE})\b|\byour (?:\w+ ){{0,2}}(?:{_THING}) (?:is|are) (?:now |already )*"
        r"(?:approved|cancelled|canceled|on (?:its|the) way|confirmed|being processed|refunded)\b",
        done=True,
        unless=_UNLESS_EN,
    ),
    _of(
        r"\bI (?:can )?see (?:in|on|from|that) (?:your|the) (?:account|order|file|records?|payments?)\b",
        done=True,
    ),
    _of(rf"\b(?:I|we){_HAVE}{_EN_FILL} (?:{_EN_HANDED})\b{_TO}", handover=True, done=True, unless=_UNLESS_EN),
    _of(rf"\bI{_EN_FILL} (?:{_EN_HANDED})\b{_TO}", handover=True, done=True),
    _of(rf"\b(?:I{_WILL}|let me){_EN_FILL} (?:{_EN_HAND})\b{_TO}", handover=True),
    _of(rf"\bI(?:'m| am){_EN_FILL} (?:{_EN_HANDING})\b{_TO}", handover=True),
    _of(rf"\bwe{_WILL}{_EN_FILL} (?:{_EN_HAND})\b{_TO}", handover=True, unless=f"{_UNLESS_EN}|{_WITHIN}"),
    _of(
        rf"\b(?:your|this|the|a) (?:\w+ ){{0,2}}(?:{_THING}|message|question|matter) (?:has|have) (?:now |just "
        rf"|already )*been (?:{_EN_HANDED})\b",
        handover=True,
        done=True,
        unless=_UNLESS_EN,
    ),
    _of(
        r"\b(?:someone|somebody|a (?:person|human|colleague|specialist|team member|representative|manager|"
        r"supervisor)|an agent|one of our [\w ]{3,20}|our (?:support )?team|we)(?: from [\w ]{3,20})?(?:'ll| will)"
        r" (?:be |soon |shortly |personally )*(?:contact|call|reach out|get back|be in touch|in touch|follow up)",
        handover=True,
        unless=rf"{_UNLESS_EN}|\b(?:write|contact us|e-?mail us)\b|{_WITHIN}",
    ),
)

_DE_DONE = (
    "erstattet|rückerstattet|zurückerstattet|storniert|gekündigt|gutgeschrieben|zurückgesetzt|ersetzt|verschickt|"
    "versendet|zugeschickt|gesendet|zugesandt|verlängert|geändert|aktualisiert|gelöscht|entsperrt|aktiviert|"
    "deaktiviert|veranlasst|beantragt|genehmigt|geprüft|überprüft|nachgesehen|gestartet|gebucht|bestellt|"
    "korrigiert|eingeleitet|angestoßen|angewiesen"
)
_DE_HANDED = (
    "weitergeleitet|weitergegeben|eskaliert|übergeben|informiert|benachrichtigt|erstellt|angelegt|eröffnet"
)
_DE_DO = (
    "erstatten|zurückerstatten|stornieren|kündigen|gutschreiben|zurücksetzen|ersetzen|schicken|zuschicken|senden|"
    "verlängern|ändern|aktualisieren|löschen|entsperren|aktivieren|veranlassen|beantragen|prüfen|überprüfen|"
    "nachsehen|anrufen|buchen|korrigieren|melden|kümmern"
)
_DE_HAND = (
    "weiterleiten|weitergeben|eskalieren|übergeben|informieren|benachrichtigen|verbinden|anlegen|eröffnen"
)
_DE_I = (
    "erstatte|storniere|kündige|setze|ersetze|schicke|sende|verlängere|ändere|aktualisiere|lösche|entsperre|"
    "aktiviere|veranlasse|beantrage|prüfe|überprüfe|buche|korrigiere|kümmere|rufe"
)
_DE_NO = r"(?:(?!\b(?:nichts?|kein\w*|nie|leider)\b)[^.!?\n]){0,90}"
_DE_IF = r"\b(?:wenn|falls|sobald|nachdem|sofern|ob|bis|wurde\w* nicht)\b"
_GERMAN = (
    _of(rf"\b(?:ich habe|wir haben|habe ich|haben wir){_DE_NO}\b(?:{_DE_DONE})\b", done=True, unless=_DE_IF),
    _of(
        rf"\b(?:ich habe|wir haben|habe ich|haben wir){_DE_NO}\b(?:{_DE_HANDED})\b",
        handover=True,
        done=True,
        unless=_DE_IF,
    ),
    _of(rf"\b(?:ich (?:werde|kann)|werde ich|kann ich|soll ich){_DE_NO}\b(?:{_DE_DO})\b"),
    _of(rf"\b(?:ich werde|werde ich){_DE_NO}\b(?:{_DE_HAND})\b", handover=True),
    _of(
        rf"\bich (?:{_DE_I})\b(?!{_DE_NO}\b(?:nicht|kein\w*|nie)\b)|\b(?:{_DE_I}) ich\b(?!{_DE_NO}\b(?:nicht|kein\w*|nie)\b)"
    ),
    _of(
        r"\b(?:ich (?:leite|gebe|eskaliere|verbinde)|(?:leite|gebe|eskaliere|verbinde) ich)\b[^.!?\n]{0,80}\b(?:weiter|team|kollegen?|eskaliere|verbinde|mitarbeiter\w*)\b|\bich eskaliere\b",
        handover=True,
    ),
    _of(
        rf"\b(?:Ihre?|deine?|Ihren|das|der|die) (?:\w+ ){{0,3}}(?:wurden?|ist|sind) {_DE_NO}\b(?:{_DE_DONE})\b",
        done=True,
        unless=rf"{_DE_IF}|\bwird\b",
    ),
)

_FR_DONE = (
    "rembours\\w*é\\w*|annulé\\w*|résilié\\w*|crédité\\w*|réinitialisé\\w*|remplacé\\w*|envoyé\\w*|expédié\\w*|"
    "prolongé\\w*|modifié\\w*|changé\\w*|mis à jour|supprimé\\w*|débloqué\\w*|activé\\w*|vérifié\\w*|"
    "lancé\\w*|effectué\\w*|consulté\\w*|commandé\\w*|corrigé\\w*"
)
_FR_DO = (
    "rembourser|annuler|résilier|créditer|réinitialiser|remplacer|envoyer|expédier|prolonger|modifier|changer|"
    "mettre à jour|supprimer|débloquer|activer|vérifier|lancer|effectuer|consulter|rappeler|appeler|corriger"
)
_FR_FILL = (
    r"(?: (?:déjà|bien|aussi|maintenant|immédiatement|tout de suite|donc|vous|le|la|les|l['’]|votre|vos))*"
)
_FRENCH = (
    _of(
        rf"(?:\bj['’](?:ai|avais)|\bnous (?:vous )?avons|\bje (?:vous|l['’]|le) ?ai)\b{_FR_FILL} ?(?:{_FR_DONE})",
        done=True,
    ),
    _of(
        rf"\bje (?:vais|peux|souhaite){_FR_FILL} ?(?:{_FR_DO})\b|\bje (?:vous |le |la |les |l['’])?(?:rembourse|annule|résilie|envoie|vérifie|modifie|supprime|réinitialise)\w*\b"
    ),
    _of(
        r"\bje (?:vais )?(?:vous |le |la |l['’])?(?:transmet\w*|transférer|transfère|escalad\w+)\b|\bj['’]ai (?:\w+ ){0,2}(?:transmis|transféré|escaladé|informé|prévenu|ouvert|créé)\b",
        handover=True,
    ),
    _of(
        rf"\bvotre (?:\w+ ){{1,2}}a (?:bien |déjà )?été (?:{_FR_DONE})",
        done=True,
        unless=r"\b(?:si|une fois|lorsque|quand|après|dès)\b",
    ),
)

_ES_DONE = (
    "reembolsado|cancelado|anulado|abonado|restablecido|reemplazado|enviado|ampliado|cambiado|modificado|"
    "actualizado|eliminado|borrado|desbloqueado|activado|revisado|comprobado|verificado|procesado|tramitado|"
    "solicitado|iniciado|devuelto|corregido"
)
_ES_DO = (
    "reembolsar\\w*|cancelar\\w*|anular\\w*|abonar\\w*|restablecer\\w*|reemplazar\\w*|enviar\\w*|ampliar\\w*|"
    "cambiar\\w*|modificar\\w*|actualizar\\w*|eliminar\\w*|borrar\\w*|desbloquear\\w*|activar\\w*|revisar\\w*|"
    "comprobar\\w*|verificar\\w*|procesar\\w*|tramitar\\w*|devolver\\w*|llamar\\w*|solicitar\\w*"
)
_SPANISH = (
    _of(
        rf"(?<!no )(?<!no le )(?<!no te )(?<!no lo )\b(?:he|hemos)(?: (?:ya|también))* (?:{_ES_DONE})\b",
        done=True,
        unless=r"\bsi\b|\bcuando\b|\buna vez\b",
    ),
    _of(rf"(?<!no )\b(?:(?:le |te |lo |la |se lo )?(?:voy a|puedo)) (?:{_ES_DO})\b"),
    _of(
        r"\b(?:voy a )?(?:transferir\w*|escalar\w*|derivar\w*|pasar\w*)\b[^.!?\n]{0,40}\b(?:equipo|compañer\w+|agente|persona)\b|\b(?:he|hemos) (?:\w+ )?(?:transferido|escalado|derivado|informado|avisado|creado|abierto)\b",
        handover=True,
    ),
    _of(
        rf"\bsu (?:\w+ ){{1,2}}(?:ha sido|fue|está) (?:{_ES_DONE.replace('o|', '[oa]|')}|reembolsad[oa]|corregid[oa])\b",
        done=True,
        unless=r"\bsi\b|\bcuando\b|\buna vez\b",
    ),
)

_PT_DONE = (
    "reembolsei|cancelei|creditei|redefini|substituí|enviei|estendi|alterei|mudei|atualizei|excluí|apaguei|"
    "desbloqueei|ativei|verifiquei|processei|solicitei|iniciei|devolvi|corrigi|estornei|"
    "reembolsamos|cancelamos|creditamos|enviamos|estornamos"
)
_PT_DO = (
    "reembolsar|cancelar|creditar|redefinir|substituir|enviar|estender|alterar|mudar|atualizar|excluir|apagar|"
    "desbloquear|ativar|verificar|processar|solicitar|devolver|ligar|estornar|corrigir"
)
_PORTUGUESE = (
    _of(
        rf"(?<!não )\b(?:já |eu |eu já |nós já ){{1}}(?:{_PT_DONE})\b|(?<!não )(?<!\w)(?:{_PT_DONE.split('|reembolsamos')[0]})\b",
        done=True,
    ),
    _of(rf"(?<!não )\b(?:eu )?(?:vou|posso)(?: (?:já|agora|lhe|te))* (?:{_PT_DO})\b"),
    _of(
        r"\b(?:vou|encaminharei) (?:\w+ )?(?:encaminhar|transferir|escalar|passar|avisar)\b|(?<!não )\b(?:encaminhei|transferi|escalei|avisei|abri um)\b",
        handover=True,
    ),
    _of(
        r"\b(?:seu|sua) (?:\w+ ){1,2}(?:já )?foi (?:reembolsad|cancelad|creditad|enviad|alterad|atualizad|aprovad)[oa]\b",
        done=True,
        unless=r"\bse\b|\bquando\b|\bdepois\b|\bapós\b",
    ),
)

_JAPANESE = (
    _of(
        r"(?:返金|キャンセル|解約|変更|送付|発送|再発行|リセット|更新|削除|確認|手配|延長|申請|適用|手続き)(?:を|は|の手続きを)?(?:いた|致)?(?:しました|しておきました|しておきます|済みです|いたしました|致しました)",
        done=True,
        unless="たら|場合|後に",
    ),
    _of(
        r"(?:担当者?|チーム|スタッフ|係)(?:の者)?(?:に|へ)[^。]{0,15}(?:引き継ぎ|転送|伝え|エスカレーション|お繋ぎ|おつなぎ)(?:し|いたし|ます|ました)?",
        handover=True,
    ),
)
_PATTERNS = (*_ENGLISH, *_GERMAN, *_FRENCH, *_SPANISH, *_PORTUGUESE, *_JAPANESE)
# What one of the patterns needs to match: most sentences have none of these.
_HINT = re.compile(
    r"\b(?:i|let me|allow me|me to|been|we['’ ]?(?:'ll|ll|'ve|'re|will|shall|have|are|would)|your|will|'ll|ich|wir haben|"
    r"haben wir|wurden?|je|j['’]|nous|votre|he|hemos|voy|puedo|su|vou|posso|foi|já|\w+ei|\w+amos|abri)\b"
    r"|[ぁ-ん]",
    _I,
)
_WE_DO = re.compile(rf"\bwe (?:also |then |can |may |always ){{0,2}}({_EN_DO})\b", _I)
_OURS = re.compile(rf"\bwe{_WILL}{_EN_FILL} ({_EN_DO})\b", _I)


def promises(text: str, action: Action) -> list[Claim]:
    """Return the promise that a sentence makes, if it makes one that an answer of this action can't keep."""
    if not _HINT.search(text):
        return []
    text = text.replace("’", "'")
    for pattern in _PATTERNS:
        found = pattern.words.search(text)
        if found is None or _is_rule(pattern, text, found):
            continue
        if pattern.handover and (
            action is Action.ESCALATE or (action is Action.OFFER_HUMAN and not pattern.done)
        ):
            continue
        ours = _OURS.search(found[0])
        needs: tuple[tuple[Key, ...], ...] = (((_deed(ours[1])),),) if ours else ()
        return [Claim(Kind.PROMISE, found[0].strip(), needs, ())]
    return []


def deeds(text: str) -> Iterator[Key]:
    """Yield what a text says that the company does by its rules: "we e-mail you a link"."""
    return (_deed(found[1]) for found in _WE_DO.finditer(text))


def _deed(verb: str) -> Key:
    return ("we", verb.lower().replace("-", ""))


def _is_rule(pattern: _Pattern, text: str, found: re.Match[str]) -> bool:
    """Say whether words that look like a promise tell what happens in a case: "once we've shipped it"."""
    if pattern.unless is None:
        return False
    begin = max(text.rfind(mark, 0, found.start()) for mark in ".!?\n。") + 1
    ours = not pattern.done
    ends = [at for mark in ".!?\n。" if (at := text.find(mark, found.end())) >= 0] if ours else [found.end()]
    return bool(pattern.unless.search(text, begin, min(ends, default=len(text))))
