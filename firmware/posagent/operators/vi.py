"""Vietnamese."""

MONTHS = ""
STRICT = False
FILL = ""
TO = "cho so"
FRAUD = "khoa|nap tien|terminal|het han"
PLAIN = (
    "|chinh|goc|la|con|hien|quy|khach|cua|so|thue|bao|tai|khoan|tk|da|bi|dang|duoc|do|vi|het|no|"
    "cuoc|dich|vu|goi|data|internet|thong|kinh|gui|ngay|tam|thoi|mot|hai|chieu|di|den|sim|dien|"
    "thoai|"
)
WORDS = """\
low khong du tien|sap het tien|tai khoan sap het|tai khoan khong du|sap het|tai khoan thap
suspended da bi khoa|bi tam khoa|bi tam ngung|da tam ngung|bi chan|bi cat
one_way chan goi di|khoa chieu di|khoa 1 chieu|chieu di|chan 1 chieu|bi khoa mot chieu|\
khoa goi di
used_up het data|het dung luong|het luu luong|da dung het|su dung het|100% dung luong|100% data
expired da het han
restored da duoc mo|da mo khoa
topped_up nap tien thanh cong|nap the thanh cong|da nap thanh cong
restart khoi dong lai
wait vui long doi
no_number khong hop le|http|loi~|vui long thu lai
maintenance bao tri
if neu|se~|de khong bi|tranh bi|se bi|co the
denied truoc day|thang truoc|lua dao
own thue bao cua quy khach|so thue bao|thue bao cua ban
line da chuyen|cho so
product cuoc tra sau|internet cap quang|voucher|bao hiem|diem~|nhac cho|uu dai|phi dv
alien otp~|ngan hang|ma xac|momo~|vietinbank|vietcombank|buu pham|don hang|giao hang|tai khoan so
offer nap the 2|nap the 5|nap the 1|tang~|khuyen mai
balance tk goc|tk chinh|tai khoan chinh|tai khoan goc|tkg:|tkg|tkc:|tkc|so du tai khoan chinh|\
so du|tai khoan cua quy khach la|tai khoan cua quy khach|so du hien tai|so du tk|tk chinh con|\
tai khoan chinh con|tk chinh:
bonus tk km|khuyen mai|tkkm
debt no cuoc
left du lieu|data con|con lai|luu luong con|dung luong con lai|luu luong con lai|data con lai
used da dung|da su dung
valid hsd|het han|han su dung|su dung den|dung den|den ngay|hieu luc den|thoi han den|\
su dung den het|co gia tri den|han dung
not km~|ngay
pack phut|sms~|tin nhan
reload nap the|nap tien
done thanh cong|successful
datum data~|dung luong|luu luong
gone da het|het dung luong|dung het
cut bi khoa|bi chan|tam ngung|bi cat|bi dung"""
