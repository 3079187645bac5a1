"""Spanish. Accents are left out here, as in every table."""

from core.escalation.table import Table, phrases

# Building blocks of the phrases below.
_BLOCKS = {
    "a": """
        ((una?s?|el|la|los|las|su|sus|tu|tus|algun|alguna|algunos?|otr[oa]|uno de (sus|los|tus)|del|al) ){0,2}
    """,
    "human": """
        (ser )?humanos?|personas?|agentes?|operador(a|es)?|asesor(a|es)?|representantes?|ejecutiv[oa]s?
        emplead[oa]s?|supervisor(a|es)?|gerentes?|encargad[oa]s?|responsable|jef[ea]s?|superior
        consultor(a|es)?|especialistas?|companer[oa]s?|trabajador(a|es)?|tecnic[oa]s?|teleoperador(a)?
        miembro del (equipo|personal)|director(a)?|anfitrion|cajer[oa]
    """,
    "real": """
        humano|humana|real|reales|de verdad|de carne y hueso|fisica|viva|vivo|verdader[oa]|competente
        de soporte|de atencion( al cliente)?|del banco|del hotel
    """,
    "staff": """
        servicio (al cliente|de atencion( al cliente)?|tecnico|de habitaciones)|ventas
        departamento( de <word>)?|equipo( de <word>)?|personal|conserje(ria)?|camarer[oa]|cocina|cocinero
        chef|banco|limpieza|administracion|gerencia|direccion|sucursal|mantenimiento|facturacion
        restaurante|recepcionista|duen[oa]|mucama|abogado|fundador(es)?
    """,
    "support": """
        atencion al cliente|servicio (al cliente|de atencion( al cliente)?|tecnico)|soporte( tecnico)?
        recepcion|centro de (ayuda|atencion)|mesa de ayuda
    """,
    "team": "SUPPORT|STAFF",
    "anyone": "HUMAN|<team>|ALGUIEN|ALGUIEN (de|del|en) (la |el )?(<team>|HUMAN|<word>)",
    "talk": """
        hablar|hablarle|charlar|conversar|chatear|comunicar(me|nos)?|contactar(me)?|platicar|dialogar
        tratar|conectar(me)?|poner(me|nos)? en contacto|contacto|ser atendid[oa]|consultar|discutir(lo)?
        comunicacion
        una? (llamada|charla|conversacion)
    """,
    "move": r"""
        (comuni[cq]\w{1,4}|conect\w{1,4}|transf[ie]\w{1,6}|deriv\w{1,4}|pas[ae]\w{0,2}|pong\w{1,3}|pon|
            redirig\w{1,4}|redirij\w{1,4}|enlac\w{1,4}|escal\w{1,4})(me|nos|lo|la)?
        (me|nos) (puede[ns]?|podria[ns]?|podeis) (comunicar|conectar|transferir|derivar|pasar|poner|
            redirigir|enlazar)
    """,
    "want": """
        quiero|queremos|quisiera|necesito|necesitamos|exijo|prefiero|deseo|solicito|requiero|busco|pido
        me gustaria|demando
        dame|deme|denme|traigame|traeme|llama a|llame a|llamen a|consigame|puedo (ver|tener)|hay
    """,
}

_NAMES = {
    "BOT": phrases(
        """
            ((un|una|este|esta|el|la|ese|esa|estupido|maldito) ){0,2}(chat ?)?(bots?|robots?|maquinas?|
                computadoras?|ordenador|ia|inteligencia artificial|asistente virtual|contestador|
                programa)( (virtual|automatico))?
        """,
        _BLOCKS,
    ),
    "HUMAN": phrases(
        r"""
        <a>(verdader[oa] |otr[oa] )?<human>( <real>){0,2}(?! (con discapacidad|mayor(es)?|adultas?)\b)
        alguien (<real>)
        """,
        _BLOCKS,
    ),
    "ALGUIEN": phrases("alguien( mas)?|algun[oa] de ustedes", _BLOCKS),
    "SUPPORT": phrases("<a>(de |del )?<support>", _BLOCKS),
    "STAFF": phrases("<a>(de |del )?<staff>", _BLOCKS),
}

_PERSON = phrases(
    r"""
    # hablar con una persona, póngame con atención al cliente
    <talk> (directamente |ahora |mejor )?(con|a|al) <anyone>
    hablar HUMAN
    <move> (ya |por favor |directamente |en contacto |la llamada )?(con|a|al|hacia) <anyone>
    <move> <anyone>
    # quiero un agente, que me atienda una persona
    <want> (hablar |ver a |ver |ayuda de |a |contactar |asistencia de |atencion de )?HUMAN
    <want> que (me |nos )?(atienda|ayude|llame|contacte|responda|conteste|escriba|pase|
        comunique)n? (con )?<anyone>
    <want> que <anyone> (me|nos) (atienda|ayude|llame|contacte|responda|conteste|escriba)n?
    (ayuda|atencion|asistencia|respuesta|llamada|apoyo) (de|por|con|por parte de) (HUMAN|ALGUIEN|<team>)
    (poner|presentar|hacer) una (queja|reclamacion) (con|a|ante) <anyone>
    (atencion|ayuda|asistencia|soporte|<team>) (humana|humano|personal|personalizada)
    (puede|podria|pueden) (HUMAN|<team>|ALGUIEN de <word>( <word>)?) (por favor )?(ayudarme|atenderme|
        llamarme|contactarme|ayudarnos)
    (puede|podria|pueden) ALGUIEN (por favor )?(llamarme|contactarme|atenderme)
    me (puede|podria|pueden) (ayudar|atender|llamar|contactar) (HUMAN|<team>|ALGUIEN de <word>)
    # hay alguien que me pueda atender
    hay (aqui |ahi |alli )?(HUMAN|ALGUIEN) (<word> ){0,2}?(con|a) (quien|el que|la que|quienes|el cual|
        la cual)
    (hay|tienen|existe) (HUMAN|ALGUIEN) (<word> )?que (me |nos )?(pueda|puede|atienda|ayude)
    (hay|esta) HUMAN( ahi| aqui| disponible| real)?<end>
    con (quien|quienes) (puedo|podria|debo|tengo que) (hablar|comunicarme|contactar|quejarme)
    # llámenme
    llam(e|en|a)me( por favor| ya| ahora| al| de vuelta| cuando)
    llam(e|en|a)me<end>
    (me )?(pueden?|podrian?|podeis|puedes) llamar(me)?( por favor| ahora| al <word>)?<end>
    (<want>|solicitar|pedir) (que me llam|una llamada|que me devuelvan la llamada)\w{0,3}
    # no quiero hablar con un bot
    (no|nunca|dejar de|odio|harto de|cansado de|en vez de|en lugar de|sin|detesto) (<word> ){0,3}?(hablar|
        hablando|chatear|tratar|conversar|discutir) (mas )?con BOT
    (HUMAN|ALGUIEN|persona) ?,? (y )?(no|en vez de|en lugar de) (con )?BOT
    no (quiero )?BOT [,.] (<word> ){0,3}?HUMAN
    no BOT ,? ?(sino )?HUMAN
    # en pocas palabras
    <start>((hola|si|no|ok|solo) ){0,2}(HUMAN|<team>) (, )?(por favor|porfa|ya|ahora|urgente|
        inmediatamente)<end>
    """,
    _BLOCKS,
)

_PASSING = phrases(
    r"""
    (no|tampoco|nunca) (quiero|necesito|deseo|hace falta|es necesario|quisiera|queremos|necesitamos|
        prefiero) (que )?((<talk>|<move>|ver) )?(con |a |al )?<anyone>
    (no|ya no) (<move>|me pase|me transfiera|me comunique) (con |a |al )?<anyone>
    (tengo|hay|tenemos|debo|debemos|deberia|se debe|es necesario|hace falta) (que )?<talk> (con|a|al) <anyone>
    (sin|antes de|despues de|al|para|cuando|si|mientras|tras) (tener que )?(<talk>|hablo|habla|hablamos|
        contacto|hablas) (con|a|al) <anyone>
    (mis|sus|los|las|nuestros|tus|el|la|un|mi) (<word> )?(clientes?|usuari[oa]s?|huesped(es)?|visitantes?|
        miembros|bot|sistema|widget|app) (<word> ){0,4}?(con|a|al) <anyone>
    (puede|pueden|podran|hablan|puedan) (BOT|(mis|los|las|nuestros) <word>) (<word> ){0,3}?(con|a|al) <anyone>
    (cita|reunion|reserva|entrevista) (<word> ){0,3}?(con|para|de) <anyone>
    (hable|hablamos|hablo|he hablado|converse|contacte|llame|estuve hablando|hablaba|
        hemos hablado) (<word> ){0,2}?(con|a|al) <anyone>( ayer| anoche| la semana pasada)
    (dinero|euros|dolares|pesos|acceso|transferencia|cuenta|pago) (<word> ){0,2}?(a|para|de|con) <anyone>
    (soy|somos|es|eres|eramos) HUMAN
    (para|por|a|de) (una|dos|tres|cuatro|cada|otra|otras|mas|\d{1,2}) (personas?|<human>)
    (agreg|anad|elimin|quit|borr|invit|asign|cambi)\w{1,4} (<word> ){0,4}?HUMAN
    (quien|cual|como se llama|donde esta) (<word> ){0,2}?<anyone>
    """,
    _BLOCKS,
)

TABLE = Table(
    names=_NAMES,
    person=_PERSON,
    bare=phrases(
        """
        (si |no )?HUMAN
        ^SUPPORT
        (hay )?ALGUIEN( ahi| aqui| disponible| en linea)?
        (puede|podria) ALGUIEN (por favor )?ayudarme|(me )?(puede|podria) ALGUIEN ayudar
        ALGUIEN (me )?(puede|podria) ayudar(me)?
        (odio|no me gustan?|no quiero) (a )?(los )?(BOT|bots)
        no quiero hablar contigo( mas)?
        """,
        _BLOCKS,
    ),
    urgent=phrases(
        """
            por favor|porfa(vor)?|ya|ahora( mismo)?|urgente(mente)?|inmediatamente|de inmediato|rapido
            quiero|necesito|dame|dije|que sea
        """
    ),
    passing=_PASSING,
    upset=phrases(
        r"""
        (esto|eso|es|son|eres|esta|este <word>|su <word>|sois|<team>|BOT) (es )?(<very> ){0,3}<bad>
        (que|vaya|menud[oa]|tan|totalmente|absolutamente|realmente) (<very> )?<bad>
        (estoy|estamos|me siento|ando) (<very> ){0,2}<angry>
        (el|la) (peor) (<word> ){1,2}?(del mundo|que|de la historia|posible|de todos)
        (peor|pesimo|pesima|horrible|terrible) (servicio|atencion|experiencia|soporte|banco|hotel|empresa|
            bot|<team>)
        (ya |he |lo |te |les ){0,3}(pregunt|ped|dich|dij|llam|escrit|escrib|explic|repet|
            intent)\w{0,6} (<word> ){0,2}?<count> veces
        (por )?(tercera|cuarta|quinta|sexta|decima|enesima|ultima) vez
        cuantas veces (<word> ){0,3}?(decir|preguntar|repetir|explicar|escribir|llamar|pedir)\w{0,4}
        (harto|harta|hartos|hasta las narices|hasta la madre|me canse|se me acabo la paciencia|
            perdi la paciencia|me tienen harto|ya basta de)
        nadie (me |nos )?(ayuda|responde|contesta|atiende|escucha|hace nada)
        (que asco|mierda|joder|carajo|puta|puto|verga|pendej\w{1,2}|gilipollas|cabron(es)?|maldit[oa]s?|
            hijo de puta|imbecil(es)?|idiotas?)
        (perdida de tiempo|pierdo mi tiempo|perder (mi|el) tiempo|tomando el pelo|burlan|se rien de)
        """,
        {
            **_BLOCKS,
            "very": """
                muy|tan|realmente|absolutamente|totalmente|completamente|un|una|el|la|lo|verdaderamente
                simplemente|bien|super|de lo mas|mas
            """,
            "bad": """
                ridicul[oa]s?|inutil(es)?|horrible|terrible|pesim[oa]|inaceptable|indignante|verguenza
                vergonzos[oa]|basura|desastre|estupid[oa]s?|absurd[oa]|patetic[oa]|lo peor|una broma
                frustrante|un robo|intolerable|desesperante|una tomadura de pelo|asco
            """,
            "angry": """
                furios[oa]s?|enojad[oa]s?|enfadad[oa]s?|molest[oa]s?|hart[oa]s?|indignad[oa]s?
                frustrad[oa]s?|cabread[oa]s?|decepcionad[oa]s?|encabronad[oa]
            """,
            "count": r"""
                tres|cuatro|cinco|seis|siete|ocho|nueve|diez|veinte|cien|mil|muchas|varias|demasiadas
                tantas|\d{1,3}
            """,
        },
    ),
    unhelped=phrases(
        r"""
        (eso|esto|ello|la respuesta|tu respuesta|su respuesta|el articulo|aun|todavia|asi) (tampoco |ya |
            a mi )?no (me |nos |lo |ha |se )?(<word> )?(ayud|sirv|funcion|resuelv|resolv|solucion|respond|
            contest|es lo que|es correct|soluciona)\w{0,6}
        (no) (me |nos )?(ayud[oa]|ha ayudado|sirvio|sirve|resolvio|resuelve|soluciono|respondiste|respondio|
            contestaste|has respondido|ayudaste|ayuda)( (nada|en nada|de nada|mi pregunta|a mi pregunta|
            mi problema|el problema|para nada|esto|eso))?<end>
        (sigue|siguen|continua) (<word> ){0,2}?(sin|igual|dando|fallando|mal|roto|el mismo|con el)
        (todavia|aun|sigue) no (<word> )?(funciona|sirve|puedo|anda|carga|abre|conecta|responde)
        no (es|era|fue) (eso )?lo que (<word> ){0,2}?(pregunt|ped|quer|quier|busc|necesit|dij)\w{0,5}
        ya (lo |la |he |hice |los )?(<word> )?(intente|intentado|probe|probado|hice|hecho|lei|leido|
            todo eso|eso)
        (respuesta|informacion|solucion) (equivocada|incorrecta|erronea|inutil|mala)
        (esta|estas) (mal|equivocad[oa])<end>
        no (me )?(entiendes|entiende|entendiste|estas entendiendo|comprendes)
        no (respondes|responde|contestas) (a )?(mi|lo)
        (mismo|mismo el) (error|problema)|no es (correcto|util|cierto|verdad)|nada util
        (no )?(fue|es) de (ninguna )?ayuda
        """,
        _BLOCKS,
    ),
    stop=phrases(
        """
        para( ya)?|pare|parale|alto|stop|detente|basta( ya)?|callate|callese|calla|silencio
        cierra (la boca|el pico)|suficiente
        (deja|deje|dejen) de (responder(me)?|escribir(me)?|hablar(me)?|contestar|molestar(me)?|
            mandar mensajes|enviar mensajes)
        (dejame|dejeme|dejen?me|dejanos) (en paz|tranquil[oa])
        no (me )?(respondas|escribas|contestes|hables|molestes|responda)( mas)?|vete
        """,
        _BLOCKS,
    ),
    bot=phrases(
        """
        (eres|es|son|sos|es usted|usted es|tu eres) (tu |usted |esto |este |
            <just> ){0,2}<sort>( o (<just> ){0,2}(<sort>|no|que))?
        (estoy|estamos) (hablando|chateando|
            conversando) (<just> )?con (<just> )?<sort>( o (con )?(<just> ){0,2}(<sort>|no))?
        (hablo|chateo|converso) con <sort>( o (con )?(<just> ){0,2}(<sort>|no))?
        con (quien|que) (hablo|estoy hablando|chateo)|quien eres|quien es usted|que eres
        (humano|persona|HUMAN|BOT) o (BOT|HUMAN|robot|maquina|humano)|responde (HUMAN|BOT)
        """,
        {
            "sort": "HUMAN|BOT|ALGUIEN real|human[oa]|real|automatic[oa]|ALGUIEN",
            "just": "realmente|acaso|de verdad|solo|un|una|en realidad|alguna",
        },
    ),
    back=phrases(
        """
        olvid(alo|elo|enlo|ate)|no importa|da igual|dejalo( asi)?|dejelo( asi)?
        no (hace|es) (falta|necesario)( ya)?|no te preocupes|no se preocupe
        (ya )?(esta|quedo|fue|se|todo|lo) (ya |he |problema )?(resuelto|solucionado|arreglado|resolvio|
            soluciono|solucione|resolvi|arregle|arreglo|listo|encontre|logre)
        (ya )?(lo |la )?(pude|consegui|logre|resolvi|solucione|encontre|arregle)( (solo|sola|resolverlo|
            solucionarlo|hacerlo|arreglarlo))?
        (el )?problema (ya )?(esta |fue |ha sido |quedo )?(resuelto|solucionado|arreglado)
        ya (no )?(necesito|quiero) (ayuda|nada|hablar con (HUMAN|ALGUIEN)|HUMAN|a HUMAN)( mas| ya)?
        (ya )?no necesito (ayuda|nada|HUMAN|hablar con (HUMAN|ALGUIEN))( mas| ya)?
        ya funciona|(ya )?(me )?funciona( (ya|ahora|bien))|ahora (si )?(ya )?funciona
        (sigo|seguire|continuo|me quedo|prefiero seguir|voy a seguir|seguimos) (hablando )?(con BOT|contigo)
        volver (al|con el) bot|vuelvo con BOT
        cancela(lo|r)?( (la|mi) solicitud)?|no quiero hablar con (HUMAN|ALGUIEN)( ya| mas)?
        """,
        _BLOCKS,
    ),
    yes=phrases(
        """
        si{1,5}|claro( que si)?|por supuesto|vale|de acuerdo|ok(ay)?|dale|bueno|adelante|por favor|seguro
        perfecto|esta bien|me parece bien|desde luego|hagalo|hazlo
        (eso )?(seria|estaria) (genial|bueno|bien|perfecto|estupendo)|me gustaria|porfa(vor)?|correcto
        como no|asi es|genial|si quiero|obvio|va|sip|👍|✅
        """
    ),
    no=phrases(
        """
        no|no,? gracias|nop|nel|ahora no|no (hace falta|es necesario|quiero|lo necesito|por ahora|ahora)
        mejor no|para nada|todavia no|aun no|en absoluto|de ninguna manera|mas tarde|luego
        quizas? (luego|mas tarde)|estoy bien|asi esta bien|olvidalo|no importa|tampoco|👎|❌
        """
    ),
    greeting=phrases(
        "(hola|holi|holis|buen(os|as)? (dias?|tardes|noches)|buenas|que tal|saludos|hey|ola)"
        "( (a todos|equipo|bot|que tal|como estas?|como esta))?"
    ),
    thanks=phrases(
        """
        ((ok|vale|perfecto|genial|listo|bien|excelente) )?(muchas |muchisimas |mil |muy )?(gracias|
            agradecid[oa]|te agradezco|se agradece|lo agradezco)( (por (tu|su|la|todo)( (ayuda|respuesta|
            informacion))?|de nuevo|a ti|amigo|mil)){0,2}
        """
    ),
    good=phrases(
        """
        perfecto|genial|excelente|estupendo|entendido|muy bien|fenomenal|buenisimo|maravilloso
        (eso |ya |me |esto )(funciono|funciona|sirvio|ayudo|ha funcionado|sirve)( (bien|perfecto|gracias))?
        ya (me )?(funciona|sirve)
        """
    ),
    filler=phrases(
        """
        por favor|porfa(vor)?|gracias|muchas gracias|ok(ay)?|vale|hola|buenas|buenos dias|oye|oiga|bueno
        pues|entonces|ya|ahora|disculpe|disculpa|perdon|bot|BOT|solo|pero|es que|muy amable|dime|digame|eh
        ah|y|frontdesk|buenas (tardes|noches)|mas|amigo
        """
    ),
    noise=frozenset(
        """
        el la los las un una unos unas mi mis tu su yo me te se lo le de del al y es son esta estoy por
        favor hola gracias otra vez pregunte pregunta dije repito ya puedo puede quiero necesito para que
        ahora pero
        """.split()
    ),
)
