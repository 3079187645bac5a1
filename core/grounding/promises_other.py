"""How promises are worded in German, French, Spanish, Portuguese and Japanese."""

from core.grounding.wording import pattern

# --- German -------------------------------------------------------------------------------------------

_DE_DONE = (
    "erstattet|rückerstattet|zurückerstattet|storniert|gekündigt|gutgeschrieben|zurückgesetzt|ersetzt|"
    "verschickt|versendet|zugeschickt|gesendet|zugesandt|verlängert|geändert|aktualisiert|gelöscht|entsperrt|"
    "aktiviert|deaktiviert|veranlasst|beantragt|genehmigt|geprüft|überprüft|nachgesehen|gestartet|gebucht|"
    "bestellt|korrigiert|eingeleitet|angestoßen|angewiesen"
)
_DE_HANDED = (
    "weitergeleitet|weitergegeben|eskaliert|übergeben|informiert|benachrichtigt|erstellt|angelegt|eröffnet"
)
_DE_DO = (
    "erstatten|zurückerstatten|stornieren|kündigen|gutschreiben|zurücksetzen|ersetzen|schicken|zuschicken|"
    "senden|verlängern|ändern|aktualisieren|löschen|entsperren|aktivieren|veranlassen|beantragen|prüfen|"
    "überprüfen|nachsehen|anrufen|buchen|korrigieren|melden|kümmern"
)
_DE_HAND = (
    "weiterleiten|weitergeben|eskalieren|übergeben|informieren|benachrichtigen|verbinden|anlegen|eröffnen"
)
_DE_I = (
    "erstatte|storniere|kündige|setze|ersetze|schicke|sende|verlängere|ändere|aktualisiere|lösche|entsperre|"
    "aktiviere|veranlasse|beantrage|prüfe|überprüfe|buche|korrigiere|kümmere|rufe"
)
_DE_I_HAND = "leite|gebe|eskaliere|verbinde"
_DE_NOT = r"\b(?:nichts?|kein\w*|nie|leider)\b"
_DE_FILL = rf"(?:(?!{_DE_NOT})[^.!?\n]){{0,90}}"
_DE_NO = rf"(?![^.!?\n]{{0,90}}{_DE_NOT})"
_DE_IF = r"\b(?:wenn|falls|sobald|nachdem|sofern|ob|bis|wird)\b"
_DE_HAVE = r"\b(?:ich habe|wir haben|habe ich|haben wir)"
_GERMAN = (
    pattern(rf"{_DE_HAVE}{_DE_FILL}\b(?:{_DE_DONE})\b", done=True, unless=_DE_IF),
    pattern(rf"{_DE_HAVE}{_DE_FILL}\b(?:{_DE_HANDED})\b", handover=True, done=True, unless=_DE_IF),
    pattern(rf"\b(?:ich (?:werde|kann)|werde ich|kann ich|soll ich){_DE_FILL}\b(?:{_DE_DO})\b"),
    pattern(rf"\b(?:ich werde|werde ich){_DE_FILL}\b(?:{_DE_HAND})\b", handover=True),
    pattern(rf"\bich (?:{_DE_I})\b{_DE_NO}", rf"\b(?:{_DE_I}) ich\b{_DE_NO}"),
    pattern(
        rf"\b(?:ich (?:{_DE_I_HAND})|(?:{_DE_I_HAND}) ich)\b"
        r"[^.!?\n]{0,80}\b(?:weiter|team|kollegen?|mitarbeiter\w*)\b",
        r"\bich eskaliere\b",
        handover=True,
    ),
    pattern(
        rf"\b(?:Ihre?|deine?|Ihren) (?:\w+ ){{1,3}}wurden?{_DE_FILL}\b(?:{_DE_DONE})\b",
        done=True,
        unless=_DE_IF,
    ),
)

# --- French -------------------------------------------------------------------------------------------

_FR_DONE = (
    r"(?:rembours|annul|résili|crédit|réinitialis|remplac|envoy|expédi|prolong|modifi|chang|supprim|débloqu|"
    r"activ|vérifi|lanc|effectu|consult|command|corrig)ée?s?\b|mis à jour"
)
_FR_DO = (
    "rembourser|annuler|résilier|créditer|réinitialiser|remplacer|envoyer|expédier|prolonger|modifier|changer|"
    "mettre à jour|supprimer|débloquer|activer|vérifier|lancer|effectuer|consulter|rappeler|appeler|corriger"
)
_FR_I = "rembourse|annule|résilie|envoie|vérifie|modifie|supprime|réinitialise"
_FR_FILL = r"(?: (?:déjà|bien|aussi|maintenant|immédiatement|donc|vous|le|la|les|votre|vos)| l')*"
_FRENCH = (
    pattern(rf"(?:\bj'(?:ai|avais)|\bnous (?:vous )?avons|\bje vous ai){_FR_FILL} (?:{_FR_DONE})", done=True),
    pattern(
        rf"\bje (?:vais|peux|souhaite){_FR_FILL} ?(?:{_FR_DO})\b",
        rf"\bje (?:vous |le |la |les |l')?(?:{_FR_I})\b(?! (?:pas|rien))",
    ),
    pattern(
        r"\bje (?:vais )?(?:vous |le |la |l')?(?:transmet\w*|transférer|transfère|escalad\w+)\b",
        r"\bj'ai (?:\w+ ){0,2}(?:transmis|transféré|escaladé|informé|prévenu|ouvert|créé)\b",
        handover=True,
    ),
    pattern(
        rf"\bvotre (?:\w+ ){{1,2}}a (?:bien |déjà )?été (?:{_FR_DONE})",
        done=True,
        unless=r"\b(?:si|une fois|lorsque|quand|après|dès)\b",
    ),
)

# --- Spanish ------------------------------------------------------------------------------------------

_ES_DONE = (
    "(?:reembols|cancel|anul|abon|restablec|reemplaz|envi|ampli|cambi|modific|actualiz|elimin|borr|desbloque|"
    "activ|revis|comprob|verific|proces|tramit|solicit|inici|correg)[ai]d[oa]s?|devuelt[oa]s?"
)
_ES_DO = (
    "(?:reembolsar|cancelar|anular|abonar|restablecer|reemplazar|enviar|ampliar|cambiar|modificar|actualizar|"
    r"eliminar|borrar|desbloquear|activar|revisar|comprobar|verificar|procesar|tramitar|devolver|llamar)\w*"
)
_ES_IF = r"\b(?:si|cuando|una vez|después)\b"
_SPANISH = (
    pattern(
        rf"(?<!no )(?<!no [lt]e )(?<!no lo )\b(?:he|hemos)(?: (?:ya|también))* (?:{_ES_DONE})\b",
        done=True,
        unless=_ES_IF,
    ),
    pattern(rf"(?<!no )\b(?:[lt]e |lo |la |se lo )?(?:voy a|puedo) (?:{_ES_DO})\b"),
    pattern(
        r"\b(?:voy a )?(?:transferir|escalar|derivar|pasar)\w*\b[^.!?\n]{0,40}"
        r"\b(?:equipo|compañer\w+|agente|persona)\b",
        r"\b(?:he|hemos) (?:\w+ )?(?:transferido|escalado|derivado|informado|avisado|creado|abierto)\b",
        handover=True,
    ),
    pattern(rf"\bsu (?:\w+ ){{1,2}}(?:ha sido|fue) (?:{_ES_DONE})\b", done=True, unless=_ES_IF),
)

# --- Portuguese ---------------------------------------------------------------------------------------

_PT_DONE = (
    "reembolsei|cancelei|creditei|redefini|substituí|enviei|estendi|alterei|mudei|atualizei|excluí|apaguei|"
    "desbloqueei|ativei|verifiquei|processei|solicitei|iniciei|devolvi|corrigi|estornei"
)
_PT_DO = (
    "reembolsar|cancelar|creditar|redefinir|substituir|enviar|estender|alterar|mudar|atualizar|excluir|apagar|"
    "desbloquear|ativar|verificar|processar|solicitar|devolver|ligar|estornar|corrigir"
)
_PT_IF = r"\b(?:se|quando|depois|após)\b"
_PORTUGUESE = (
    pattern(
        rf"(?<!não )\b(?:{_PT_DONE})\b",
        r"\bjá (?:reembolsamos|cancelamos|creditamos|enviamos|estornamos)\b",
        done=True,
    ),
    pattern(rf"(?<!não )\b(?:eu )?(?:vou|posso)(?: (?:já|agora|lhe|te))* (?:{_PT_DO})\b"),
    pattern(
        r"\bvou (?:\w+ )?(?:encaminhar|transferir|escalar|passar|avisar)\b",
        r"(?<!não )\b(?:encaminharei|encaminhei|transferi|escalei|avisei|abri um)\b",
        handover=True,
    ),
    pattern(
        r"\b(?:seu|sua) (?:\w+ ){1,2}(?:já )?foi "
        r"(?:reembolsad|cancelad|creditad|enviad|alterad|atualizad|aprovad)[oa]\b",
        done=True,
        unless=_PT_IF,
    ),
)

# --- Japanese -----------------------------------------------------------------------------------------

_JA_DEEDS = "返金|キャンセル|解約|変更|送付|発送|再発行|リセット|更新|削除|確認|手配|延長|申請|適用|手続き"
_JAPANESE = (
    pattern(
        rf"(?:{_JA_DEEDS})(?:を|は|の手続きを)?(?:いた|致)?(?:しました|しておきました|しておきます|済みです)",
        done=True,
        unless="たら|場合|後に",
    ),
    pattern(
        r"(?:担当者?|チーム|スタッフ|係)(?:の者)?(?:に|へ)[^。]{0,15}"
        r"(?:引き継ぎ|転送|伝え|エスカレーション|お繋ぎ|おつなぎ)",
        handover=True,
    ),
)

OTHERS = (*_GERMAN, *_FRENCH, *_SPANISH, *_PORTUGUESE, *_JAPANESE)
