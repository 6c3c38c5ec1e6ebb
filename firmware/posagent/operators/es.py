"""Spanish."""

MONTHS = "enefebmarabrmayjunjulagosepoctnovdic"
STRICT = False
FILL = ""
TO = "al numero|para"
FRAUD = "suspend|recarg|bloque|caduc|terminal"
WORDS = """\
low saldo insuficiente|saldo bajo|poco saldo|saldo es bajo|se esta agotando
suspended ha sido suspendid|fue suspendid|esta suspendid|ha sido bloquead|esta bloquead|\
fue bloquead|servicio suspendido
one_way llamadas salientes
data_stopped datos suspendidos|datos han sido suspendidos|internet suspendido
used_up datos agotados|se agotaron|agotaste tus datos|has agotado|consumiste el 100|\
has consumido todos|datos se han agotado
expired ha vencido|ha expirado|esta vencid|vencio
restricted fraude|motivos de seguridad
restored ha sido reactivad|fue reactivad|ha sido restablecid
topped_up recarga exitosa|recarga realizada|has recargado|recargaste|recarga por|\
recarga fue exitosa|se ha recargado
restart reinicie|reinicia
wait espere|espera~|recibira un sms|recibiras un sms
no_number no disponible|error|intente|intenta|http|no puede ser
maintenance mantenimiento
if si~|sera|seran|cuando|para evitar|evita
own tu linea|su linea|tu numero|su numero
line al numero|has transferido|transferiste|el numero
product servicio de hogar|hogar|suscripcion|factura|fijo~|tv~|claro video|banda ancha|fibra|\
roaming|puntos
alien banco|tarjeta|compra por|otp~|codigo|prestamo|bbva
offer recarga $|recarga y|recarga s/|recarga q|recarga rd|recibe|gana~|aprovecha|compra~|\
llevate
balance saldo disponible|saldo actual|saldo principal|tu saldo|su saldo|saldo|tu balance|\
su balance|balance
bonus consumo adicional|promocional|bono|regalo|adelanto|anterior|minimo
debt deuda|su deuda|monto adeudado|saldo pendiente|saldo vencido
left te quedan|te queda|datos:|datos restantes|restan|restante|datos disponibles|\
internet disponible
used has usado|usado|consumido|has consumido
total paquete de
valid vigencia al|vigencia|valido hasta|valida hasta|validos hasta|vence el|vence|vencimiento|\
caduca el|caduca|activa hasta|expira el|expira|hasta el
have tienes|dispones de
after de saldo|saldo~
after_left restantes|disponibles|de datos
not de bono|bono|o mas|min|sms|dias|de regalo|puntos"""
