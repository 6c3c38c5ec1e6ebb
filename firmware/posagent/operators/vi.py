"""Vietnamese."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "cho so"
FRAUD = "khoa|nap tien|terminal|het han"
WORDS = """\
low khong du tien|sap het tien|tai khoan sap het
suspended da bi khoa|bi tam khoa
one_way chan goi di|khoa chieu di|khoa 1 chieu|chieu di
used_up het data|het dung luong|het luu luong|da dung het|su dung het
expired da het han
restored da duoc mo|da mo khoa
topped_up nap tien thanh cong|nap the thanh cong|da nap thanh cong
restart khoi dong lai
wait vui long doi
no_number khong hop le|http|loi~|vui long thu lai
maintenance bao tri
if neu|se~
line da chuyen|cho so
product cuoc tra sau|internet cap quang
alien otp~|ngan hang|ma xac
offer nap the 2|nap the 5|nap the 1|tang~|khuyen mai
balance tk goc|tk chinh|tai khoan chinh|tai khoan goc|tkg:|tkg|tkc:|tkc|so du tai khoan chinh|\
so du
bonus tk km|khuyen mai|tkkm
debt no cuoc
left du lieu|data con|con lai|luu luong con
used da dung|da su dung
valid hsd|het han|han su dung|su dung den|dung den|den ngay
not km~|phut|sms|ngay"""
