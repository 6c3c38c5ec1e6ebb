"""Operators that write Spanish, Portuguese, French, Italian, German, Indonesian, Vietnamese,
Turkish, Latvian or Persian in Latin letters.
"""

THOUSANDS = " .,"
ORDER = "dmy"
ROWS = """\
21403 EUR2 Orange *111#
334020 MXN2 Telcel *133#
72402,72403,72404 BRL2 TIM *222#
20801 EUR2 Orange #123#
60801 XOF0 Orange #123#
61203 XOF0 Orange #122#
64601 MGA2 Airtel *123#
64602 MGA2 Orange #123#
64604 MGA2 Telma -
22201 EUR2 TIM *123#
26201 EUR2 Telekom *100#
26202 EUR2 Vodafone *100#
26203,26207 EUR2 O2 *101#
51010 IDR2 Telkomsel *888#
45204 VND0 Viettel *101#
28601 TRY2 Turkcell *123#
24701 EUR2 LMT *245#
43211 IRR2 MCI,8999 -
"""
WORDS = """\
saldo insuficiente|saldo bajo|saldo baixo|solde insuffisant|credito insufficiente|\
guthaben reicht nicht|pulsa tidak cukup|khong du tien|yetersiz
ha sido suspendid|foi suspens|a ete suspendu|a été suspendu|stata sospesa|wurde gesperrt|\
telah diblokir|da bi khoa|askiya alin
llamadas salientes suspendidas|appels sortants suspendus|chan goi di|chieu di
datos suspendidos|internet suspendu|dati sospesi|internet wurde gesperrt
datos agotados|se agotaron|forfait internet est epuise|dati esauriti|\
datenvolumen ist aufgebraucht|kuota habis|kuota anda telah habis|het data|het dung luong
ha vencido|ha expirado|a expire|a expiré|scaduta|ist abgelaufen|expirou|da het han
fraude|frode|betrug|seguridad|penipuan
ha sido reactivad|foi reativ|a ete retabli|stata riattivata|wieder freigeschaltet|\
telah aktif kembali|da duoc mo
recarga exitosa|recarga realizada|recharge reussie|recharge réussie|ricarica effettuata|\
wurde aufgeladen|isi pulsa berhasil|nap tien thanh cong|tl yuklendi
reinicie|redemarrez|redémarrez|riavvia|neu starten|nyalakan ulang|khoi dong lai
espere|aguarde|patientez|attendere|bitte warten|mohon tunggu|vui long doi|recibira un sms|\
recevrez un sms
no disponible|indispon|non disponibile|nicht verf|tidak tersedia|khong hop le|gecersiz|error|\
erreur|fehler|http|intente
mantenimiento|manuten|maintenance|wartung|bao tri|bakim
si |se |neu |sera |será |wird |quando|wenn|falls|jika|apabila|eger|para evitar|pour eviter|\
pour éviter|per evitare
 mb| gb|mb|gb|%| min| sms| punt| point| poin| o mas| de bono| dias| jours
saldo disponible|saldo actual|saldo principal|tu saldo es|su saldo es|seu saldo e|seu saldo é|\
saldo atual|saldo|solde principal|votre solde est|solde|credito residuo|credito disponibile|\
aktuelles guthaben|guthaben|sisa pulsa|pulsa utama|pulsa|tk goc|tk chinh|tai khoan chinh|\
kalan bakiyeniz|bakiyeniz|bakiye|konta atlikums|etebare asli
bono|bonus|anterior|minimo|precedent|promo|tk km|internet|dati|daten|datos|data
otp|banco|banque|bank|banca|codigo|code de|codice|tarjeta|carte bancaire|mobile money|\
orange money|pinjam
premio|gana|gewinn|hadiah|transfer
su deuda|sua divida|montant du|importo dovuto|offener betrag|tagihan|no cuoc|borcunuz
r$|$|€|euro|eur|mxn|brl|fcfa|xof|cfa|ariary|ar|mga|rp.|rp|idr|vnd|dong|d|tl|try|rial|irr|pesos
 de| es| est| e | é | è| ist|beträgt|betraegt| :|:| |=|actual|la
restante|restan|restant|rimanenti|verbleibend|sisa kuota|con lai|kalan
usado|utilise|consumido|usati|verbraucht|terpakai|da dung
paquete de|forfait de|pacchetto|paket
vigencia|valido hasta|válido hasta|valido ate|válido até|valable jusqu'au|valable jusqu’au|\
valido fino al|gültig bis|gueltig bis|aktif s.d.|aktif sampai|hsd|son kullanma

al numero|ao numero|au numero|nummer|ke nomor|cho so|para
suspend|sospes|sperr|recarg|recharg|ricaric|auflad|blokir|khoa|terminal|nap tien|caduc|scad
"""
