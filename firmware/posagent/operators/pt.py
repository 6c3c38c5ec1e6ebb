"""Portuguese."""

MONTHS = "janfevmarabrmaijunjulagosetoutnovdez"
STRICT = False
FILL = ""
TO = "ao numero|para"
FRAUD = "suspens|recarreg|bloque|terminal"
WORDS = """\
low saldo insuficiente|saldo baixo|saldo esta baixo|pouco saldo
suspended foi suspens|esta suspens|foi bloquead|esta bloquead|linha bloqueada
one_way chamadas originadas|efetuar chamadas
data_stopped dados suspensos|internet suspensa|internet foi suspensa|internet foi bloqueada
used_up internet acabou|franquia acabou|pacote acabou|franquia esgotada|dados acabaram|\
dados esgotados|consumiu 100|usou 100|atingiu o limite|pacote de dados terminou
expired expirou|esta vencid|venceu|expirado
restricted fraude
restored foi reativ|foi desbloquead|foi restabelecid
topped_up recarga realizada|recarga efetuada|recarga de sucesso|recarga com sucesso|\
sua recarga|recarregou com sucesso
restart reinicie
wait aguarde|recebera um sms
no_number indispon|nao disponivel|erro~|tente|http
maintenance manuten
if se~|sera|quando|para evitar|evite
own sua linha|seu numero|o seu numero
line para o numero|o numero|ao numero|transferiu
product banda larga|fatura|tv~|assinatura|fixo~|fibra|pontos
alien banco|cartao|codigo|pix~|m-pesa|mpesa|emola|emprestimo
offer recarregue|ganhe|aproveite|contrate|compre
balance saldo disponivel|saldo atual|saldo principal|saldo de recarga|seu saldo|o seu saldo|\
saldo
bonus bonus|promocional|anterior|minimo
debt divida|valor em aberto|valor devido
left restam|restante|tem ainda|internet disponivel|dados disponiveis|saldo de dados|\
saldo de internet
used usou|consumiu|utilizado
total pacote de
valid valido ate|valida ate|validade|vence em|expira em|expira a|expira|ate~
have voce tem|tem~|voce possui
after de saldo|de credito
after_left restantes|disponiveis|de internet
not bonus|min|sms|dias|pontos"""
