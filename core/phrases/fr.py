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
    no_more="Je ne trouve malheureusement rien de plus à ce sujet que ce que je viens de citer.",
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
    for_a_look="Si vous souhaitez qu'une personne y jette un œil, écrivez simplement *conseiller*.",
    cant_read="Désolé, je ne peux pas {parts}.",
    cant_hear_voice="écouter les messages vocaux ({names})",
    cant_watch="regarder les vidéos ({names})",
    cant_see="regarder des images comme {names}",
    cant_open="ouvrir des fichiers comme {names}",
    too_large="lire des fichiers aussi gros que {names}",
    too_many="regarder autant de fichiers à la fois ({names})",
    no_room="prendre {names} en plus du reste",
    broken="ouvrir {names}, peut-être abîmé ou verrouillé",
    no_text="trouver de texte dans {names}",
    gone="récupérer {names}",
    not_now="consulter {names} pour le moment",
    looped="Les messages s'enchaînent très vite ; je fais une pause de quelques minutes ici.",
    mention_me="Ici, je ne peux lire que ce qui me mentionne. Écrivez @{name} dans votre message, s'il vous plaît.",
    may_not_write_there="Je n'ai pas le droit d'écrire dans {where}, je ne peux donc pas vous y répondre. Posez-moi la question ici.",
    wants_person="Je voudrais parler à une personne.",
    you_asked="Vous avez demandé :",
    goes_on_direct="Très bien, nous continuons dans nos messages directs.",
    calling="Très bien, je transmets.",
    has_person="Notre équipe a déjà votre demande, et une personne vous y répondra.",
    failed="Cela n'a pas fonctionné à cause d'un problème de notre côté. Veuillez réessayer.",
    asked_below="Très bien, je réponds sous ce message.",
    asked_already="Je l'ai déjà pris en compte ; voyez la réponse en dessous.",
    no_question="Écrivez votre question à la suite : *{prefix}ask Comment payer ?*",
    nothing_to_ask="Ce message ne contient aucune parole d'une personne à laquelle je pourrais répondre.",
    own_words="C'est ma propre réponse. Écrivez-moi si quelque chose n'y est pas clair.",
    no_such_command="Je ne connais pas la commande *{name}*. Pour poser une question, écrivez-la en quelques mots.",
    new_begins="Très bien, nous repartons de zéro : je ne tiens plus compte de ce qui a été dit ici.",
    new_shared="Ici, tout le monde partage une même conversation avec moi, je ne peux donc pas la recommencer. Pour en avoir une à vous, écrivez-moi directement.",
    new_not_here="Dans ce canal, chaque nouvelle mention ouvre sa propre conversation. Pour recommencer dans nos messages directs, utilisez cette commande là-bas.",
    new_with_people="Notre équipe a une demande ouverte ici, nous ne pouvons donc pas recommencer maintenant. Si vous n'avez plus besoin de personne, écrivez *laissez tomber*.",
    invite="Je ne peux pas écrire là-bas. Demandez à quelqu'un qui en a le droit de m'inviter ({how}), puis réessayez.",
    may_not_write="Je n'ai pas le droit d'écrire ici. Demandez à quelqu'un qui gère ce serveur de me laisser voir ce canal et y écrire, puis réessayez.",
    closed_direct="Je ne peux pas vous écrire directement, car vous n'acceptez pas les messages directs d'ici. Autorisez-les dans vos paramètres de confidentialité pour ce serveur, ou mentionnez-moi dans ce canal et demandez une personne.",
    help="Je réponds aux questions d'après nos articles d'aide. Écrivez-moi directement, ou mentionnez-moi dans un canal.",
    help_ask="*{prefix}ask Comment payer ?* pose une question sans me mentionner.",
    help_menu="*Ask Frontdesk*, dans le menu d'un message, pose la question qui s'y trouve.",
    help_files="Vous pouvez joindre des fichiers texte, des journaux, des PDF et des images ; si je ne peux pas en lire un, je le dis. Je ne peux ni écouter les messages vocaux ni regarder les vidéos.",
    help_person="*{prefix}human* fait venir une personne de notre équipe. En demander une suffit aussi.",
    help_new="*{prefix}new* commence une nouvelle conversation.",
    help_forget="*{prefix}forget* efface ce que vous m'avez écrit ; je redemande avant de le faire.",
    help_feedback="Les boutons sous une réponse nous disent si elle a aidé.",
    home="**Posez-moi toutes vos questions sur nos produits et services.** Je réponds d'après nos articles d'aide, et je le dis quand la réponse n'y est pas.\n\n- Écrivez-moi directement, ou mentionnez-moi dans un canal où je suis ; je réponds dans le fil.",
    home_person="Demandez une personne à tout moment, et quelqu'un de notre équipe prend le relais.",
    command_ask="Poser une question",
    command_ask_what="Que souhaitez-vous savoir ?",
    command_human="Parler à une personne de l'équipe",
    command_human_what="De quoi s'agit-il ?",
    command_new="Commencer une nouvelle conversation",
    command_forget="Supprimer ce que vous avez écrit à ce bot",
    command_help="Ce que ce bot peut faire pour vous",
    not_helpful="Je suis désolé que cela ne vous ait pas aidé. Écrivez ce qui manque encore, et je réessaierai.",
    not_helpful_offer="Je suis désolé que cela ne vous ait pas aidé. Écrivez ce qui manque encore, ou laissez-moi faire venir quelqu'un de notre équipe.",
    with_team="Notre équipe a déjà votre demande, et une personne vous répondra ici.",
    person_asked="J'ai déjà votre demande d'une personne.",
    forget_ask="**Dois-je vous oublier ?** J'efface alors ce que vous m'avez écrit et ce qui vous a été répondu, ainsi que ce que j'en ai montré à notre équipe. Une question encore sans réponse est abandonnée.\n\nCe qui reste : des chiffres sans paroles, comme le coût d'une réponse, et les messages dans cette application, que je ne peux pas supprimer. C'est irréversible.",
    forget_open="Notre équipe a encore une demande ouverte de votre part : tout sera effacé dès qu'elle sera close.",
    forgotten="C'est fait : ce que vous avez écrit et ce qui vous a été répondu est effacé. Si vous écrivez de nouveau, nous repartons de zéro.",
    forget_later="Très bien. Notre équipe a encore une demande ouverte de votre part ; dès qu'elle sera close, tout sera effacé.",
    forgotten_now="Votre demande est close, et tout est effacé, comme vous l'avez demandé.",
    kept="Très bien, rien n'est effacé.",
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
