cli-config-unusable = không dùng được tệp cấu hình { $file }; chạy `canhtin check` để xem từng lỗi và cách sửa
cli-left-out = Có { $errors } lỗi trong tệp nguồn tin và từ khóa: phần có lỗi không được dùng. Chạy `canhtin check` để xem từng lỗi và cách sửa.
cli-not-running = canhtin chưa chạy; khởi động bằng `systemctl start canhtin` hoặc `canhtin run`
cli-foreign = thư mục { $dir } thuộc về tài khoản { $owner }; chạy bằng root sẽ để lại những tệp mà dịch vụ không mở được
cli-foreign-mend = chạy lại bằng tài khoản ấy: sudo -u { $owner } canhtin …
cli-reloaded = Đã nạp lại cấu hình, nguồn tin và từ khóa.
cli-not-reloaded = Chưa nạp lại: còn lỗi ở trên. Bản đúng gần nhất vẫn đang được dùng.

cli-pass-unchanged = không có gì mới (304)
cli-pass-read = { $items } mục, { $fresh } mục mới
cli-pass-nothing = đọc được nhưng không có mục nào; xem thử bằng: canhtin sources test { $source }
cli-pass-page-nothing = đọc được nhưng bộ chọn item không tìm thấy mục nào; xem lại item trong tệp nguồn tin, thử bằng: canhtin sources test { $source }
cli-pass-api-nothing = đọc được nhưng đường dẫn item không dẫn tới mục nào; xem lại item trong tệp nguồn tin, thử bằng: canhtin sources test { $source }
cli-pass-hits = { $items } mục, { $fresh } mục mới, { $hits } lần khớp quy tắc
cli-pass-unrecorded = đọc được nhưng chưa ghi được vào sổ cái, sẽ đọc lại: { $detail }
cli-pass-failed = [{ $class }] { $what } ({ $detail })

cli-once-mails = Thư: { $sent } đã gửi, { $waiting } chờ gửi lại, { $held } bị giữ.
cli-once-dry = Chạy thử: { $hits } lần khớp; không ghi và không gửi gì.

cli-check-problems = { $errors } lỗi, { $warnings } cảnh báo.
cli-check-fine = Dùng được: { $sources } nguồn tin, { $rules } quy tắc, { $receivers } nơi nhận.

cli-mail-address = "{ $address }" không phải địa chỉ thư
cli-mail-address-mend = viết dạng ten@coquan.vn
cli-mail-sent = Đã gửi thư thử đến { $address } ({ $reply })
cli-mail-unsent = chưa gửi được thư thử đến { $address }: { $reply }; kiểm tra [mail] và [mail.smtp] trong canhtin.toml

cli-status-running = đang chạy từ { $since }
cli-status-stopped = không chạy
cli-status-rules = { $rules } quy tắc (bản { $version })
cli-status-sources = { $sources } nguồn tin:
cli-status-read = đọc được lúc { $last }; có bài mới lúc { $new }
cli-status-read-none = đọc được lúc { $last }; chưa có bài nào
cli-status-failing = lỗi { $failures } lần liền [{ $class }]: { $detail }; đọc được lần cuối: { $last }
cli-status-failing-never = lỗi { $failures } lần liền [{ $class }]: { $detail }; chưa đọc được lần nào
cli-status-unread = chưa đọc lần nào
cli-status-never = chưa có
cli-status-mails = Thư: { $sent } đã gửi, { $waiting } chờ gửi, { $held } bị giữ, { $groups } nhóm tin đang gom.
cli-status-last = gửi lần cuối lúc { $at }
cli-status-oldest = thư chờ lâu nhất từ { $at }
cli-status-queued = chờ gửi đến { $to } (lần { $attempts }, thử lại lúc { $next }): { $reply }
cli-status-held = bị giữ, không gửi được đến { $to }: { $reply }
cli-status-precision = Kết luận của người đọc về những chuyện đã báo trong 90 ngày qua:
cli-status-judged = quy tắc { $rule }: { $right } đúng / { $told } báo ({ $wrong } là tin đúng, { $irrelevant } không liên quan)
cli-status-problems = Cần sửa:

cli-demo-intro = Trang mạng mẫu và hộp thư mẫu đang chạy trên chính máy này (không cần mạng). canhtin đọc chúng hai lượt.
cli-demo-round = Lượt { $round }:
cli-demo-office = Phòng Văn hóa và Thông tin huyện Suối Ngàn (mẫu)
cli-demo-config-note = Cấu hình của `canhtin demo`; được viết lại ở mỗi lần chạy. Các tệp trong keywords/ thì không: cứ sửa rồi chạy lại để xem.
cli-demo-none = Lần này không có thư nào: mọi tin đã được báo ở lần chạy trước.
cli-demo-mails = Hộp thư mẫu đã nhận { $mails } thư:
cli-demo-next =

    Thư nằm ở { $dir }/mail: mở tệp .html bằng trình duyệt, tệp .eml bằng chương trình thư.
    Chạy lại với cùng thư mục này sẽ không gửi lại thư nào.

    Ba bước để dùng thật:
    1. Sửa config/canhtin.toml (tên cơ quan, máy chủ thư, người nhận) và config/sources.toml (các trang cần theo dõi).
    2. canhtin check             – xem còn lỗi gì; canhtin mail test DIA_CHI – gửi một thư thử.
    3. canhtin once              – đọc một lượt; rồi cài dịch vụ theo phần đầu tệp deploy/canhtin.service.

cli-replay-since = không hiểu khoảng thời gian "{ $since }"; viết "12h" (giờ) hoặc "30d" (ngày)
cli-replay-errors = từ khóa trong { $dir } còn lỗi ở trên; sửa xong rồi chạy lại
cli-replay-summary = { $texts } văn bản đã giữ: thêm { $added } lần khớp, mất { $lost } lần khớp.

cli-hits-no-ledger = chưa có sổ cái { $path }
cli-hits-no-ledger-mend = chạy `canhtin once` hoặc khởi động dịch vụ để đọc tin lần đầu
cli-hits-ambiguous = có nhiều tin bắt đầu bằng "{ $id }": { $ids }
cli-hits-ambiguous-mend = gõ thêm vài chữ của mã tin
cli-hits-unknown = không có tin nào mang mã "{ $id }"
cli-hits-unknown-mend = xem mã tin trong thư hoặc bằng `canhtin hits list`
cli-hits-since = không hiểu mốc thời gian "{ $since }"; viết "12h" (giờ), "7d" (ngày) hoặc một ngày như 2021-08-15
cli-hits-count = { $hits } tin.
cli-hits-exported = Đã ghi { $hits } tin vào { $file }.
cli-hits-hidden = tạm ẩn đến { $until }
cli-hits-rumour-hidden = Cả tin đồn này đang được tạm ẩn đến { $until }.
cli-hits-id = Mã tin
cli-hits-seen = Thấy lúc
cli-hits-published = Đăng lúc
cli-hits-severity = Mức
cli-hits-rumour = Tin đồn
cli-hits-rule = Quy tắc
cli-hits-topic = Chủ đề
cli-hits-stance = Kể hay bác bỏ
cli-hits-asserts = kể như thật
cli-hits-denies = bác bỏ
cli-hits-tier = Cách viết
cli-hits-tier-exact = đúng như từ khóa
cli-hits-tier-variant = khác cách bỏ dấu hoặc chính tả
cli-hits-tier-unmarked = thiếu dấu
cli-hits-tier-disguised = viết lách
cli-hits-terms = Từ khớp
cli-hits-source = Nguồn tin
cli-hits-trust = Loại nguồn
cli-hits-page-title = Tên bài
cli-hits-excerpt = Đoạn trích
cli-hits-url = Địa chỉ
cli-hits-spread = Lan truyền
cli-hits-spread-told = { $items } bài trên { $sources } trang kể cùng chuyện này
cli-hits-items = Số bài cùng chuyện
cli-hits-sources = Số trang cùng chuyện
cli-hits-verdict = Kết luận
cli-hits-verdict-at = Kết luận lúc
cli-hits-verdict-by = Người kết luận
cli-hits-note = Ghi chú
cli-hits-by-command = { $verdict } ({ $by }, lúc { $at })
cli-hits-by-mail = { $verdict } ({ $by } trả lời qua thư, lúc { $at })
cli-hits-mail = Thư
cli-hits-mailed = Đã báo cho
cli-hits-mail-sent = đã gửi
cli-hits-mail-held = bị giữ
cli-hits-mail-queued = đang chờ gửi
cli-hits-waits = Đang gom để báo cho
cli-hits-version = Bản quy tắc

cli-mark-done = Đã ghi: { $id } – { $verdict }.
cli-mark-snoozed = Đã ghi: { $id } – Tạm ẩn.
cli-mark-unsnoozed = Đã ghi: { $id } – Thôi ẩn.
cli-mark-silenced = Chuyện này sẽ không được báo thêm; các lần gặp lại vẫn được ghi.
cli-mark-hidden = Chuyện này sẽ không được báo đến { $until }; các lần gặp lại vẫn được ghi.
cli-mark-rumour-hidden = Cả tin đồn này sẽ không được báo đến { $until }; các lần gặp lại vẫn được ghi.
cli-mark-shown-again = Từ giờ lại được báo như trước.
cli-mark-withdrawn = Đã rút { $count } tin đang chờ gom vào thư.

cli-forget-done = Đã xóa những gì lưu về { $url }: { $alerts } tin, { $mails } thư trong sổ ghi, { $texts } bài đã lưu, { $files } tệp thư. Từ nay trang này không được ghi lại nữa.
cli-forget-nothing = Không có gì lưu về { $url } (địa chỉ phải đúng như trong thư hoặc trong canhtin hits show). Từ nay trang này không được ghi lại nữa.
cli-forget-withdrawn = Đã rút { $number } lượt gửi còn đang chờ.
cli-forget-under-way = Còn { $number } thư đang gửi dở nên chưa xóa được: vài phút nữa hãy chạy lại lệnh này.
cli-forget-backups = { $number } bản sao lưu trong thư mục lưu trữ có thể còn nội dung ấy: hãy xóa chúng, hoặc chờ bản mới thay dần; khôi phục từ bản cũ thì phải chạy lại lệnh này.
cli-forget-elsewhere = Thư đã đến hộp thư người nhận và bản sao lưu ở nơi khác thì phải xóa riêng.

cli-refutations-read = Đọc được { $reviews } lời kiểm chứng: { $matched } khối [[refutation]], { $skipped } bỏ qua.
cli-refutations-day = ghi ngày bác bỏ, ví dụ 2021-08-29
cli-refutations-no-rule = bỏ qua, chưa có quy tắc nào bắt câu này: { $claim } ({ $rating })
cli-refutations-not-false = bỏ qua, không bị coi là sai: { $claim } ({ $rating })

cli-store-ledger = Sổ ghi: đã xem { $records } bản ghi.
cli-store-audit = Nhật ký kiểm tra: đã xem { $records } dòng liền nhau.
cli-store-seen = Bộ nhớ đã xem: { $items } mục.
cli-store-more = … tổng cộng { $number } chỗ hỏng
cli-store-sound = Không có gì hỏng.
cli-store-damaged = Có chỗ hỏng: xem các dòng trên.
cli-store-backed-up = Đã sao lưu vào { $path }
cli-store-replaced = Sổ ghi trước đó được giữ ở { $to }
cli-store-there = đã có sổ ghi { $path }; lệnh này chỉ dùng khi sổ đã mất
cli-store-begun = Đã bắt đầu sổ ghi mới { $path }

cli-queue-empty = Không có thư nào chờ gửi hoặc bị giữ.
cli-queue-retried = { $number } thư được xếp lại để gửi.
cli-queue-dropped = { $number } thư bị bỏ, sẽ không gửi.

cli-status-stores = Kho: sổ ghi { $ledger } MiB, { $sound }; bộ nhớ đã xem { $seen } MiB; { $backups } bản sao lưu, bản mới nhất: { $last }
cli-status-sound = không có gì hỏng (xem lúc { $at })
cli-status-damaged = có { $number } chỗ hỏng
cli-status-unverified = chưa kiểm tra
cli-explain-was-muted = Tin này đã bị tạm ẩn khi được ghi vào sổ (đến { $until }, lý do: { $reason }).
cli-explain-mailed = Đã gửi: { $receiver }, trong thư đóng lúc { $at }.
cli-explain-waits = Còn chờ thư: { $receivers }.
cli-explain-no-rule = không có quy tắc nào mang mã "{ $name }"
cli-explain-no-source = không có nguồn tin nào mang mã "{ $name }"
cli-explain-unknown-mend = xem mã trong thư mục keywords và trong config/sources.toml

cli-preview-none = chưa có tin nào để xem trước
cli-preview-none-mend = chạy canhtin once, rồi xem lại
cli-preview-written = Đã ghi thư "{ $subject }" vào { $path }; chưa gửi cho ai
cli-status-muted = { $muted } tin bị [[mute]] ẩn: đã ghi vào sổ, không gửi thư

cli-sources-row = lần tới { $next } · đọc được { $last } · bài mới { $new } · { $pace }
cli-sources-every = { $minutes } phút một lần
cli-sources-every-why = { $minutes } phút một lần ({ $why })
cli-sources-often = nhiều bài mới
cli-sources-seldom = ít bài mới
cli-sources-hot = vừa có tin đồn
cli-sources-hurried = vừa có thể trôi mất bài
cli-sources-backed-off = đang lỗi
cli-sources-failing = lỗi { $failures } lần liền: { $words } [{ $class }] { $detail }
