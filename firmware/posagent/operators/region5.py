"""Oceania and South-East Asia."""

COUNTRIES = """\
502 en,id MYR .dmy rm|myr|ringgit
505 en AUD .dmy $|aud|dollars
510 id,en IDR ,dmy rp.|rp|idr|rupiah
515 en PHP .mdy php|p|₱|pesos|peso
520 th,en THB .dmy บาท|บ.|baht|thb|฿
525 en SGD .dmy s$|$|sgd
530 en NZD .dmy $|nzd
537 en PGK .dmy k|pgk"""
ROWS = """\
50212 Maxis *122#
50219 Celcom *124#
50501 Telstra #100#
51001 Indosat *123#
51010 Telkomsel *888#
51011 XL *123#
51502 222,Globe 222:BAL
51503,51505 214,Smart 214:?1515
52001 AIS *121#
52004 True #123#
52501 Singtel *139#
53024 2degrees *100*1#
50216 Digi *126#
52000 True #123#
52505 StarHub *123*1*1#"""
