# Tệp cấu hình
mail-no-smtp = chưa cho biết máy chủ gửi thư
mail-no-smtp-mend = thêm bảng [mail.smtp] với host, port, tls; hoặc viết transport = "dir" để ghi thư ra thư mục
mail-clear-text = thư gửi tới `{ $host }` sẽ không được mã hóa trên đường truyền
mail-clear-text-mend = viết tls = "starttls" hoặc "implicit"; "none" chỉ dùng cho máy chủ ngay trên máy này (localhost)
mail-inline-password = dòng { $line }: mật khẩu không được nằm trong tệp cấu hình
mail-inline-password-mend = ghi mật khẩu vào một tệp riêng (chmod 600), viết password_file = "đường/dẫn", xóa dòng này rồi đổi mật khẩu
mail-no-password = có tên đăng nhập nhưng không có mật khẩu
mail-no-password-mend = thêm password_file = "đường/dẫn", hoặc giao mật khẩu qua systemd: LoadCredential={ $credential }:/đường/dẫn
mail-password-unseen = từ đây không thấy mật khẩu: systemd chỉ giao mật khẩu cho dịch vụ
mail-password-unseen-mend = không phải sửa gì nếu đã có tệp /etc/credstore/canhtin.{ $credential }; nếu không chạy bằng systemd thì thêm password_file = "đường/dẫn"
mail-password-file = không đọc được mật khẩu trong `{ $path }`: { $error }
mail-password-file-mend = tạo tệp này, ghi mật khẩu vào dòng đầu, và cho người chạy dịch vụ quyền đọc
mail-ca-file = không đọc được chứng thư trong `{ $path }`: { $error }
mail-ca-file-mend = ghi vào tệp này chứng thư gốc của đơn vị cấp chứng thư nội bộ, dạng PEM (-----BEGIN CERTIFICATE-----)

# Tiêu đề thư
mail-severity-info = THEO DÕI
mail-severity-low = THẤP
mail-severity-medium = TRUNG BÌNH
mail-severity-high = CAO
mail-severity-urgent = KHẨN
mail-subject = [Canh tin · { $severity }] { $claim }: { $items } bài trên { $pages } trang
mail-subject-refuted = [Canh tin · { $severity }] { $claim }: { $items } bài trên { $pages } trang, đã có tin bác bỏ
mail-subject-again = [Canh tin · { $severity }] { $claim }: thêm { $items } bài trên { $pages } trang
mail-subject-again-refuted = [Canh tin · { $severity }] { $claim }: thêm { $items } bài trên { $pages } trang, đã có tin bác bỏ

mail-subject-follow-up = [Canh tin · ĐÃ BÁC BỎ] { $claim }: { $name } bác bỏ lúc { $at }

# Thân thư
mail-badge = Mức { $severity }
mail-summary = { $items } bài trên { $pages } trang, tổng hợp lúc { $at }
mail-summary-again = Thêm { $items } bài trên { $pages } trang kể từ thư trước, tổng hợp lúc { $at }
mail-topic = Chủ đề: { $topic }
mail-weight-rule = Mức { $severity } theo quy tắc.
mail-weight = Vì sao là mức { $severity }: quy tắc đặt mức { $rule }; { $reasons }.
mail-weight-official = nhẹ hơn vì đăng trên trang cơ quan nhà nước, có thể là bài cảnh báo
mail-weight-unmarked = nhẹ hơn vì viết thiếu dấu, có thể là từ khác
mail-weight-disguised = nặng hơn vì viết ngụy trang để tránh bị tìm thấy
mail-weight-place = nặng hơn vì nhắc đến { $place }, thuộc địa bàn của cơ quan
mail-weight-spread = nặng hơn vì đã có trên { $pages } trang trong 7 ngày
mail-lead = Đây là đầu mối do máy tìm theo từ khóa, chưa có ai kiểm chứng. Xin đọc bài gốc trước khi kết luận hay phản hồi.
mail-refuted-by = Đã được bác bỏ bởi
mail-follow-up-summary = Tin đồn trong các thư trước của chuỗi này đã được bác bỏ. Tổng hợp lúc { $at }.
mail-step-refuted = Đọc bài bác bỏ, rồi dẫn bài đó khi trả lời ở những nơi đang lan tin.
mail-refuted = Đã có tin bác bỏ
mail-more-refuted = và { $count } bài bác bỏ khác
mail-not-refuted = Chưa thấy bài bác bỏ nào trên các trang chính thống và báo chí đang theo dõi.
mail-story = Tin { $number } trong { $total }
mail-passage = Đoạn trích
mail-passage-text = Đoạn trích (chữ khớp nằm trong « »)
mail-where = Đăng ở đâu
mail-open = Xem bài
mail-no-link = Nguồn này không cho biết địa chỉ của bài.
mail-long-link = Địa chỉ quá dài nên không đặt liên kết; hãy tìm bài theo tên trên trang.
mail-trust-official = cơ quan nhà nước
mail-trust-press = báo chí
mail-trust-social = mạng xã hội, diễn đàn
mail-published = Trang ghi đăng lúc { $at }
mail-seen = Canh tin thấy lúc { $at }
mail-edited = Bài đã được sửa: lần đọc trước chưa có đoạn này.
mail-id = Mã { $id }
mail-spread-title = Lan truyền
mail-spread = Đến nay { $items } bài trên { $pages } trang kể tin này, thấy lần đầu lúc { $since }.
mail-spread-unknown = Thấy lần đầu lúc { $since }.
mail-spread-one = Mới thấy ở một bài này, lúc { $since }; chưa thấy trang nào khác kể lại.
mail-why = Vì sao có tin này
mail-why-rule = Khớp quy tắc { $rule } ở các từ: { $terms }.
mail-more-terms = và { $count } từ khác
mail-tier-exact = Viết đúng như trong danh sách từ khóa.
mail-tier-variant = Viết khác chính tả i/y so với danh sách từ khóa.
mail-tier-unmarked = Viết thiếu dấu, nên có thể là từ khác: cần đọc kỹ.
mail-tier-disguised = Viết ngụy trang để tránh bị tìm thấy (chèn dấu, chèn khoảng trắng hoặc thay chữ cái).
mail-stance-asserts = Bài nêu như thật hoặc chuyển tiếp, không thấy lời bác bỏ bên cạnh.
mail-answer = Trả lời chính thức
mail-no-answer = Quy tắc này chưa có câu trả lời chính thức.
mail-material = Tài liệu trả lời
mail-next = Việc cần làm
mail-step-read = Mở bài gốc, đọc hết, xem có đúng là tin đồn này không và ai chịu ảnh hưởng.
mail-step-answer = Nếu là tin sai: phản hồi bằng câu trả lời và tài liệu chính thức trong thư này.
mail-step-answer-and-refutation = Nếu là tin sai: phản hồi bằng câu trả lời chính thức, dẫn thêm bài bác bỏ nêu trong thư này.
mail-step-refutation = Nếu là tin sai: dẫn bài bác bỏ nêu trong thư này, sau khi đã đọc bài đó.
mail-step-ask = Nếu là tin sai: xin ý kiến cơ quan chuyên môn rồi mới trả lời; có câu trả lời thì ghi vào khóa answer của quy tắc { $rule } để các thư sau kèm theo.
mail-step-follow = Mở bài gốc để nắm tình hình. Quy tắc này chỉ theo dõi một chủ đề, không có nghĩa là tin sai.
mail-step-share = Đừng chia sẻ lại bài gốc, kể cả để phản đối: mỗi lần chia sẻ là một lần tin đi xa hơn.
mail-step-id = Khi trao đổi về bài nào, ghi mã của bài đó.
mail-more = Các bài còn lại
mail-more-ids = Mã của các bài chưa liệt kê ở trên
mail-uncounted = và { $count } bài nữa không đủ chỗ trong thư này; tất cả đã được ghi trong sổ của Canh tin.
mail-footer-office = Thư tự động của Canh tin, gửi cho { $office }.
mail-footer-rules = Quy tắc { $rule }, phiên bản { $version } của bộ quy tắc. Giờ ghi trong thư: UTC{ $offset }.
mail-footer-public = Canh tin chỉ đọc các trang công khai và không lưu tên người đăng.

# Thư thử
mail-trial-subject = [Canh tin] Thư thử
mail-trial-title = Thư thử của Canh tin
mail-trial-works = Nếu bạn đọc được thư này thì Canh tin gửi thư được. Bạn không cần làm gì thêm.
mail-trial-sent = Gửi lúc { $at } theo yêu cầu của người quản trị, { $office }.

# Thư gộp nhiều tin đồn
mail-subject-digest = [Canh tin · { $severity }] Bản tin gộp: { $rumours } tin đồn, { $items } bài
mail-subject-storm = [Canh tin · { $severity }] Nhiều tin cùng lúc: { $rumours } tin đồn, { $items } bài
mail-digest = Bản tin gộp
mail-storm = Nhiều tin cùng lúc
mail-digest-title = { $rumours } tin đồn, { $items } bài trên { $pages } trang
mail-digest-summary = Tin mức thấp và diễn biến của các tin đồn đã báo, tổng hợp lúc { $at }.
mail-storm-summary = Trong một giờ có nhiều tin hơn số thư cho phép, nên các tin sau đi chung thư này; không bỏ tin nào. Tổng hợp lúc { $at }.
mail-state-new = Tin đồn mới.
mail-state-again = Đã báo trước đây, nay có thêm.
mail-state-raised = Đã báo ở mức { $from }, nay lên mức { $to }.
mail-state-refuted = Đã báo trước đây, nay đã được bác bỏ.
mail-digest-counts = { $items } bài trên { $pages } trang.
mail-digest-line = [{ $severity }] { $claim }: { $counts }
mail-ids = Mã
mail-digest-more = Các tin còn lại
mail-digest-uncounted = và { $count } tin nữa không đủ chỗ trong thư này; tất cả đã được ghi trong sổ của Canh tin.
mail-footer-digest = Bộ quy tắc phiên bản { $version }. Giờ ghi trong thư: UTC{ $offset }.

mail-answer-title = Trả lời bằng thư (bấm rồi gửi, không cần viết gì):
mail-answer-title-of = Trả lời bằng thư về bài { $id } (bấm rồi gửi, không cần viết gì):
mail-answer-body = Cứ thế gửi đi là xong. Xin đừng sửa dòng chủ đề.
mail-imap-answers = [mail.imap] cần khóa `answers` trong [mail]: địa chỉ mà người đọc trả lời đến
mail-imap-answers-mend = thêm dòng answers = "canhtin+tra-loi@example.vn" vào [mail]
mail-imap-login = hộp thư cần tên đăng nhập
mail-imap-login-mend = thêm username và password_file vào [mail.imap]
