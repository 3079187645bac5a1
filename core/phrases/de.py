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
    not_helpful=(
        "Es tut mir leid, dass das nicht geholfen hat. Schreiben Sie, was noch "
        "fehlt, dann versuche ich es noch einmal."
    ),
    not_helpful_offer=(
        "Es tut mir leid, dass das nicht geholfen hat. Schreiben Sie, was noch fehlt, oder lassen "
        "Sie mich jemanden aus unserem Team dazuholen."
    ),
    with_team="Unserem Team liegt Ihre Anfrage schon vor; hier antwortet Ihnen ein Mensch.",
    person_asked="Ihr Wunsch nach einem Menschen liegt mir schon vor.",
    wants_person="Ich möchte mit einem Menschen sprechen.",
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
