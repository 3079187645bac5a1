"""Spanish."""

from core.phrases.table import Phrases

PHRASES = Phrases(
    greeting="¡Hola! ¿En qué puedo ayudarle?",
    welcome="¡De nada! Escríbame de nuevo si necesita algo más.",
    good="¡Me alegro! Escríbame de nuevo si necesita algo más.",
    not_found="No he encontrado una respuesta a eso en nuestros artículos de ayuda, y prefiero no adivinar.",
    not_found_for=(
        "No he encontrado una respuesta a {questions} en nuestros artículos de ayuda, y prefiero no adivinar."
    ),
    unread="Lo siento, en nuestros artículos de ayuda solo puedo buscar preguntas en este idioma: {language}.",
    no_more="Lo siento, no encuentro nada más sobre esto que lo que acabo de citar.",
    see_also="_Vea también {name}._",
    source="_Esto es de nuestro artículo {name}._",
    source_part="_Esto es de nuestro artículo {name}, en «{heading}»._",
    sources="_Esto es de nuestros artículos {names}._",
    left_out="_(He omitido lo que no pude confirmar en nuestros artículos de ayuda.)_",
    cut="_(He tenido que parar aquí. Pídame que siga si necesita el resto.)_",
    broken_off="Lo siento, aquí me he visto interrumpido y no puedo terminar esta respuesta.",
    goes_on="_{name} sigue a partir de aquí._",
    goes_on_team="_Nuestro equipo sigue a partir de aquí._",
    too_long=(
        "Su mensaje es más largo de lo que puedo leer de una vez. ¿Puede enviarme la pregunta principal en "
        "pocas frases, o en partes más cortas?"
    ),
    still_on_it="Esto tarda un poco más de lo normal; sigo en ello.",
    busy="Lo siento, ahora mismo recibo más preguntas de las que puedo responder.",
    trouble="Lo siento, no he podido responder por un problema nuestro.",
    filtered="A eso no puedo responder yo.",
    late=(
        "Lo siento, no estaba cuando escribió esto. Se lo he pasado a nuestro equipo, que se pondrá en "
        "contacto con usted."
    ),
    late_alone="Lo siento, no estaba cuando escribió esto. Si todavía necesita ayuda, escríbame otra vez.",
    i_am_a_bot=(
        "Soy un asistente automático, no una persona. Respondo con nuestros artículos de ayuda y puedo avisar "
        "a alguien de nuestro equipo cuando usted lo pida."
    ),
    muted=(
        "De acuerdo, me quedo en silencio aquí. Mencióneme, o pida hablar con una persona, cuando me necesite "
        "otra vez."
    ),
    upset="Siento que esto esté siendo tan molesto.",
    unhelped="Siento que no le haya servido.",
    repeated="Lo siento, parece que no acabo de entenderle.",
    not_solved="Siento que todavía no esté resuelto.",
    bare="Puedo avisar a alguien de nuestro equipo.",
    declined="De acuerdo. Pregúnteme lo que quiera cuando quiera.",
    after_no="Si al final prefiere hablar con una persona, escriba simplemente *agente*.",
    offer="¿Aviso a alguien de nuestro equipo? Responda simplemente *sí*.",
    offer_of="¿Aviso a {name}? Responda simplemente *sí*.",
    for_a_person="Esto es para una persona de nuestro equipo.",
    told="He avisado a nuestro equipo. Una persona le responderá aquí.",
    told_until="La mayoría vuelve {when}, así que puede tardar hasta entonces.",
    away="Nuestro equipo no está en este momento. Tiene su solicitud, y una persona le responderá aquí.",
    away_until=(
        "Nuestro equipo no está en este momento y vuelve {when}. Tiene su solicitud, y una persona le "
        "responderá aquí."
    ),
    passed_on=(
        "Se lo he pasado a nuestro equipo; una persona le responderá aquí. Si ya no la necesita, escriba *ya "
        "no hace falta*."
    ),
    withdrawn=(
        "De acuerdo, he dicho a nuestro equipo que ya no lo necesita. Pregúnteme lo que quiera cuando quiera."
    ),
    claimed="{name} se ocupa de esto y le responderá aquí.",
    given_back="Nuestro equipo me ha devuelto la conversación. ¿En qué más puedo ayudarle?",
    resolved=(
        "Nuestro equipo ha cerrado esta solicitud. Aquí estoy de nuevo si tiene otra pregunta. ¿Le han ayudado?"
    ),
    still_needed="¿Está resuelto? Si no sabemos nada de usted, cerraremos esta solicitud en {time}.",
    closed_quiet=(
        "Como no hemos sabido nada de usted, hemos cerrado esta solicitud. Escriba de nuevo si todavía "
        "necesita ayuda. ¿Se resolvió?"
    ),
    thank_you="Gracias, eso nos ayuda.",
    sorry="Lo siento. Escriba qué falta todavía, y pida hablar con una persona si lo desea.",
    not_yours="Esto es para la persona que preguntó.",
    out_of_date="Ese botón ya no vale; no se ha cambiado nada.",
    for_a_look="Si quiere que lo mire una persona, escriba simplemente *agente*.",
    cant_read="Lo siento, no puedo {parts}.",
    cant_hear_voice="escuchar mensajes de voz ({names})",
    cant_watch="ver vídeos ({names})",
    cant_see="ver imágenes como {names}",
    cant_open="abrir archivos como {names}",
    too_large="leer archivos tan grandes como {names}",
    too_many="mirar tantos archivos a la vez ({names})",
    no_room="incluir {names} junto con lo demás",
    broken="abrir {names}, que puede estar dañado o bloqueado",
    no_text="encontrar texto en {names}",
    gone="obtener {names}",
    not_now="mirar {names} en este momento",
    looped="Los mensajes van y vienen muy deprisa; hago una pausa de unos minutos aquí.",
    mention_me="Aquí solo puedo leer lo que me menciona. Escriba @{name} en su mensaje, por favor.",
    may_not_write_there="No puedo escribir en {where}, así que no puedo responderle allí. Pregúnteme aquí.",
    wants_person="Quiero hablar con una persona.",
    you_asked="Usted preguntó:",
    goes_on_direct="De acuerdo, seguimos en nuestros mensajes directos.",
    calling="De acuerdo, lo paso.",
    has_person="Nuestro equipo ya tiene su solicitud, y una persona le responderá allí.",
    failed="No ha funcionado por un problema nuestro. Inténtelo de nuevo, por favor.",
    asked_below="De acuerdo, respondo debajo de ese mensaje.",
    asked_already="Ya lo he recibido; vea la respuesta debajo.",
    no_question="Escriba su pregunta detrás: *{prefix}ask ¿Cómo pago?*",
    nothing_to_ask="En ese mensaje no hay palabras de una persona a las que pueda responder.",
    own_words="Esa es mi propia respuesta. Escríbame si algo no está claro.",
    no_such_command="No conozco el comando *{name}*. Para hacer una pregunta, escríbala en pocas palabras.",
    new_begins="De acuerdo, empezamos de nuevo: ya no tengo en cuenta lo que se dijo aquí antes.",
    new_shared="Aquí todos comparten una misma conversación conmigo, así que no puedo empezarla de nuevo. Para tener una propia, escríbame directamente.",
    new_not_here="En este canal cada nueva mención empieza su propia conversación. Para empezar de nuevo en nuestros mensajes directos, use este comando allí.",
    new_with_people="Nuestro equipo tiene aquí una solicitud abierta, así que ahora no podemos empezar de nuevo. Si ya no necesita a nadie, escriba *ya no hace falta*.",
    invite="No puedo escribir allí. Pida a alguien que pueda que me invite ({how}) e inténtelo de nuevo.",
    may_not_write="No puedo escribir aquí. Pida a alguien que administre este servidor que me deje ver este canal y escribir en él, e inténtelo de nuevo.",
    closed_direct="No puedo escribirle directamente, porque no acepta mensajes directos desde aquí. Permítalos en su configuración de privacidad para este servidor, o mencióneme en este canal y pida hablar con una persona.",
    help="Respondo preguntas con nuestros artículos de ayuda. Escríbame directamente, o mencióneme en un canal.",
    help_ask="*{prefix}ask ¿Cómo pago?* hace una pregunta sin mencionarme.",
    help_menu="*Ask Frontdesk*, en el menú de un mensaje, pregunta lo que dice ese mensaje.",
    help_files="Puede adjuntar archivos de texto, registros, PDF e imágenes; si no puedo leer alguno, se lo digo. No puedo escuchar mensajes de voz ni ver vídeos.",
    help_person="*{prefix}human* avisa a una persona de nuestro equipo. Pedirlo también sirve.",
    help_new="*{prefix}new* empieza una conversación nueva.",
    help_forget="*{prefix}forget* borra lo que me ha escrito; antes se lo pregunto otra vez.",
    help_feedback="Los botones debajo de una respuesta nos dicen si ha servido.",
    home="**Pregúnteme lo que quiera sobre nuestros productos y servicios.** Respondo con nuestros artículos de ayuda y lo digo cuando la respuesta no está en ellos.\n\n- Escríbame directamente, o mencióneme en un canal en el que esté; respondo en el hilo.",
    home_person="Pida hablar con una persona en cualquier momento, y alguien de nuestro equipo se hará cargo.",
    command_ask="Hacer una pregunta",
    command_ask_what="¿Qué le gustaría saber?",
    command_human="Hablar con una persona del equipo",
    command_human_what="¿De qué se trata?",
    command_new="Empezar una conversación nueva",
    command_forget="Eliminar lo que ha escrito a este bot",
    command_help="Qué puede hacer este bot por usted",
    not_helpful="Siento que no le haya servido. Escriba qué falta todavía y lo intentaré de nuevo.",
    not_helpful_offer="Siento que no le haya servido. Escriba qué falta todavía, o déjeme avisar a alguien de nuestro equipo.",
    with_team="Nuestro equipo ya tiene su solicitud, y una persona le responderá aquí.",
    person_asked="Ya tengo su solicitud de hablar con una persona.",
    forget_ask="**¿Quiere que le olvide?** Borro entonces lo que me ha escrito y lo que se le ha respondido, y lo que de ello mostré a nuestro equipo. Una pregunta todavía sin respuesta se descarta.\n\nLo que queda: cifras sin palabras, como lo que costó una respuesta, y los mensajes en esta aplicación, que yo no puedo borrar. No se puede deshacer.",
    forget_open="Nuestro equipo tiene todavía una solicitud suya abierta: todo se borra en cuanto se cierre.",
    forgotten="Hecho: lo que escribió y lo que se le respondió está borrado. Si escribe de nuevo, empezamos desde cero.",
    forget_later="De acuerdo. Nuestro equipo tiene todavía una solicitud suya abierta; en cuanto se cierre, se borra todo.",
    forgotten_now="Su solicitud está cerrada y todo está borrado, como pidió.",
    kept="De acuerdo, no se borra nada.",
    button_yes="Sí, por favor",
    button_no="No, gracias",
    button_helpful="👍 Útil",
    button_unhelpful="👎 No es útil",
    button_person="Hablar con una persona",
    button_forget="Sí, borrar todo",
    button_keep="No, conservarlo",
    and_="{first} y {last}",
    or_="{first} o {last}",
    today="hoy a las {time} ({zone})",
    tomorrow="mañana a las {time} ({zone})",
    on_weekday="el {weekday} a las {time} ({zone})",
    on_date="el {weekday} {day} de {month} a las {time} ({zone})",
    weekdays="lunes martes miércoles jueves viernes sábado domingo",
    months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    one_day="1 día",
    days="{number} días",
    one_hour="1 hora",
    hours="{number} horas",
    one_minute="1 minuto",
    minutes="{number} minutos",
    moment="menos de un minuto",
)
