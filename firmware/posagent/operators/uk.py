"""Ukrainian, in its own letters and in Latin ones."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "на номер|номера|dlya nomera"
FRAUD = "заблок|відключ|поповн|оплат|термінал|заборг"
PLAIN = (
    "|deystvitelen|liniya|лінія|становить|складає|ваш|ваша|ваше|вашого|на|в|у|з|із|та|і|й|або|по|для|до|від|вже|був|"
    "була|було|буде|шановний|абоненте|абонент|клієнте|номер|номера|телефон|картка|рахунок|"
    "рахунку|послуги|послуга|зв|язку|тариф|пакет|інтернет|сьогодні|тимчасово|причини|через|"
    "вихідні|дзвінки|коштів|недостатньо|vash|na|rahunku|nomer|sim|"
)
WORDS = """\
low недостатньо коштів|баланс менше|коштів недостатньо|недостатньо грошей|nedostatno koshtiv
suspended заблоковано|обслуговування призупинено|zablokovano|obsluhovuvannya pryzupyneno|\
обслуговування зупинено|послуги призупинено|відключено за
one_way вихідні дзвінки|вихідні виклики|vykhidni dzvinky|vyhidni
used_up трафік вичерпано|інтернет вичерпано|інтернету вичерпано|вичерпано пакет|\
використали пакет|100% пакета|трафік закінчився
expired термін дії закінчився|термін дії минув
restored розблоковано|обслуговування відновлено
topped_up рахунок поповнено|rahunok popovneno|rakhunok popovneno
wait очікуйте|ochikuyte
no_number недоступн|помилка|http
if якщо|буде|щоб
denied раніше|минулого
own ваш номер|вашого номера|vash nomer|ваша сім|послуги зв'язку
line абонент
product підписк|pidpysk|тариф|taryf|домашн|роумінг
alien карт|kart|банк|bank|код|посилк|переказ|кредит|otrymannia gotivky
offer popovnit|поповніть рахунок на|otrymai|отримайте
balance на вашому рахунку|на рахунку|ваш баланс|баланс|залишок на рахунку|na vashomu rahunku|\
na rahunku|na rakhunku|vash balans|balans|balance|залишок на вашому рахунку|доступна сума|\
поточний баланс|na vashomu rakhunku|na vashem schete|na schetu
bonus бонус|bonus|ліміт
debt заборгованість|мінус
left залишок інтернету|залишилось|залишилося|zalyshok internetu|zalyshylos|залишок пакета|\
доступно
used використано
valid діє до|дійсний до|дійсна до|чинний до|diie do|diisnyi do|diisna do|diye do|до~|do~|\
diysnyi do|diysnyy do|dijsnyj do|активний до|обслуговується до|діятиме до|termin dii do|diysna do
have у вас
after на рахунку|na rahunku
after_left залишилось|залишилося
pack хв~|хвилин|sms~|смс~|khv~|hv~
reload поповнен|popovnen|платіж
done успішн|зараховано|uspishn|zarakhovano
datum інтернет|трафік|пакет~|гб~
gone вичерпан|використан|закінчил
cut заблокован|призупинен|відключен|припинен|обмежен"""
