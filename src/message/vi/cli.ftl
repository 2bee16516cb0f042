cli-config-unusable = không dùng được tệp cấu hình { $file }; chạy `canhtin check` để xem từng lỗi và cách sửa
cli-not-running = canhtin chưa chạy; khởi động bằng `systemctl start canhtin` hoặc `canhtin run`
cli-reloaded = Đã nạp lại cấu hình, nguồn tin và từ khóa.
cli-not-reloaded = Chưa nạp lại: còn lỗi ở trên. Bản đúng gần nhất vẫn đang được dùng.

cli-pass-unchanged = không có gì mới (304)
cli-pass-read = { $items } mục, { $fresh } mục mới
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
cli-status-failing = lỗi { $failures } lần liền [{ $class }]: { $detail }; đọc được lần cuối: { $last }
cli-status-unread = chưa đọc lần nào
cli-status-never = chưa có
cli-status-mails = Thư: { $sent } đã gửi, { $waiting } chờ gửi, { $held } bị giữ, { $groups } nhóm tin đang gom.
cli-status-last = gửi lần cuối lúc { $at }
cli-status-oldest = thư chờ lâu nhất từ { $at }
cli-status-queued = chờ gửi đến { $to } (lần { $attempts }, thử lại lúc { $next }): { $reply }
cli-status-held = bị giữ, không gửi được đến { $to }: { $reply }
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
