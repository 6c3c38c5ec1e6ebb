"""Indonesian and Malay."""

MONTHS = "janfebmaraprmeijunjulagusepoktnovdes"
STRICT = False
FILL = ""
TO = "ke nomor|ke|untuk"
FRAUD = "blokir|isi ulang|kedaluwarsa|terminal|tamat"
WORDS = """\
low pulsa tidak cukup|pulsa anda tidak cukup|hampir habis|baki tidak mencukupi|\
kredit tidak mencukupi
suspended telah diblokir|diblokir|digantung|disekat|dinonaktifkan
used_up kuota habis|kuota anda telah habis|kuota anda habis|kuota internet habis|\
kuota internet anda habis|data telah habis|kuota utama habis
expired sudah berakhir|telah berakhir|telah tamat|masa aktif habis
restored telah aktif kembali|telah diaktifkan semula
topped_up isi pulsa berhasil|isi ulang berhasil|pulsa berhasil ditambah|tambah nilai berjaya
restart nyalakan ulang
wait mohon tunggu|sedang diproses
no_number tidak tersedia|gagal|http|coba lagi|maaf
maintenance pemeliharaan
if jika|apabila|akan~
line transfer pulsa|ke nomor
product tagihan|indihome|poin~|langganan
alien otp~|bank~|kode~|pinjam|gopay|ovo~
offer isi ulang rp|dapat~|gratis|beli~|hadiah|dapatkan
balance sisa pulsa anda|sisa pulsa|pulsa utama|pulsa anda|saldo pulsa|pulsa|baki kredit anda|\
baki anda|baki kredit|baki
bonus bonus|promo
debt tagihan anda
left sisa kuota|sisa data|kuota:|baki data|kuota anda
used terpakai|telah digunakan
total paket
valid aktif s.d.|aktif sd|aktif s/d|s.d.|s/d|sd~|aktif sampai|berlaku sd|berlaku s.d.|\
berlaku sampai|masa aktif|tamat:|tamat|sah sehingga|hingga|aktif hingga
have anda memiliki
after pulsa
after_left tersisa
not bonus|menit|min|sms|hari|poin"""
