"""Portuguese, of Brazil and of Portugal. Accents are left out here, as in every table."""

from core.escalation.table import Table, phrases

# Building blocks of the phrases below.
_BLOCKS = {
    "a": """
        ((uma?s?|uns|o|a|os|as|seu|sua|seus|teu|algum|alguma|outr[oa]|um dos|um de|do|da|no|na|ao|num|numa|
            vosso) ){0,2}
    """,
    "human": """
        (ser )?humanos?|pessoas?|agentes?|atendentes?|operador(a|es)?|assessor(a|es)?|representantes?
        funcionari[oa]s?|supervisor(a|es)?|gerentes?|encarregad[oa]s?|responsavel|chefe|superior
        consultor(a|es)?|especialistas?|colegas?|colaborador(a|es)?|tecnic[oa]s?|membro da equipe
        membro da equipa|diretor(a)?|assistente|empregad[oa]
    """,
    "real": """
        humano|humana|real|reais|de verdade|de carne e osso|fisica|viva|vivo|verdadeir[oa]|competente
        do suporte|do atendimento|do banco|do hotel
    """,
    "staff": """
        servico de quartos|ouvidoria|vendas|departamento( (de|do|da) <word>)?|setor( (de|do|da) <word>)?
        equip[ea]( (de|do|da) <word>)?|banco|agencia|cozinha|chef|cozinheiro|garcom|empregado de mesa
        camareira|limpeza|manutencao|financeiro|gerencia|direcao|restaurante|recepcionista|concierge|dono
        advogado|fundador(es)?
    """,
    "support": """
        atendimento( ao cliente| ao consumidor)?|servico (ao|de apoio ao|de atendimento ao) cliente
        apoio ao cliente|suporte( tecnico)?|recepcao|rececao|sac|central( de atendimento)?
    """,
    "team": "SUPPORT|STAFF",
    "anyone": "HUMAN|<team>|ALGUEM|ALGUEM (d[aoe]|n[ao]) (<team>|HUMAN|<word>)",
    "talk": """
        falar|falo|fala|conversar|bater papo|chatear|comunicar|contatar|contactar|dialogar|tratar|conectar
        tirar duvidas
        entrar em cont[a]c?to|cont[a]c?to|ser atendid[oa]|discutir|um papo|uma conversa|uma ligacao
    """,
    "move": r"""
        (transfir\w{1,4}|transfere|passa|passe|passem|conect[ae]\w{0,2}|ligu?[ae]|encaminh[ae]\w{0,2}|
            direcion[ae]|redirecion[ae]|pon?[hn]?[ae]|poe|coloc[aq]u?[ae]?|escal[ae])( me| nos)?
        (transferir|passar|conectar|encaminhar|direcionar|redirecionar|colocar|por|escalar|ligar)( me| nos)?
    """,
    "want": """
        quero|queremos|queria|preciso( de)?|precisamos( de)?|exijo|prefiro|desejo|solicito|gostaria( de)?
        busco|peco|necessito( de)?|me da|me de|da me|de me|chama|chame|chamem|posso ver|tem como ter|traga
    """,
}

_NAMES = {
    "BOT": phrases(
        """
            ((um|uma|este|esta|esse|essa|o|a|maldito) ){0,2}(chat ?)?(bots?|robos?|robots?|maquinas?|
                computador(es)?|ia|inteligencia artificial|assistente virtual|programa)( (virtual|
                automatico))?
        """,
        _BLOCKS,
    ),
    "HUMAN": phrases(
        r"""
        <a>(verdadeir[oa] |outr[oa] )?<human>( <real>){0,2}(?! (com deficiencia|idosa|juridica|fisica)\b)
        alguem (<real>)
        """,
        _BLOCKS,
    ),
    "ALGUEM": phrases("alguem( mais)?|algum de voces", _BLOCKS),
    "SUPPORT": phrases("<a>(da |do |de )?<support>", _BLOCKS),
    "STAFF": phrases("<a>(da |do |de )?<staff>", _BLOCKS),
}

_PERSON = phrases(
    r"""
    # falar com uma pessoa, me passa para um atendente
    <talk> (diretamente |agora |direto |logo )?(com|ao|a|no|na) <anyone>
    (contatar|contactar|falar) (HUMAN|<team>)
    (me |nos )?<move> (em cont[a]c?to |direto |a chamada |ja |por favor )?(com|para|pra|ao?|pro) <anyone>
    (me |nos )<move> HUMAN
    # preciso de um atendente, quero ser atendido por uma pessoa
    <want> (falar |ver |ajuda (de|d[ao]) |a |contatar |assistencia de |atendimento (de|por|com) )?HUMAN
    <want> que <anyone> (me|nos) (atend|ajud|lig|contat|contact|respond|telefon)\w{1,3}
    (fazer|registrar) uma (queixa|reclamacao) (com|a|ao) <anyone>
    (ser )?(atendid[oa]|ajudad[oa]|contatad[oa]|contactad[oa]) por <anyone>
    (ajuda|assistencia|resposta|ligacao|apoio|suporte|chamada) (de|por|d[ao]) (HUMAN|ALGUEM)
    (atendimento|ajuda|suporte|apoio|contato|<team>) (HUMAN|humano|humana|pessoal|personalizado)
    (pode|poderia|podem) (HUMAN|<team>|ALGUEM d[aoe] <word>( <word>)?) (por favor )?(me )?(ajudar|atender|
        ligar|contatar)
    (HUMAN|<team>|ALGUEM d[aoe] <word>) (pode|poderia|podem) (por favor )?(me )?(ajudar|atender|ligar|
        contatar)
    ALGUEM (pode|poderia) (por favor )?(me )?(ligar|contatar|telefonar|atender)
    (pode|poderia) ALGUEM (me )?(ligar|contatar|telefonar|atender)
    # há alguém que possa me atender
    (tem|ha|existe|teria) (ai |aqui )?(HUMAN|ALGUEM) (<word> )?(com|a) (quem|o qual|a qual)
    (tem|ha|existe|teria) (ai |aqui )?(HUMAN|ALGUEM) (<word> )?(que )?(me |nos )?(possa|pode|poderia|atenda|
        ajude)
    (tem|ha) HUMAN( ai| aqui| disponivel| real)?<end>
    com quem (eu )?(posso|poderia|devo|preciso) (falar|conversar|reclamar)
    # me liguem
    (me liguem?|me liga|liguem? me|ligue me|me telefonem?|liguem? para mim|liga pra mim)
    (pode|podem|poderia|poderiam) (me ligar|ligar( me)?( para mim| pra mim)?|
        me telefonar)( por favor| agora| de volta)?<end>
    (<want>|solicitar|pedir) (que me liguem|uma ligacao|um retorno|uma chamada|ser contatad[oa])
    # não quero falar com um robô
    (nao|nunca|parar de|odeio|cansei de|cansad[oa] de|em vez de|ao inves de|sem|
        detesto) (<word> ){0,3}?(falar|falando|conversar|tratar|chatear|discutir) (mais )?com BOT
    (HUMAN|ALGUEM) ?,? (e )?(nao|em vez de|ao inves de) (com )?BOT
    nao (quero )?BOT [,.] (<word> ){0,3}?HUMAN
    # em poucas palavras
    <start>((ola|oi|sim|nao|ok|so) ){0,2}(HUMAN|<team>) (, )?(por favor|ja|agora|urgente|imediatamente)<end>
    """,
    _BLOCKS,
)

_PASSING = phrases(
    r"""
    (nao|nem|nunca) (quero|preciso( de)?|desejo|e necessario|gostaria de|queria|queremos|precisamos( de)?|
        prefiro|necessito( de)?) (que )?((me )?(<talk>|<move>|ver) )?(com |a |ao |para |pra )?<anyone>
    nao (me )?(<move>) (com |a |ao |para |pra )?<anyone>
    (tenho|temos|preciso|precisamos|devo|deveria|devemos|e preciso) (que |de )?<talk> com <anyone> (para|
        pra|antes|se|primeiro)
    (tenho que|devo|deveria|sou obrigad[oa] a) <talk> com <anyone>
    (sem|antes de|depois de|ao|para|quando|se|enquanto|apos) (ter que |precisar |eu )?<talk> com <anyone>
    (meus|seus|os|as|nossos|teus|o|a|meu|um) (<word> )?(clientes?|usuari[oa]s?|utilizador(es)?|hospedes?|
        visitantes?|membros|bot|sistema|widget|app) (<word> ){0,4}?(com|para|a|ao) <anyone>
    (pode|podem|consegue|conseguem) (BOT|(meus|os|as|nossos) <word>) (<word> ){0,3}?(com|para|a) <anyone>
    (consulta|reuniao|reserva|entrevista|hora marcada|horario marcado) (<word> ){0,3}?(com|para|de) <anyone>
    (falei|falamos|conversei|contatei|contactei|liguei|estava falando|tinha falado) (<word> ){0,2}?(com|
        para|a) <anyone>
    (dinheiro|euros|reais|dolares|acesso|transferencia|conta|pagamento|pix) (<word> ){0,2}?(a|para|de|com|
        pra) <anyone>
    (sou|somos|e|es|eramos) HUMAN
    (para|por|pra|de) (uma|duas|dois|tres|quatro|cada|outra|outras|mais|\d{1,2}) (pessoas?|<human>)
    (adicion|remov|exclu|apag|convid|atribu|mud|alter)\w{1,4} (<word> ){0,4}?HUMAN
    (quem|qual|como se chama|onde fica) (<word> ){0,2}?<anyone>
    """,
    _BLOCKS,
)

TABLE = Table(
    names=_NAMES,
    person=_PERSON,
    bare=phrases(
        """
        (sim |nao )?HUMAN
        ^SUPPORT
        (tem |ha )?ALGUEM( (ai|aqui|disponivel|online))?
        ALGUEM (pode|poderia) (por favor )?(me )?ajudar( me)?
        (odeio|nao gosto de|nao quero) (os )?(BOT|bots|robos)
        nao quero (mais )?falar com voce( mais)?
        """,
        _BLOCKS,
    ),
    urgent=phrases(
        """
            por favor|ja|agora( mesmo)?|urgente(mente)?|imediatamente|rapido|quero|preciso( de)?|eu disse
            disse|me da|pf|pfv|pfvr
        """
    ),
    passing=_PASSING,
    upset=phrases(
        r"""
        (isso|isto|e|sao|esta|este <word>|esse <word>|seu <word>|voces?|voce|tu|es|<team>|BOT) (e |sao |
            esta |es )?(<very> ){0,3}<bad>
        (que|tao|totalmente|absolutamente|realmente) (<very> )?<bad>
        (estou|estamos|to|fiquei|ficando|me sinto) (<very> ){0,2}<angry>
        (o|a) pior (<word> ){1,2}?(do mundo|que|da historia|de todos|possivel)
        (pior|pessimo|pessima|horrivel|terrivel) (servico|atendimento|experiencia|suporte|banco|hotel|
            empresa|bot|<team>)
        (ja |eu |te |lhe |vos ){0,3}(pergunt|ped|diss|fal|lig|escrev|expliq|repet|
            tent)\w{0,6} (<word> ){0,2}?<count> vezes
        (pela )?(terceira|quarta|quinta|sexta|decima|enesima|ultima|milesima) vez
        quantas vezes (<word> ){0,3}?(dizer|perguntar|repetir|explicar|escrever|ligar|falar|pedir)
        (de saco cheio|cansei|perdi a paciencia|minha paciencia|estou fart[oa]|fart[oa] d\w{1,3}|
            cheg[ao] d[aeo])
        ninguem (me |nos )?(ajuda|responde|atende|escuta|faz nada|resolve)
        (merda|porra|caralho|puta que pariu|puta|foda|fodase|foder|filho da puta|idiotas?|imbecil|otario|
            desgraca\w{0,2}|palhacada|bosta)
        (perda de tempo|perdendo (meu )?tempo|perder (meu )?tempo|tirando (sarro|onda)|estao de brincadeira|
            de sacanagem|gozar comigo)
        """,
        {
            **_BLOCKS,
            "very": """
                muito|tao|realmente|absolutamente|totalmente|completamente|um|uma|o|a|simplesmente|mesmo
                super|bem|e|puto da
            """,
            "bad": """
                ridicul[oa]s?|inut(il|eis)|horrivel|terrivel|pessim[oa]|inaceitavel|absurd[oa]|vergonha
                vergonhos[oa]|lixo|desastre|estupid[oa]s?|burr[oa]s?|patetic[oa]|o pior|uma piada
                frustrante|um roubo|revoltante|palhacada|descaso|uma porcaria|porcaria
            """,
            "angry": """
                furios[oa]s?|irritad[oa]s?|chatead[oa]s?|com raiva|indignad[oa]s?|frustrad[oa]s?|put[oa]
                revoltad[oa]s?|decepcionad[oa]s?|zangad[oa]s?|fart[oa]s?
            """,
            "count": r"""
                tres|quatro|cinco|seis|sete|oito|nove|dez|vinte|cem|mil|muitas|varias|tantas|inumeras
                diversas|\d{1,3}
            """,
        },
    ),
    unhelped=phrases(
        r"""
        (isso|isto|a resposta|sua resposta|tua resposta|o artigo|ainda|tambem|assim) (ainda |ja |
            tambem )?nao (me |nos |o |foi |e |esta )?(<word> )?(ajud|serv|funcion|resolv|respond|adiant|
            e o que|certo|deu|correto|util|conseg)\w{0,6}
        nao (me |nos )?(ajudou|ajuda|adiantou|serviu|serve|resolveu|resolve|respondeu|funcionou|
            esta ajudando)( (nada|em nada|minha pergunta|a minha pergunta|meu problema|o problema|
            de nada))?<end>
        (continua|continuo|segue|permanece) (<word> ){0,2}?(sem|igual|dando|com|mal|o mesmo|falhando|nao)
        ainda nao (<word> )?(funciona|consigo|abre|carrega|conecta|deu|esta)
        nao (foi|e|era) (isso |isto |bem )?(o )?que (eu )?(perguntei|pedi|queria|quero|quis|disse|preciso|
            falei)
        ja (<word> )?(tentei|fiz|li|testei|experimentei)( (isso|isto|tudo|de tudo))?
        (resposta|informacao|solucao) (errada|incorreta|inutil|ruim)|(esta|ta) (errad[oa]|incorret[oa])<end>
        (voce |tu )?nao (me )?(entende|entendeu|entendes|esta entendendo|compreende)
        nao (respondeu|responde|respondes) (a )?(minha|o que)
        mesmo (erro|problema)|nao e (correto|util|verdade|isso)|(nao foi|de) (de )?nenhuma ajuda
        """,
        _BLOCKS,
    ),
    stop=phrases(
        """
        (para|pare|parem) de (responder|escrever|falar|me responder|mandar mensagens?|enviar mensagens?|
            encher( o saco)?|me incomodar)
        pare|para( com isso)?|stop|chega|basta|cala a boca|cale a boca|calado|calada|quiet[oa]
        fique quiet[oa]|fica quiet[oa]|silencio|cala te|suficiente
        (me deix[ae]|deixa me|deixe me) (em paz|quiet[oa])
        nao (me )?(responda|responde|escreva|fale|respondas)( mais)?|vai embora
        """,
        _BLOCKS,
    ),
    bot=phrases(
        """
        (voce e|e|es|tu es|vc e|voces sao|voce|isso e|
            isto e) (<just> ){0,2}<sort>( ou (<just> ){0,2}(<sort>|nao|que))?
        (estou|to|estamos|eu estou) (<just> )?(falando|conversando|a falar|
            a conversar) (<just> )?com (<just> )?<sort>( ou (com )?(<just> ){0,2}(<sort>|nao))?
        (falo|converso) com <sort>( ou (com )?(<just> ){0,2}(<sort>|nao))?
        com (quem|que) (falo|estou falando|estou a falar)|quem e voce|quem es tu|o que voce e
        (humano|pessoa|HUMAN|BOT) ou (BOT|HUMAN|robo|maquina|humano)
        """,
        {
            "sort": "HUMAN|BOT|human[oa]|real|automatic[oa]|ALGUEM",
            "just": "realmente|mesmo|por acaso|de verdade|so|um|uma|na verdade|alguma",
        },
    ),
    back=phrases(
        """
        deixa (pra la|para la|quieto)|deixe (pra la|para la)|esquec[ae]( isso)?|nao importa|tanto faz
        nao se preocupe
        (ja )?(esta|foi|ficou|ta|tudo) (ja |tudo )?(resolvido|solucionado|arranjado|certo|ok)
        (o )?problema (ja )?(esta |foi )?(resolvido|solucionado)
        (ja )?(eu )?(consegui|resolvi|solucionei|encontrei|achei)( (resolver|sozinh[oa]|fazer|a resposta|
            aqui|o problema)){0,2}
        (ja )?nao (preciso|quero) (mais )?(de )?(mais )?(ajuda|nada|falar com (HUMAN|ALGUEM)|HUMAN)( mais)?
        (ja|agora) (esta |ta )?(funciona|funcionou|funcionando)|funcionou agora
        (vou |quero |prefiro )?(continuar|continuo|sigo|seguir|ficar|fico) (falando )?(com BOT|contigo|
            com voce)
        volto (ao|para o) bot|voltar (ao|para o) bot
        cancel[ae]r?( (o|meu) pedido)?|deixa|nao (e )?(precisa|preciso|necessario)( mais)?
        """,
        _BLOCKS,
    ),
    yes=phrases(
        """
        si{1,4}m{1,4}|claro( que sim)?|com certeza|por favor|pode ser|pode( sim)?|ok(ay)?|ta( bom| bem)?
        tudo bem|esta bem|de acordo|beleza|isso|quero( sim)?|seria (otimo|bom|legal|perfeito|excelente)
        (ta |esta )?certo|perfeito|bora|manda|vamos|faca isso|sim senhor|otimo|aceito|gostaria( sim)?
        por mim( sim| tudo bem)?|fixe|forca|blz|s|👍|✅
        """
    ),
    no=phrases(
        """
        nao,? (obrigad[oa]|precisa|quero|e necessario|agora|e preciso)|nao|agora nao|melhor nao|ainda nao
        de jeito nenhum|de modo algum|nem pensar|dispenso|mais tarde|depois|talvez (mais tarde|depois)
        estou bem|deixa pra la|esquece|n|👎|❌
        """
    ),
    greeting=phrases(
        """
            (ola|oi|oie|oii|opa|bom dia|boa (tarde|noite)|e ai|saudacoes|hey|alo)( (a todos|pessoal|equipe|
                equipa|bot|tudo bem|tudo bom|gente))?
        """
    ),
    thanks=phrases(
        """
        ((ok|ta bom|perfeito|otimo|certo|legal|beleza|excelente|fixe) )?(muito |muitissimo )?(obrigad(o|a|
            inho|inha|ao)|valeu|agradeco|agradecid[oa]|brigad[oa]|grat[oa])( (pela (ajuda|resposta|atencao)|
            pelo (apoio|retorno)|por tudo|mesmo|de novo|a voce)){0,2}
        """
    ),
    good=phrases(
        """
        perfeito|otimo|excelente|entendi|maravilha|legal|show|fantastico|muito bom|fixe
        (isso |ja |agora )?(funcionou|deu certo|ajudou|resolveu)( (agora|bem|muito|aqui))?
        (isso |ja |agora )(funciona|ajuda)
        """
    ),
    filler=phrases(
        """
        por favor|pf|pfv|obrigad[oa]|muito obrigad[oa]|ok(ay)?|oi|ola|bom dia|boa (tarde|noite)|bom|bem
        entao|ja|agora|desculpa|desculpe|olha|mas|e|bot|BOT|so|me diga|ah|eh|frontdesk|mais|moco|amigo|eu
        """
    ),
    noise=frozenset(
        """
        o a os as um uma uns umas meu minha meus minhas seu sua eu me te se de do da dos das no na e sao
        esta estou por favor oi ola obrigado obrigada novo novamente vez perguntei pergunta disse repito ja
        posso pode quero preciso para que agora mas
        """.split()
    ),
)
