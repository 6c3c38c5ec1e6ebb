"""Arabic and Persian, in their own letters and in Latin ones."""

MONTHS = ""
STRICT = False
FILL = ""
TO = ""
FRAUD = "شحن|إيقاف"
WORDS = """\
low رصيدك غير كاف|رصيدك منخفض
suspended تم إيقاف خطك|تم تعليق
used_up استهلكت كامل
topped_up تم شحن رصيدك بنجاح|تم الشحن
no_number http|غير متاح|خطا
alien بنك|رمز|بطاقة
offer اشحن|اربح
balance رصيدك الحالي هو|رصيدك الحالي|رصيدك المتبقي|رصيدك|الرصيد|اعتبار شما|اعتبار|etebare asli|\
etebar|credit
bonus رصيد مجاني|wow|bonus
valid صالح حتي|صالح لغاية|حتي|تنتهي في
not دقيقة|ميجا"""
