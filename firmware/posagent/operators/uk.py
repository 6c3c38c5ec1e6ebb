"""Ukrainian, in its own letters and in Latin ones."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "на номер|номера|dlya nomera"
FRAUD = "заблок|відключ|поповн|оплат|термінал|заборг"
WORDS = """\
low недостатньо коштів|баланс менше
suspended заблоковано|обслуговування призупинено|zablokovano|obsluhovuvannya pryzupyneno
one_way вихідні дзвінки|вихідні виклики|vykhidni dzvinky|vyhidni
used_up трафік вичерпано|інтернет вичерпано|інтернету вичерпано
expired термін дії закінчився|термін дії минув
restored розблоковано|обслуговування відновлено
topped_up рахунок поповнено|rahunok popovneno|rakhunok popovneno
wait очікуйте|ochikuyte
no_number недоступн|помилка|http
if якщо|буде|щоб
line абонент
product підписк|pidpysk|тариф|taryf|домашн|роумінг
alien карт|kart|банк|bank|код
offer popovnit|поповніть рахунок на|otrymai|отримайте
balance на вашому рахунку|на рахунку|ваш баланс|баланс|залишок на рахунку|na vashomu rahunku|\
na rahunku|na rakhunku|vash balans|balans|balance
bonus бонус|bonus|ліміт
debt заборгованість
left залишок інтернету|залишилось|залишилося|zalyshok internetu|zalyshylos
used використано
valid діє до|дійсний до|дійсна до|чинний до|diie do|diisnyi do|diisna do|diye do|до~|do~
have у вас
after на рахунку|na rahunku
after_left залишилось|залишилося
not хв|sms|смс|khv"""
