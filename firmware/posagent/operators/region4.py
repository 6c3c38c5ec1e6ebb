"""Asia and the Middle East."""

COUNTRIES = """\
400 tr,ru AZN xdmy azn|manat|man
401 ru KZT xdmy тенге|тг.|тг|tg.|tg|kzt|₸
404 en,hi INR .dmy rs.|rs|inr|₹|रु.|रु|rupees
405 en,hi INR .dmy rs.|rs|inr|₹|रु.|रु|rupees
410 en,hi PKR .dmy rs.|rs|pkr|rupees
413 en LKR .dmy rs.|rs|lkr|rupees|lkr.
416 ar,en JOD .dmy jd|jod|دينار|dinars
418 ar,en IQD .dmy iqd|دينار|id
419 ar,en KWD .dmy kd|kwd|دينار|dinars
420 ar,en SAR .dmy sr|sar|ريال|riyals|riyal
421 ar,en YER .dmy yer|ريال
424 ar,en AED .dmy aed|dhs|درهم|dirhams
426 ar,en BHD .dmy bd|bhd|دينار
432 ar,en IRR .ymd rials|rial|irr|ريال|﷼
434 ru UZS xdmy сум|so'm|som|sum|uzs
436 ru TJS xdmy сомони|tjs|с.|somoni
437 ru KGS xdmy сом|kgs|som
440 en JPY .ymd yen|¥|円
450 en KRW .ymd won|₩|krw
452 vi VND ,dmy dong|vnd|đ|d
454 zh,en HKD .ymd hk$|$|hkd|元
455 zh,en MOP .ymd mop|元
456 en USD .dmy $
457 en LAK .dmy kip|lak
460 zh CNY .ymd 元|块|¥|rmb|人民币|cny
466 zh,en TWD .ymd 元|nt$|twd
470 en,hi BDT .dmy tk.|tk|bdt|৳|taka
428 ru,en MNT .ymd ₮|mnt
429 en,hi NPR .dmy rs.|rs|npr|rupees"""
ROWS = """\
46004,898604,898608 10086 -
46000,46002,46007,46008,46013,46020,898600,898602,898607 10086 10086:CXYE/YE
46001,46006,46009,46010,898601,898606,898609 10010 10010:CXYE/YE$
46003,46005,46011,46012,898603,898611 10001,10000 10001:102/101
46015,898615 10099 10099:YE/CXYE?
40101 Beeline *102#
40102 Kcell *100#?
40410,40445,40490,40440,40402 Airtel *121#
40420,40411,40484 Vi *199#?
40438,40434 BSNL *123#
405857 Jio -
41001 Jazz *111#
41004 Zong *222#
41006 Telenor *444#
41302 Dialog *#456#
41601 Zain *116#
41820 Zain *211#?
41902 Zain *142#
42001 STC *166#
42101 Sabafon *111#?
42402 Etisalat *121#
42902 Ncell *101#
43211 MCI,8999 -
43235 Irancell *141*1#
43405 Ucell *100#
43407 Mobiuz *100#
43604 Babilon -
45201 Mobifone *101#
45204 Viettel *101#
45205 Vietnamobile *101#?
45400 csl *109#
45501 CTM *122#
46692 CHT *123#?
47001 GP *566#
47002 Robi *222#
47003 Banglalink *124#
41805 Asiacell *133#
41840 Korek *211#
42901 NTC *400#
43701 Beeline *102#
43705 MegaCom *500#
43709 O *100#
45601 Cellcard #124#
45606 Smart *888#
45608 Metfone *097#
45701 LTC *122#
47004 Teletalk *152#"""
