"""Indonesian and Malay."""

MONTHS = "janfebmaraprmeijunjulagusepoktnovdes"
STRICT = False
FILL = ""
TO = "ke nomor|ke|untuk"
FRAUD = "blokir|isi ulang|kedaluwarsa|terminal|tamat"
PLAIN = (
    "|im|ialah|adalah|utama|kini|sekarang|anda|nomor|nomer|no|kartu|sim|pelanggan|yth|yang|"
    "terhormat|hai|halo|info|paket|data|internet|kuota|pulsa|layanan|telah|sudah|saat|ini|sedang|"
    "sementara|karena|akibat|di|ke|dari|dan|atau|untuk|dengan|akun|akaun|talian|baki|"
    "kredit|"
)
WORDS = """\
low pulsa tidak cukup|pulsa anda tidak cukup|hampir habis|baki tidak mencukupi|\
kredit tidak mencukupi|segera habis|akan habis|pulsa menipis|baki rendah|baki anda rendah|\
kredit rendah|hampir tamat
suspended telah diblokir|diblokir|digantung|disekat|dinonaktifkan|diblok|tidak aktif|ditamatkan
used_up kuota habis|kuota anda telah habis|kuota anda habis|kuota internet habis|\
kuota internet anda habis|data telah habis|kuota utama habis|kuota data habis|telah habis|\
sudah habis|kuota telah digunakan 100|kuota internet sudah habis
expired sudah berakhir|telah berakhir|telah tamat|masa aktif habis
restored telah aktif kembali|telah diaktifkan semula
topped_up isi pulsa berhasil|isi ulang berhasil|pulsa berhasil ditambah|tambah nilai berjaya
restart nyalakan ulang
wait mohon tunggu|sedang diproses|tunggu sms
no_number tidak tersedia|gagal|http|coba lagi|maaf
maintenance pemeliharaan
if jika|apabila|akan~
denied sebelumnya|bulan lalu|penipuan|selama
own nomor anda|kartu anda|talian anda|nombor anda|sim anda
line transfer pulsa|ke nomor
product tagihan|indihome|poin~|langganan
alien otp~|bank~|pinjam|gopay|ovo~|paket anda tertahan|kurir|transfer bank|rekening|dana~|\
kartu kredit|pinjol|akaun bank|kode otp|kode verifikasi|kode rahasia|kode akses|kode anda|\
kode promo|tcash|agen
offer isi ulang rp|dapat~|gratis|beli~|hadiah|dapatkan|penawaran|khusus buat|khusus utk|nikmati|\
pnwrn
balance sisa pulsa anda|sisa pulsa|pulsa utama|pulsa anda|saldo pulsa|pulsa|baki kredit anda|\
baki anda|baki kredit|baki|sisa pulsa utama|pulsa utama anda|baki prabayar|baki akaun|baki utama|\
saldo utama
bonus bonus|promo
debt tagihan anda
left sisa kuota|sisa data|kuota:|baki data|kuota anda|kuota utama|kuota nasional|sisa internet|\
kuota internet|data utama|baki internet|sisa paket
used terpakai|telah digunakan
valid aktif s.d.|aktif sd|aktif s/d|s.d.|s/d|sd~|aktif sampai|berlaku sd|berlaku s.d.|\
berlaku sampai|masa aktif|tamat:|tamat|sah sehingga|hingga|aktif hingga|berlaku hingga|\
berlaku s/d|masa berlaku|exp~|tarikh luput|tarikh tamat|sah sampai|tempoh sah|s.d~
have anda memiliki
after pulsa
after_left tersisa
not bonus|hari|poin
pack menit|min~|sms~|detik|nelpon|paket~|flash~|bronet|bonus
weak kode trx
reload isi ulang|isi pulsa|pengisian|tambah nilai|topup
done berhasil|sukses|berjaya
datum kuota|paket data|internet~|data~
gone habis|tamat digunakan
cut diblokir|dinonaktifkan|ditangguhkan|digantung|disekat|dihentikan"""
