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
    no_more="Infelizmente não encontro nada além do que acabei de citar sobre isso.",
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
    for_a_look="Se quiser que uma pessoa dê uma olhada, escreva apenas *atendente*.",
    cant_read="Desculpe, não consigo {parts}.",
    cant_hear_voice="ouvir mensagens de voz ({names})",
    cant_watch="assistir a vídeos ({names})",
    cant_see="ver imagens como {names}",
    cant_open="abrir arquivos como {names}",
    too_large="ler arquivos tão grandes como {names}",
    too_many="ver tantos arquivos de uma vez ({names})",
    no_room="incluir {names} junto com o resto",
    broken="abrir {names}, que pode estar danificado ou bloqueado",
    no_text="encontrar texto em {names}",
    gone="obter {names}",
    not_now="ver {names} neste momento",
    looped="As mensagens vão e vêm muito depressa; vou fazer uma pausa de alguns minutos aqui.",
    mention_me="Aqui só consigo ler o que me menciona. Escreva @{name} na sua mensagem, por favor.",
    may_not_write_there="Não posso escrever em {where}, por isso não consigo responder lá. Pergunte aqui.",
    wants_person="Quero falar com uma pessoa.",
    you_asked="Você perguntou:",
    goes_on_direct="Tudo bem, continuamos nas nossas mensagens diretas.",
    calling="Tudo bem, vou passar isso adiante.",
    has_person="A nossa equipe já tem o seu pedido, e uma pessoa vai responder lá.",
    failed="Não funcionou por um problema do nosso lado. Tente de novo, por favor.",
    asked_below="Tudo bem, vou responder abaixo dessa mensagem.",
    asked_already="Já recebi isso; veja a resposta abaixo.",
    no_question="Escreva a sua pergunta a seguir: *{prefix}ask Como pago?*",
    nothing_to_ask="Nessa mensagem não há palavras de uma pessoa a que eu possa responder.",
    own_words="Essa é a minha própria resposta. Escreva se algo nela não estiver claro.",
    no_such_command="Não conheço o comando *{name}*. Para fazer uma pergunta, escreva-a em poucas palavras.",
    new_begins="Tudo bem, começamos de novo: já não levo em conta o que foi dito aqui antes.",
    new_shared="Aqui todos partilham uma mesma conversa comigo, por isso não posso recomeçá-la. Para ter a sua própria, escreva para mim diretamente.",
    new_not_here="Neste canal cada nova menção começa a sua própria conversa. Para recomeçar nas nossas mensagens diretas, use este comando lá.",
    new_with_people="A nossa equipe tem aqui um pedido aberto, por isso não podemos recomeçar agora. Se não precisar mais de ninguém, escreva *não precisa mais*.",
    invite="Não consigo escrever lá. Peça a alguém que possa que me convide ({how}) e tente de novo.",
    may_not_write="Não posso escrever aqui. Peça a alguém que administre este servidor que me deixe ver este canal e escrever nele, e tente de novo.",
    closed_direct="Não consigo escrever diretamente para você, porque não aceita mensagens diretas daqui. Permita-as nas suas definições de privacidade deste servidor, ou mencione-me neste canal e peça para falar com uma pessoa.",
    help="Respondo a perguntas com os nossos artigos de ajuda. Escreva para mim diretamente, ou mencione-me num canal.",
    help_ask="*{prefix}ask Como pago?* faz uma pergunta sem me mencionar.",
    help_menu="*Ask Frontdesk*, no menu de uma mensagem, pergunta o que essa mensagem diz.",
    help_files="Você pode anexar arquivos de texto, logs, PDFs e imagens; se eu não conseguir ler algum, aviso. Não consigo ouvir mensagens de voz nem ver vídeos.",
    help_person="*{prefix}human* chama uma pessoa da nossa equipe. Pedir também funciona.",
    help_new="*{prefix}new* começa uma nova conversa.",
    help_forget="*{prefix}forget* apaga o que você me escreveu; antes pergunto mais uma vez.",
    help_feedback="Os botões abaixo de uma resposta nos dizem se ela ajudou.",
    home="**Pergunte o que quiser sobre os nossos produtos e serviços.** Respondo com os nossos artigos de ajuda e aviso quando a resposta não está neles.\n\n- Escreva para mim diretamente, ou mencione-me num canal em que eu esteja; respondo no tópico.",
    home_person="Peça para falar com uma pessoa a qualquer momento, e alguém da nossa equipe assume.",
    command_ask="Fazer uma pergunta",
    command_ask_what="O que você gostaria de saber?",
    command_human="Falar com uma pessoa da equipe",
    command_human_what="Do que se trata?",
    command_new="Começar uma nova conversa",
    command_forget="Remover o que você escreveu para este bot",
    command_help="O que este bot pode fazer por você",
    not_helpful="Lamento que isso não tenha ajudado. Escreva o que ainda falta, e tento de novo.",
    not_helpful_offer="Lamento que isso não tenha ajudado. Escreva o que ainda falta, ou deixe-me chamar alguém da nossa equipe.",
    with_team="A nossa equipe já tem o seu pedido, e uma pessoa vai responder aqui.",
    person_asked="Já tenho o seu pedido de falar com uma pessoa.",
    forget_ask="**Quer que eu esqueça você?** Apago então o que você me escreveu e o que lhe foi respondido, e o que mostrei disso à nossa equipe. Uma pergunta ainda sem resposta é descartada.\n\nO que fica: números sem palavras, como o custo de uma resposta, e as mensagens neste aplicativo, que eu não posso apagar. Não dá para desfazer.",
    forget_open="A nossa equipe ainda tem um pedido seu aberto: tudo é apagado assim que ele for encerrado.",
    forgotten="Feito: o que você escreveu e o que lhe foi respondido está apagado. Se escrever de novo, começamos do zero.",
    forget_later="Tudo bem. A nossa equipe ainda tem um pedido seu aberto; assim que for encerrado, tudo é apagado.",
    forgotten_now="O seu pedido está encerrado e tudo está apagado, como pediu.",
    kept="Tudo bem, nada é apagado.",
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
