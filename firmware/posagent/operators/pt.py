"""Portuguese."""

MONTHS = "janfevmarabrmaijunjulagosetoutnovdez"
STRICT = False
FILL = ""
TO = "ao numero|para"
FRAUD = "suspens|recarreg|bloque|terminal"
PLAIN = (
    "|e|principal|atual|disponivel|r|seu|sua|seus|suas|o|a|os|as|um|uma|de|do|da|dos|das|em|por|"
    "para|com|sem|que|foi|esta|estao|ja|hoje|ola|caro|cara|cliente|prezado|aviso|informamos|"
    "linha|numero|celular|servico|servicos|chip|conta|plano|pacote|dados|internet|saldo|recarga|"
    "credito|creditos|falta|pagamento|temporariamente|devido|momento|no|na|voce|"
)
WORDS = """\
low saldo insuficiente|saldo baixo|saldo esta baixo|pouco saldo|saldo esgotado|sem saldo|\
sem creditos|creditos acabaram
suspended foi suspens|esta suspens|foi bloquead|esta bloquead|linha bloqueada|esta cancelad|\
foi cancelad|foi desativ|esta desativ|esta inativ|encontra-se suspens|encontra-se bloquead
one_way chamadas originadas|efetuar chamadas
data_stopped dados suspensos|navegacao foi suspensa|internet suspensa|internet foi suspensa|\
internet foi bloqueada
used_up internet acabou|franquia acabou|pacote acabou|franquia esgotada|dados acabaram|\
dados esgotados|consumiu 100|usou 100|atingiu o limite|pacote de dados terminou|\
internet terminou|franquia terminou|dados terminaram|esgotou os dados|consumiu toda|consumiu todo
expired expirou|esta vencid|venceu|expirado
restricted fraude
restored foi reativ|foi desbloquead|foi restabelecid
topped_up recarga realizada|recarga efetuada|recarga de sucesso|recarga com sucesso|sua recarga|\
recarregou com sucesso|creditos adicionados|foi creditado
restart reinicie
wait aguarde|recebera um sms
no_number indispon|nao disponivel|erro~|tente|http
maintenance manuten
if se~|sera|quando|para evitar|evite
denied anteriormente|no mes passado|e falso|durante
own sua linha|seu numero|o seu numero|seu chip|o seu cartao sim|o seu servico
line para o numero|o numero|ao numero|transferiu
product banda larga|fatura|tv~|assinatura|fixo~|fibra|pontos
alien banco|cartao|codigo|pix~|m-pesa|mpesa|emola|emprestimo|encomenda|compra aprovada|\
transferencia|deposito
nothing pagamento da fatura|fatura em atraso|fatura vencida
offer recarregue|ganhe|aproveite|contrate|compre
balance saldo disponivel|saldo atual|saldo principal|saldo de recarga|seu saldo|o seu saldo|\
saldo|saldo em conta|creditos disponiveis|saldo do seu|saldo da sua
bonus bonus|promocional|anterior|minimo
debt divida|valor em aberto|valor devido
left restam|restante|tem ainda|internet disponivel|dados disponiveis|saldo de dados|\
saldo de internet|ainda tem|resta~|dados restantes
used usou|consumiu|utilizado
total pacote de
valid valido ate|valida ate|validade|vence em|expira em|expira a|expira|ate~|valido por ate|\
valid ate|data de validade|expira:|utilize ate|carregue ate|recarregue ate|vence:
have voce tem|tem~|voce possui
after de saldo|de credito
after_left restantes|disponiveis|de internet
not bonus|dias|pontos
pack min~|mins~|minutos|sms~|segundos
reload recarga|carregamento
done sucesso|realizada|efetuada|efetuado|confirmada|aprovada
datum internet~|dados~|franquia~|pacote~
gone esgotad|acabou|acabaram|terminou|terminaram|consumid|atingiu o limite
cut suspens|bloquead|desativad|cortad|inativ|cancelad"""
