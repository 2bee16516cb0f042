# Thư gửi người quản trị
notice-tag = QUẢN TRỊ
notice-subject = [Canh tin · QUẢN TRỊ] { $heading }
notice-subject-more = [Canh tin · QUẢN TRỊ] { $heading }, và { $count } việc khác
notice-subject-report = [Canh tin] { $heading }
notice-badge = Dành cho người quản trị
notice-at = Lúc { $at }
notice-summary = Tổng hợp lúc { $at }.
notice-summary-more = { $count } việc, tổng hợp lúc { $at }.
notice-not-shown = và { $count } việc nữa không đủ chỗ trong thư này; xem bằng lệnh: canhtin status
notice-footer = Giờ ghi trong thư: UTC{ $offset }. Xem tình hình bất cứ lúc nào bằng lệnh: canhtin status
notice-next = Việc cần làm
notice-unknown = không rõ

notice-files-broken = Tệp cấu hình hoặc từ khóa có { $count } lỗi
notice-files-broken-what = Các tệp đọc được không lỗi lần trước vẫn đang được dùng; thay đổi mới chưa có hiệu lực.
notice-files-broken-more = và { $count } lỗi nữa
notice-files-broken-step = Sửa theo chỉ dẫn dưới mỗi lỗi rồi lưu lại. Muốn xem hết các lỗi: canhtin check
notice-files-mended = Các tệp cấu hình và từ khóa đã hết lỗi
notice-files-mended-what = Bản mới đang được dùng. Bạn không cần làm gì thêm.

notice-sources-failing = { $count } nguồn không đọc được
notice-failing = Không đọc được nguồn { $name }
notice-failing-step = Mở trang bằng trình duyệt để xem. Nếu trang vẫn mở được, chạy: canhtin sources test { $id }
notice-dead = Nguồn { $name } có lẽ đã ngừng hẳn
notice-dead-step = Tìm địa chỉ mới của trang, hoặc xóa nguồn { $id } khỏi tệp nguồn. Trong lúc chờ, Canh tin vẫn thử lại mỗi ngày.
notice-closed = Nguồn { $name } không mở công khai
notice-closed-step = Mở địa chỉ ấy trong cửa sổ ẩn danh của trình duyệt. Nếu trang đòi đăng nhập, hoặc kênh tắt trang xem trước, thì không theo dõi được: tìm trang công khai khác của nơi đó, hoặc xóa nguồn { $id } khỏi tệp nguồn.
notice-rotten = Trang { $name } không còn mục nào khớp
notice-rotten-what = Trang vẫn mở được nhưng các bộ chọn CSS không tìm thấy mục nào: có lẽ trang đã đổi giao diện. Tin trên trang này hiện không được theo dõi.
notice-rotten-step = Chạy: canhtin sources test { $id } rồi sửa item, link, title trong khối của nguồn này.
notice-empty = Nguồn { $name } không có mục nào
notice-empty-what = Nguồn vẫn trả lời nhưng danh sách tin để trống.
notice-empty-step = Mở trang bằng trình duyệt. Nếu trang vẫn có bài thì nguồn tin đã đổi địa chỉ: chạy canhtin sources test { $id }
notice-silent = Nguồn { $name } im lặng lâu bất thường
notice-silent-what = Nguồn vẫn trả lời nhưng đã lâu không có bài mới, lâu hơn hẳn mọi khi.
notice-silent-step = Mở trang xem có bài mới không. Nếu có thì nguồn tin đã đổi địa chỉ: chạy canhtin sources test { $id }
notice-moved = Nguồn { $name } đã chuyển địa chỉ
notice-moved-what = Máy chủ báo đã chuyển hẳn sang địa chỉ khác. Canh tin vẫn đọc được qua địa chỉ cũ, nhưng địa chỉ cũ có thể mất bất cứ lúc nào.
notice-moved-step = Nếu địa chỉ mới đúng là của trang này, sửa url của nguồn { $id } thành địa chỉ mới.
notice-gap = Nguồn { $name } có thể đã trôi mất bài
notice-gap-what = Giữa hai lần đọc, số bài mới nhiều hơn số bài trang hiện ra cùng lúc: có thể có bài đã trôi qua mà chưa được đọc.
notice-gap-step = Nếu hay gặp, giảm every của nguồn { $id } để đọc thường xuyên hơn.
notice-back = Nguồn { $name } đã đọc lại được
notice-back-what = Bạn không cần làm gì thêm.

notice-line-down = Mất đường truyền: { $count } nguồn cùng không đọc được
notice-line-down-what = Gần như mọi nguồn cùng hỏng một lúc, nên lỗi có lẽ ở đường truyền hoặc máy chủ tên (DNS) của cơ quan, không phải ở các trang.
notice-line-down-step = Kiểm tra mạng của máy chạy Canh tin.
notice-line-back = Đường truyền đã trở lại
notice-line-back-what = Các nguồn được đọc lại ngay. Những bài đăng trong lúc mất mạng được đọc nếu trang còn hiện chúng.

notice-queue-stuck = { $count } thư chưa gửi đi được
notice-queue-stuck-what = Máy chủ thư không nhận thư. Không thư nào bị mất: Canh tin thử lại cho đến khi gửi được, trong 5 ngày.
notice-queue-stuck-step = Hỏi người quản trị máy chủ thư, kèm câu trả lời ở trên. Thử gửi bằng lệnh: canhtin mail test DIA-CHI
notice-queue-moves = Thư đã gửi đi được trở lại
notice-queue-moves-what = Các thư phải chờ đã được gửi, nên có thể đến muộn.

notice-disk = Không ghi được vào đĩa
notice-disk-what = Canh tin tạm ngừng đọc nguồn để không bỏ sót tin: bài nào chưa ghi được thì sẽ đọc lại.
notice-disk-step = Giải phóng chỗ trên đĩa hoặc kiểm tra quyền ghi. Canh tin tự chạy tiếp, không cần khởi động lại.
notice-disk-back = Đã ghi được vào đĩa trở lại
notice-disk-back-what = Canh tin đã đọc nguồn trở lại.

notice-store-seen = bộ nhớ đã xem
notice-store-ledger = sổ cái
notice-set-aside = Kho dữ liệu ({ $which }) bị hỏng và đã được cất riêng
notice-set-aside-seen = Đây là bộ nhớ các bài đã xem, mất cũng không sao: Canh tin đọc lại các bài, và không gửi lại thư nào.
notice-set-aside-ledger = Đây là sổ cái: tin đã báo, thư đang chờ, nhật ký. Bản sao lưu mới nhất đã được đưa vào chỗ cũ; tin đến sau bản đó được đọc lại, nên vài thư có thể đến hai lần.
notice-set-aside-step-ledger = Xem lại ổ đĩa của máy và giữ tệp hỏng một thời gian. Muốn dùng bản sao lưu khác: dừng dịch vụ, chạy canhtin store restore TỆP.
notice-set-aside-step-seen = Nếu gặp nhiều lần, hãy kiểm tra đĩa của máy này.

notice-damaged = Sổ cái có { $count } chỗ bị hỏng
notice-damaged-what = Lần kiểm tra hằng ngày thấy những chỗ dưới đây không còn đúng như lúc được ghi. Canh tin để yên, không gửi những chỗ đó; các tin và thư khác vẫn chạy bình thường.
notice-damaged-also-mended = Ngoài ra, { $count } bản ghi bị hỏng khác đã được khôi phục từ bản sao lưu.
notice-damaged-more = và { $count } chỗ nữa; xem bằng lệnh: canhtin store verify
notice-damaged-step = Hãy kiểm tra đĩa của máy này. Nếu có bản sao lưu còn tốt: dừng dịch vụ, chạy canhtin store restore; tin đến sau bản đó được đọc lại, nên vài thư có thể đến hai lần.
notice-damaged-mended = Đã khôi phục { $count } bản ghi bị hỏng trong sổ cái
notice-damaged-mended-what = Lần kiểm tra hằng ngày thấy các bản ghi này không còn đúng như lúc được ghi, và đã lấy lại nguyên vẹn từ bản sao lưu. Thư nào bị giữ vì thế sẽ được gửi.

# Nhãn
notice-label-why = Lý do
notice-label-detail = Chi tiết
notice-label-since = Từ lúc
notice-label-last-success = Đọc được lần cuối
notice-label-last-item = Có bài lần cuối
notice-label-from = Địa chỉ cũ
notice-label-to = Địa chỉ mới
notice-label-before-gap = Lần đọc trước
notice-label-after-gap = Lần đọc sau
notice-label-oldest = Thư chờ lâu nhất, từ
notice-label-reply = Máy chủ trả lời
notice-label-path = Đang nằm ở
notice-label-source = Mã nguồn tin

# Thư mỗi ngày
notice-heartbeat = đang hoạt động: { $sources } nguồn, { $failing } lỗi, { $hits } tin, { $queued } thư chờ
notice-heartbeat-what = Thư này đến mỗi ngày vào cùng một giờ. Nếu có ngày không thấy thư, hãy kiểm tra máy chạy Canh tin.
notice-label-span = Tính từ
notice-label-sources = Nguồn đang theo dõi
notice-label-failing = Không đọc được
notice-label-rules = Quy tắc
notice-label-hits = Tin tìm thấy
notice-label-refutations = Bài bác bỏ
notice-label-sent = Thư đã gửi
notice-label-queued = Thư đang chờ
notice-label-held = Thư bị từ chối, cần xem
notice-heartbeat-broken = Các tệp cấu hình hoặc từ khóa đang có lỗi: bản cũ vẫn được dùng. Chạy: canhtin check
notice-heartbeat-held = Có { $count } thư bị máy chủ từ chối hẳn. Xem bằng lệnh: canhtin status

# Thư mỗi tuần
notice-weekly = Tổng kết tuần { $since } – { $until }
notice-weekly-what = { $rumours } tin đồn trong { $items } bài; { $sent } thư đã gửi; { $sources } nguồn, { $failing } không đọc được.
notice-weekly-none = Tuần này không thấy tin đồn nào trong các nguồn đang theo dõi.
notice-weekly-chart = Tin đồn trong tuần, theo số bài
notice-weekly-row = { $items } bài (tuần trước: { $before }) · { $stories } tin · { $pages } trang
notice-weekly-mailed = thư đầu tiên sau { $wait }
notice-weekly-unmailed = chưa có thư
notice-weekly-refuted = đã có bài bác bỏ
notice-weekly-open = chưa thấy bài bác bỏ
notice-weekly-more = và { $count } tin đồn khác, mỗi tin { $items } bài trở xuống
notice-weekly-precision = Quy tắc, theo đánh giá của cán bộ
notice-weekly-rule = { $title }: { $right } đúng / { $judged } được đánh giá / { $told } báo
notice-weekly-unjudged = Chưa có đánh giá nào. Cán bộ trả lời thư bằng các nút ở cuối thư, hoặc dùng lệnh canhtin mark.
notice-wait-seconds = { $count } giây
notice-wait-minutes = { $count } phút
notice-wait-hours = { $count } giờ
