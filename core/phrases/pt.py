"""Portuguese."""

from core.phrases.table import Phrases

PHRASES = Phrases(
    greeting="Olá! Em que posso ajudar?",
    welcome="De nada! Escreva de novo se precisar de mais alguma coisa.",
    good="Que bom! Escreva de novo se precisar de mais alguma coisa.",
    not_found="Não encontrei resposta para isso nos nossos artigos de ajuda, e prefiro não adivinhar.",
    not_found_for=(
        "Não encontrei resposta para {questions} nos nossos artigos de ajuda, e prefiro não adivinhar."
    ),
    unread="Desculpe, nos nossos artigos de ajuda só consigo procurar perguntas neste idioma: {language}.",
    see_also="_Veja também {name}._",
    source="_Isto está no nosso artigo {name}._",
    source_part="_Isto está no nosso artigo {name}, em “{heading}”._",
    sources="_Isto está nos nossos artigos {names}._",
    left_out="_(Deixei de fora o que não pude confirmar nos nossos artigos de ajuda.)_",
    cut="_(Tive de parar aqui. Peça para eu continuar se precisar do resto.)_",
    broken_off="Desculpe, fui interrompido aqui e não consigo terminar esta resposta.",
    goes_on="_{name} continua a partir daqui._",
    goes_on_team="_A nossa equipe continua a partir daqui._",
    too_long=(
        "A sua mensagem é mais longa do que consigo ler de uma vez. Pode enviar a pergunta principal em poucas "
        "frases, ou em partes menores?"
    ),
    still_on_it="Isto está demorando um pouco mais do que o normal; continuo trabalhando nisso.",
    busy="Desculpe, estou recebendo mais perguntas do que consigo responder agora.",
    trouble="Desculpe, não consegui responder agora por causa de um problema do nosso lado.",
    filtered="A isso eu não posso responder.",
    late=(
        "Desculpe, eu não estava aqui quando você escreveu isto. Passei a mensagem para a nossa equipe, que "
        "entrará em contato com você."
    ),
    late_alone=(
        "Desculpe, eu não estava aqui quando você escreveu isto. Se ainda precisar de ajuda, escreva de novo."
    ),
    i_am_a_bot=(
        "Sou um assistente automático, não uma pessoa. Respondo com base nos nossos artigos de ajuda e posso "
        "chamar alguém da nossa equipe quando você pedir."
    ),
    muted=(
        "Tudo bem, fico em silêncio aqui. Mencione-me, ou peça para falar com uma pessoa, quando precisar de "
        "mim de novo."
    ),
    upset="Lamento que isto esteja sendo tão frustrante.",
    unhelped="Lamento que isso não tenha ajudado.",
    repeated="Desculpe, parece que continuo sem entender você.",
    not_solved="Lamento que ainda não esteja resolvido.",
    bare="Posso chamar alguém da nossa equipe.",
    declined="Tudo bem. Pergunte outra coisa quando quiser.",
    after_no="Se afinal preferir falar com uma pessoa, escreva apenas *atendente*.",
    offer="Quer que eu chame alguém da nossa equipe? Responda apenas *sim*.",
    offer_of="Quer que eu chame {name}? Responda apenas *sim*.",
    for_a_person="Isto é para uma pessoa da nossa equipe.",
    told="Avisei a nossa equipe. Uma pessoa vai responder aqui.",
    told_until="A maioria volta {when}, por isso pode demorar até lá.",
    away="A nossa equipe não está disponível agora. Ela já tem o seu pedido, e uma pessoa vai responder aqui.",
    away_until=(
        "A nossa equipe não está disponível agora e volta {when}. Ela já tem o seu pedido, e uma pessoa vai "
        "responder aqui."
    ),
    passed_on=(
        "Passei isso para a nossa equipe; uma pessoa vai responder aqui. Se não precisar mais, escreva *não "
        "precisa mais*."
    ),
    withdrawn=(
        "Tudo bem, avisei a nossa equipe que você não precisa mais dela. Pergunte outra coisa quando quiser."
    ),
    claimed="{name} está cuidando disto e vai responder aqui.",
    given_back="A nossa equipe devolveu a conversa para mim. Em que mais posso ajudar?",
    resolved=(
        "A nossa equipe encerrou este pedido. Estou aqui de novo se você tiver outra pergunta. Ela ajudou?"
    ),
    still_needed="Isto está resolvido? Se não tivermos notícias suas, encerraremos este pedido em {time}.",
    closed_quiet=(
        "Como não tivemos notícias suas, encerramos este pedido. Escreva de novo se ainda precisar de ajuda. "
        "Foi resolvido?"
    ),
    thank_you="Obrigado, isso nos ajuda.",
    sorry="Lamento saber disso. Escreva o que ainda falta, e peça para falar com uma pessoa se quiser.",
    not_yours="Isto é para a pessoa que perguntou.",
    out_of_date="Esse botão não vale mais; nada foi alterado.",
    not_helpful="Lamento que isso não tenha ajudado. Escreva o que ainda falta, e eu tento de novo.",
    not_helpful_offer=(
        "Lamento que isso não tenha ajudado. Escreva o que ainda falta, ou deixe "
        "que eu chame alguém da nossa equipe."
    ),
    with_team="A nossa equipe já tem o seu pedido, e uma pessoa vai responder aqui.",
    person_asked="Já tenho o seu pedido para falar com uma pessoa.",
    wants_person="Quero falar com uma pessoa.",
    button_yes="Sim, por favor",
    button_no="Não, obrigado",
    button_helpful="👍 Ajudou",
    button_unhelpful="👎 Não ajudou",
    button_person="Falar com uma pessoa",
    button_forget="Sim, apagar tudo",
    button_keep="Não, manter",
    and_="{first} e {last}",
    or_="{first} ou {last}",
    today="hoje às {time} ({zone})",
    tomorrow="amanhã às {time} ({zone})",
    on_weekday="{weekday} às {time} ({zone})",
    on_date="{weekday}, {day} de {month}, às {time} ({zone})",
    weekdays="segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    one_day="1 dia",
    days="{number} dias",
    one_hour="1 hora",
    hours="{number} horas",
    one_minute="1 minuto",
    minutes="{number} minutos",
    moment="menos de um minuto",
)
