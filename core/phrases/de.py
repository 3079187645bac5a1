"""German."""

from core.phrases.table import Phrases

PHRASES = Phrases(
    greeting="Guten Tag! Wobei kann ich Ihnen helfen?",
    welcome="Gern geschehen! Schreiben Sie einfach wieder, wenn Sie noch etwas brauchen.",
    good="Das freut mich! Schreiben Sie einfach wieder, wenn Sie noch etwas brauchen.",
    not_found="Dazu habe ich in unseren Hilfeartikeln keine Antwort gefunden, und raten möchte ich nicht.",
    not_found_for=(
        "Zu {questions} habe ich in unseren Hilfeartikeln keine Antwort gefunden, und raten möchte ich nicht."
    ),
    unread="In unseren Hilfeartikeln kann ich leider nur Fragen in dieser Sprache nachschlagen: {language}.",
    no_more="Mehr als das eben Zitierte finde ich dazu leider nicht.",
    see_also="_Siehe auch {name}._",
    source="_Das steht in unserem Artikel {name}._",
    source_part="_Das steht in unserem Artikel {name} unter „{heading}“._",
    sources="_Das steht in unseren Artikeln {names}._",
    left_out="_(Was ich in unseren Hilfeartikeln nicht bestätigt fand, habe ich weggelassen.)_",
    cut="_(Hier musste ich aufhören. Bitten Sie mich weiterzumachen, wenn Sie den Rest brauchen.)_",
    broken_off="Entschuldigung, ich wurde hier unterbrochen und kann diese Antwort nicht beenden.",
    goes_on="_{name} macht hier weiter._",
    goes_on_team="_Unser Team macht hier weiter._",
    too_long=(
        "Ihre Nachricht ist länger, als ich auf einmal lesen kann. Können Sie mir die wichtigste Frage in "
        "wenigen Sätzen oder in kürzeren Teilen schicken?"
    ),
    still_on_it="Das dauert etwas länger als sonst; ich bin noch dran.",
    busy="Gerade kommen leider mehr Fragen an, als ich beantworten kann.",
    trouble="Wegen eines Problems auf unserer Seite konnte ich gerade leider nicht antworten.",
    filtered="Darauf kann ich selbst nicht antworten.",
    late=(
        "Leider war ich nicht da, als Sie das geschrieben haben. Ich habe es an unser Team weitergegeben; es "
        "meldet sich bei Ihnen."
    ),
    late_alone=(
        "Leider war ich nicht da, als Sie das geschrieben haben. Wenn Sie noch Hilfe brauchen, schreiben Sie "
        "bitte noch einmal."
    ),
    i_am_a_bot=(
        "Ich bin ein automatischer Assistent, kein Mensch. Ich antworte aus unseren Hilfeartikeln und hole "
        "jederzeit jemanden aus unserem Team dazu, wenn Sie es möchten."
    ),
    muted=(
        "In Ordnung, ich bin hier still. Erwähnen Sie mich oder fragen Sie nach einem Menschen, wenn Sie mich "
        "wieder brauchen."
    ),
    upset="Es tut mir leid, dass das so ärgerlich ist.",
    unhelped="Es tut mir leid, dass das nicht geholfen hat.",
    repeated="Es tut mir leid, anscheinend verstehe ich Sie immer wieder falsch.",
    not_solved="Es tut mir leid, dass das noch nicht gelöst ist.",
    bare="Ich kann jemanden aus unserem Team dazuholen.",
    declined="In Ordnung. Fragen Sie mich jederzeit etwas anderes.",
    after_no="Wenn Sie doch mit einem Menschen sprechen möchten, schreiben Sie einfach *Mitarbeiter*.",
    offer="Soll ich jemanden aus unserem Team dazuholen? Antworten Sie einfach mit *ja*.",
    offer_of="Soll ich {name} dazuholen? Antworten Sie einfach mit *ja*.",
    for_a_person="Das ist etwas für einen Menschen aus unserem Team.",
    told="Ich habe unserem Team Bescheid gegeben. Hier antwortet Ihnen ein Mensch.",
    told_until="Die meisten sind {when} wieder da; so lange kann es dauern.",
    away=("Unser Team ist gerade nicht da. Ihre Anfrage liegt ihm vor, und hier antwortet Ihnen ein Mensch."),
    away_until=(
        "Unser Team ist gerade nicht da und {when} wieder zurück. Ihre Anfrage liegt ihm vor, und hier "
        "antwortet Ihnen ein Mensch."
    ),
    passed_on=(
        "Das habe ich an unser Team weitergegeben; hier antwortet Ihnen ein Mensch. Wenn Sie niemanden mehr "
        "brauchen, schreiben Sie *hat sich erledigt*."
    ),
    withdrawn=(
        "In Ordnung, ich habe unserem Team gesagt, dass Sie es nicht mehr brauchen. Fragen Sie mich jederzeit "
        "etwas anderes."
    ),
    claimed="{name} kümmert sich darum und antwortet Ihnen hier.",
    given_back="Unser Team hat wieder an mich übergeben. Wobei kann ich Ihnen noch helfen?",
    resolved=(
        "Unser Team hat diese Anfrage geschlossen. Bei weiteren Fragen bin ich wieder für Sie da. Hat es "
        "Ihnen geholfen?"
    ),
    still_needed="Ist das gelöst? Wenn wir nichts von Ihnen hören, schließen wir diese Anfrage in {time}.",
    closed_quiet=(
        "Da wir nichts von Ihnen gehört haben, haben wir diese Anfrage geschlossen. Schreiben Sie einfach "
        "wieder, wenn Sie noch Hilfe brauchen. Wurde es gelöst?"
    ),
    thank_you="Danke, das hilft uns.",
    sorry=(
        "Das tut mir leid. Schreiben Sie, was noch fehlt, und fragen Sie nach einem Menschen, wenn Sie wieder "
        "einen möchten."
    ),
    not_yours="Das ist für die Person, die gefragt hat.",
    out_of_date="Diese Schaltfläche ist veraltet; es wurde nichts geändert.",
    for_a_look="Wenn ein Mensch es sich ansehen soll, schreiben Sie einfach *Mitarbeiter*.",
    cant_read="Leider kann ich {parts}.",
    cant_hear_voice="Sprachnachrichten nicht anhören ({names})",
    cant_watch="Videos nicht ansehen ({names})",
    cant_see="Bilder wie {names} nicht ansehen",
    cant_open="Dateien wie {names} nicht öffnen",
    too_large="so große Dateien wie {names} nicht lesen",
    too_many="nicht so viele Dateien auf einmal ansehen ({names})",
    no_room="{names} neben dem Rest nicht aufnehmen",
    broken="{names} nicht öffnen; vielleicht ist etwas beschädigt oder gesperrt",
    no_text="in {names} keinen Text finden",
    gone="{names} nicht abrufen",
    not_now="{names} im Moment nicht ansehen",
    looped="Das geht gerade sehr schnell hin und her; ich mache hier ein paar Minuten Pause.",
    mention_me="Ich kann hier nur lesen, was mich erwähnt. Bitte schreiben Sie @{name} in Ihre Nachricht.",
    may_not_write_there="In {where} darf ich nicht schreiben und kann Ihnen dort nicht antworten. Fragen Sie mich bitte hier.",
    wants_person="Ich möchte mit einem Menschen sprechen.",
    you_asked="Sie haben gefragt:",
    goes_on_direct="In Ordnung, wir machen in unseren Direktnachrichten weiter.",
    calling="In Ordnung, ich gebe das weiter.",
    has_person="Unser Team hat Ihre Anfrage schon, und dort antwortet Ihnen ein Mensch.",
    failed="Das hat wegen eines Problems bei uns nicht geklappt. Bitte versuchen Sie es noch einmal.",
    asked_below="In Ordnung, ich antworte unter dieser Nachricht.",
    asked_already="Das habe ich schon aufgenommen; die Antwort steht darunter.",
    no_question="Schreiben Sie Ihre Frage dahinter: *{prefix}ask Wie bezahle ich?*",
    nothing_to_ask="In dieser Nachricht stehen keine Worte eines Menschen, auf die ich antworten könnte.",
    own_words="Das ist meine eigene Antwort. Schreiben Sie mir, wenn etwas daran unklar ist.",
    no_such_command="Den Befehl *{name}* kenne ich nicht. Um etwas zu fragen, schreiben Sie es in ein paar Worten.",
    new_begins="In Ordnung, wir fangen neu an: Was hier vorher gesagt wurde, beachte ich nicht mehr.",
    new_shared="Hier teilen sich alle ein Gespräch mit mir, deshalb kann ich es nicht neu beginnen. Für ein eigenes schreiben Sie mir bitte direkt.",
    new_not_here="In diesem Kanal beginnt jede neue Erwähnung ein eigenes Gespräch. Um in unseren Direktnachrichten neu anzufangen, geben Sie diesen Befehl dort.",
    new_with_people="Unser Team hat hier eine offene Anfrage, deshalb können wir jetzt nicht neu anfangen. Wenn Sie niemanden mehr brauchen, schreiben Sie *hat sich erledigt*.",
    invite="Dort kann ich nicht schreiben. Bitten Sie jemanden, der es darf, mich einzuladen ({how}), und versuchen Sie es dann noch einmal.",
    may_not_write="Hier darf ich nicht schreiben. Bitten Sie jemanden, der diesen Server verwaltet, mich diesen Kanal sehen und darin schreiben zu lassen, und versuchen Sie es dann noch einmal.",
    closed_direct="Ich kann Ihnen nicht direkt schreiben, weil Sie von hier keine Direktnachrichten annehmen. Erlauben Sie sie in Ihren Privatsphäre-Einstellungen für diesen Server, oder erwähnen Sie mich in diesem Kanal und fragen Sie nach einem Menschen.",
    help="Ich beantworte Fragen aus unseren Hilfeartikeln. Schreiben Sie mir direkt, oder erwähnen Sie mich in einem Kanal.",
    help_ask="*{prefix}ask Wie bezahle ich?* stellt eine Frage ohne Erwähnung.",
    help_menu="*Ask Frontdesk* im Menü einer Nachricht fragt, was in dieser Nachricht steht.",
    help_files="Sie können Textdateien, Logs, PDFs und Bilder anhängen; kann ich etwas davon nicht lesen, sage ich es. Sprachnachrichten kann ich nicht anhören und Videos nicht ansehen.",
    help_person="*{prefix}human* holt einen Menschen aus unserem Team dazu. Danach zu fragen genügt auch.",
    help_new="*{prefix}new* beginnt ein neues Gespräch.",
    help_forget="*{prefix}forget* entfernt, was Sie mir geschrieben haben; vorher frage ich noch einmal nach.",
    help_feedback="Die Schaltflächen unter einer Antwort sagen uns, ob sie geholfen hat.",
    home="**Fragen Sie mich alles zu unseren Produkten und Diensten.** Ich antworte aus unseren Hilfeartikeln und sage es, wenn die Antwort dort nicht steht.\n\n- Schreiben Sie mir direkt, oder erwähnen Sie mich in einem Kanal, in dem ich bin; ich antworte im Thread.",
    home_person="Fragen Sie jederzeit nach einem Menschen, und jemand aus unserem Team übernimmt.",
    command_ask="Eine Frage stellen",
    command_ask_what="Was möchten Sie wissen?",
    command_human="Mit einem Menschen aus dem Team sprechen",
    command_human_what="Worum geht es?",
    command_new="Ein neues Gespräch beginnen",
    command_forget="Entfernen, was Sie diesem Bot geschrieben haben",
    command_help="Was dieser Bot für Sie tun kann",
    not_helpful="Es tut mir leid, dass das nicht geholfen hat. Schreiben Sie, was noch fehlt, dann versuche ich es noch einmal.",
    not_helpful_offer="Es tut mir leid, dass das nicht geholfen hat. Schreiben Sie, was noch fehlt, oder lassen Sie mich jemanden aus unserem Team dazuholen.",
    with_team="Unser Team hat Ihre Anfrage schon, und hier antwortet Ihnen ein Mensch.",
    person_asked="Ihren Wunsch nach einem Menschen habe ich schon.",
    forget_ask="**Soll ich Sie vergessen?** Ich entferne dann, was Sie mir geschrieben haben und was Ihnen geantwortet wurde, und was ich unserem Team davon gezeigt habe. Eine noch nicht beantwortete Frage entfällt.\n\nWas bleibt: Zahlen ohne Worte, etwa was eine Antwort gekostet hat, und die Nachrichten in dieser App, die ich nicht löschen kann. Es lässt sich nicht rückgängig machen.",
    forget_open="Unser Team hat noch eine offene Anfrage von Ihnen: Alles wird entfernt, sobald sie geschlossen ist.",
    forgotten="Erledigt: Was Sie geschrieben haben und was Ihnen geantwortet wurde, ist entfernt. Wenn Sie wieder schreiben, fangen wir neu an.",
    forget_later="In Ordnung. Unser Team hat noch eine offene Anfrage von Ihnen; sobald sie geschlossen ist, wird alles entfernt.",
    forgotten_now="Ihre Anfrage ist geschlossen, und alles ist entfernt, wie Sie es wollten.",
    kept="In Ordnung, es wird nichts entfernt.",
    button_yes="Ja, bitte",
    button_no="Nein, danke",
    button_helpful="👍 Hilfreich",
    button_unhelpful="👎 Nicht hilfreich",
    button_person="Mit einem Menschen sprechen",
    button_forget="Ja, alles löschen",
    button_keep="Nein, behalten",
    and_="{first} und {last}",
    or_="{first} oder {last}",
    today="heute um {time} Uhr ({zone})",
    tomorrow="morgen um {time} Uhr ({zone})",
    on_weekday="am {weekday} um {time} Uhr ({zone})",
    on_date="am {weekday}, {day}. {month} um {time} Uhr ({zone})",
    weekdays="Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    one_day="1 Tag",
    days="{number} Tagen",
    one_hour="1 Stunde",
    hours="{number} Stunden",
    one_minute="1 Minute",
    minutes="{number} Minuten",
    moment="weniger als einer Minute",
)
