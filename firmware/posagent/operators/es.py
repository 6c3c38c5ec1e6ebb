"""Spanish."""

MONTHS = "enefebmarabrmayjunjulagosepoctnovdic"
STRICT = False
FILL = ""
TO = "al numero|para"
FRAUD = "suspend|recarg|bloque|caduc|terminal"
PLAIN = (
    "|es|son|actual|disponible|principal|amigo|rd|q|s|movistar|claro|su|tu|sus|tus|el|la|los|las|"
    "un|una|de|del|y|o|a|al|en|por|para|con|sin|que|se|le|te|ha|han|sido|fue|esta|estan|ya|hoy|"
    "estimado|estimada|cliente|usuario|hola|aviso|info|recuerda|informamos|linea|numero|movil|"
    "celular|servicio|servicios|chip|sim|cuenta|plan|paquete|datos|internet|saldo|recarga|falta|"
    "pago|deuda|impago|temporalmente|momentaneamente|debido|actualmente|llamadas|salientes|lo|"
    "sentimos|"
)
WORDS = """\
low saldo insuficiente|saldo bajo|poco saldo|saldo es bajo|se esta agotando|saldo agotado|\
sin saldo
suspended ha sido suspendid|fue suspendid|esta suspendid|ha sido bloquead|esta bloquead|\
fue bloquead|servicio suspendido|linea suspendida|ha sido cancelad|ha sido desactivad|\
esta inactiv|esta desactivad|fue desactivad|ha sido cortad|se encuentra suspendid|\
se encuentra bloquead
one_way llamadas salientes
data_stopped datos suspendidos|datos han sido suspendidos|internet suspendido|\
navegacion suspendida|datos bloqueados
used_up datos agotados|se agotaron|agotaste tus datos|has agotado|consumiste el 100|\
has consumido todos|datos se han agotado|te quedaste sin datos|sin megas|agotado tus datos|\
consumido tus datos|consumio el 100
expired ha vencido|ha expirado|esta vencid|vencio
restricted fraude|motivos de seguridad
restored ha sido reactivad|fue reactivad|ha sido restablecid
topped_up recarga exitosa|recarga realizada|has recargado|recargaste|recarga por|\
recarga fue exitosa|se ha recargado|se acredito|hemos acreditado
restart reinicie|reinicia
wait espere|espera~|recibira un sms|recibiras un sms
no_number no disponible|error|intente|intenta|http|no puede ser
maintenance mantenimiento
if si~|sera|seran|cuando|para evitar|evita
denied anteriormente|el mes pasado|es falso|un fraude|durante
own tu linea|su linea|tu numero|su numero|tu servicio movil|tu chip|su chip|su servicio movil|\
tu sim
line al numero|has transferido|transferiste|el numero
product servicio de hogar|hogar|suscripcion|factura|fijo~|tv~|claro video|banda ancha|fibra|\
roaming|puntos
alien banco|tarjeta|compra por|otp~|codigo|prestamo|bbva|paquete esta|paqueteria|envio|correos|\
transaccion|compra|deposito|retiro|transferencia
nothing pago de tu factura|pago de su factura|factura vencida|factura pendiente
offer recarga $|recarga y|recarga s/|recarga q|recarga rd|recibe|gana~|aprovecha|compra~|llevate
balance saldo disponible|saldo actual|saldo principal|tu saldo|su saldo|saldo|tu balance|\
su balance|balance|saldo de recargas|saldo promocional es de 0|credito disponible|\
saldo de tu linea
bonus consumo adicional|promocional|bono|regalo|adelanto|anterior|minimo
debt deuda|su deuda|monto adeudado|saldo pendiente|saldo vencido
left te quedan|te queda|datos:|datos restantes|restan|restante|datos disponibles|\
internet disponible|te restan|saldo de datos|gigas disponibles|megas disponibles|tus datos
used has usado|usado|consumido|has consumido
total paquete de
valid vigencia al|vigencia|valido hasta|valida hasta|validos hasta|vence el|vence|vencimiento|\
caduca el|caduca|activa hasta|expira el|expira|hasta el|vigente al|vigente hasta|vigencia hasta|\
valido al|validez hasta|validez|vence:|fecha de vencimiento|expiracion|disponible hasta|\
utilizar antes del
have tienes|tenes|dispones de
after de saldo|saldo~
after_left restantes|disponibles|de datos
not de bono|bono|o mas|dias|de regalo|puntos
pack min~|mins~|minutos|sms~|segundos
weak referencia:|folio|autorizacion:
reload recarg
done exitosa|exitoso|con exito|realizada|realizado|aplicada|acreditada
datum datos~|internet~|megas~|gigas~|paquete~|plan de datos
gone agotado|agotaste|agotaron|terminado|terminaste|consumido todo|se acabaron|se acabo
cut suspendid|bloquead|desactivad|cortad|inactiv|cancelad"""
