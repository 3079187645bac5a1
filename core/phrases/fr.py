"""French."""

from core.phrases.table import Phrases

PHRASES = Phrases(
    greeting="Bonjour ! En quoi puis-je vous aider ?",
    welcome="Je vous en prie ! Écrivez-moi de nouveau si vous avez besoin d'autre chose.",
    good="Tant mieux ! Écrivez-moi de nouveau si vous avez besoin d'autre chose.",
    not_found="Je n'ai pas trouvé de réponse à cela dans nos articles d'aide, et je préfère ne rien inventer.",
    not_found_for=(
        "Je n'ai pas trouvé de réponse à {questions} dans nos articles d'aide, et je préfère ne rien inventer."
    ),
    unread=(
        "Désolé, je ne peux chercher dans nos articles d'aide que les questions posées dans cette langue : "
        "{language}."
    ),
    see_also="_Voir aussi {name}._",
    source="_Cela vient de notre article {name}._",
    source_part="_Cela vient de notre article {name}, sous « {heading} »._",
    sources="_Cela vient de nos articles {names}._",
    left_out="_(J'ai omis ce que je n'ai pas pu confirmer dans nos articles d'aide.)_",
    cut="_(J'ai dû m'arrêter ici. Demandez-moi de continuer si vous avez besoin de la suite.)_",
    broken_off="Désolé, j'ai été interrompu ici et je ne peux pas terminer cette réponse.",
    goes_on="_{name} prend la suite._",
    goes_on_team="_Notre équipe prend la suite._",
    too_long=(
        "Votre message est trop long pour que je le lise en une fois. Pouvez-vous m'envoyer la question "
        "principale en quelques phrases, ou en plusieurs parties ?"
    ),
    still_on_it="Cela prend un peu plus de temps que d'habitude ; je m'en occupe toujours.",
    busy="Désolé, je reçois en ce moment plus de questions que je ne peux en traiter.",
    trouble="Désolé, je n'ai pas pu répondre à cause d'un problème de notre côté.",
    filtered="Je ne peux pas répondre moi-même à cela.",
    late=(
        "Désolé, je n'étais pas là quand vous avez écrit ceci. Je l'ai transmis à notre équipe, qui reviendra "
        "vers vous."
    ),
    late_alone=(
        "Désolé, je n'étais pas là quand vous avez écrit ceci. Si vous avez encore besoin d'aide, écrivez-moi "
        "de nouveau."
    ),
    i_am_a_bot=(
        "Je suis un assistant automatique, pas une personne. Je réponds d'après nos articles d'aide, et je "
        "peux faire venir quelqu'un de notre équipe dès que vous le demandez."
    ),
    muted=(
        "Très bien, je reste silencieux ici. Mentionnez-moi, ou demandez une personne, quand vous aurez de "
        "nouveau besoin de moi."
    ),
    upset="Je suis désolé que ce soit si pénible.",
    unhelped="Je suis désolé que cela ne vous ait pas aidé.",
    repeated="Je suis désolé, on dirait que je vous comprends mal à chaque fois.",
    not_solved="Je suis désolé que ce ne soit pas encore résolu.",
    bare="Je peux faire venir quelqu'un de notre équipe.",
    declined="Très bien. Posez-moi une autre question quand vous voulez.",
    after_no="Si vous souhaitez finalement parler à une personne, écrivez simplement *conseiller*.",
    offer="Voulez-vous que je fasse venir quelqu'un de notre équipe ? Répondez simplement *oui*.",
    offer_of="Voulez-vous que je fasse venir {name} ? Répondez simplement *oui*.",
    for_a_person="C'est une question pour quelqu'un de notre équipe.",
    told="J'ai prévenu notre équipe. Une personne vous répondra ici.",
    told_until="La plupart seront de retour {when} ; cela peut prendre jusque-là.",
    away=(
        "Notre équipe est absente pour le moment. Elle a votre demande, et une personne vous répondra ici."
    ),
    away_until=(
        "Notre équipe est absente pour le moment et sera de retour {when}. Elle a votre demande, et une "
        "personne vous répondra ici."
    ),
    passed_on=(
        "J'ai transmis cela à notre équipe ; une personne vous répondra ici. Si vous n'en avez plus besoin, "
        "écrivez *laissez tomber*."
    ),
    withdrawn=(
        "Très bien, j'ai dit à notre équipe que vous n'avez plus besoin d'elle. Posez-moi une autre question "
        "quand vous voulez."
    ),
    claimed="{name} s'en occupe et vous répondra ici.",
    given_back="Notre équipe m'a rendu la main. En quoi puis-je encore vous aider ?",
    resolved=(
        "Notre équipe a clos cette demande. Je suis de nouveau là si vous avez une autre question. Vous "
        "a-t-elle aidé ?"
    ),
    still_needed="Est-ce résolu ? Sans nouvelles de vous, nous fermerons cette demande dans {time}.",
    closed_quiet=(
        "Sans nouvelles de vous, nous avons clos cette demande. Écrivez simplement de nouveau si vous avez "
        "encore besoin d'aide. Était-ce résolu ?"
    ),
    thank_you="Merci, cela nous aide.",
    sorry=(
        "Je suis désolé de l'apprendre. Écrivez ce qui manque encore, et demandez une personne si vous le "
        "souhaitez."
    ),
    not_yours="Ceci est pour la personne qui a posé la question.",
    out_of_date="Ce bouton n'est plus valable ; rien n'a été changé.",
    not_helpful=(
        "Je suis désolé que cela ne vous ait pas aidé. Écrivez ce qui manque encore, et je réessaierai."
    ),
    not_helpful_offer=(
        "Je suis désolé que cela ne vous ait pas aidé. Écrivez ce qui manque encore, ou "
        "laissez-moi faire venir quelqu'un de notre équipe."
    ),
    with_team="Notre équipe a déjà votre demande, et une personne vous répondra ici.",
    person_asked="J'ai déjà noté que vous souhaitez parler à une personne.",
    wants_person="Je voudrais parler à une personne.",
    button_yes="Oui, volontiers",
    button_no="Non, merci",
    button_helpful="👍 Utile",
    button_unhelpful="👎 Pas utile",
    button_person="Parler à une personne",
    button_forget="Oui, tout effacer",
    button_keep="Non, garder",
    and_="{first} et {last}",
    or_="{first} ou {last}",
    today="aujourd'hui à {time} ({zone})",
    tomorrow="demain à {time} ({zone})",
    on_weekday="{weekday} à {time} ({zone})",
    on_date="le {weekday} {day} {month} à {time} ({zone})",
    weekdays="lundi mardi mercredi jeudi vendredi samedi dimanche",
    months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    one_day="1 jour",
    days="{number} jours",
    one_hour="1 heure",
    hours="{number} heures",
    one_minute="1 minute",
    minutes="{number} minutes",
    moment="moins d'une minute",
)
