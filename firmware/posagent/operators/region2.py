"""Europe."""

COUNTRIES = """\
204 nl EUR ,dmy euro|€
206 nl,fr EUR ,dmy euro|€
208 fr EUR ,dmy euros|euro|€|e
214 es EUR ,dmy euros|euro|€
216 hu HUF ,ymd ft.|ft|forint
218 balkan BAM xdmy km|bam|konvertibil
219 balkan EUR ,dmy euro|€
220 balkan RSD ,dmy din.|din|rsd
222 it EUR ,dmy euro|€
226 ro EUR ,dmy euro|€
228 de,fr,it CHF .dmy chf|fr.|franken
230 cs CZK ,dmy kc|korun
231 cs EUR ,dmy euro|€
232 de EUR ,dmy euro|€|eur
234 en GBP .dmy £|gbp
235 en GBP .dmy £|gbp
240 en SEK ,ymd kr|sek|kronor
246 baltic EUR ,ymd euro|€
247 baltic EUR ,dmy euro|€
248 baltic EUR ,dmy euro|€
250 ru RUB xdmy руб.|рублей|рубля|руб|р.|р|rub.|rub|r.|r|₽|p.|p
255 uk,ru UAH xdmy грн.|грн|grn.|grn|hrn.|hrn|uah|₴
257 ru BYN xdmy руб.|руб|р.|р|byn|rub.|rub
259 ro,ru MDL xdmy lei|leu|mdl|лей
260 pl PLN ,dmy zl.|zl|pln|zloty|zlotych
262 de EUR ,dmy euro|€
268 pt EUR ,dmy euros|euro|€
272 en EUR .dmy euro|€
284 balkan BGN xdmy лв.|лв|lv.|lv|bgn|leva|лева
286 tr TRY ,dmy tl|try|₺|lira"""
ROWS = """\
21403 Orange *111#
21601 Yettel *102#?
21630 Telekom *102#
21901 HT *100#
22003 mts *100#
22201 TIM *123#?
22288 WindTre *123#
22601 Vodafone *100#?
22610 Orange *100#?
22802 Sunrise *121#
23001 TMobile *101#
23002 O2 *104*#
23101 Orange *100#?
23201 A1 *101#
23410 O2 *#10#
23415 Vodafone *#1345#
24601 Telia *102#?
24701 LMT *245#
24801 Telia *155#?
25001 MTS,111 *100#
25002 MegaFon,0500 *100#
25020 Tele2 *105#
25099,25028 Beeline *102#
25501 Vodafone,111 *101#
25503 Kyivstar,111 *111#
25506 lifecell *111#
25701 A1 *100#
25702 MTS *100#
26001 Plus *100#
26003 Orange *124*#
26006 Play *101#
26201 Telekom *100#
26202 Vodafone *100#
26203 O2 *100#
26207 O2 *101#
26806 MEO *#123#
28401 A1 *101#
28601 Turkcell *123#
28602 Vodafone *123#
20404 Vodafone *101#
20601 Proximus #121#
20801 Orange #123#
20610 Orange #123#
21409 Orange *111#
21404 Yoigo *111#
22001 Yettel *121#
22801 Swisscom *130#
22803 Salt #121#
23003 Vodafone *22#
24007 Tele2 *111#
24004,24006,24008 Telenor *222#
23430,23433 EE,150 150:BALANCE
25704 life *100#
26002 TMobile *101#
26801 Vodafone *#123#
26803 NOS *111#
28403 Vivacom *102#
28405 Yettel *123#>4"""
