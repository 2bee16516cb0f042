alert-no-receiver = chưa có người nhận nào
alert-no-receiver-mend = thêm một khối [[receiver]] với name = "truc-ban" và to = ["dia-chi@co-quan.vn"]
alert-empty-to = người nhận này chưa có địa chỉ thư nào
alert-empty-to-mend = viết ít nhất một địa chỉ: to = ["truc@example.vn"]
alert-bad-address = "{ $address }" không phải là địa chỉ thư điện tử
alert-bad-address-mend = viết theo dạng "ten@co-quan.vn" hoặc "Họ tên <ten@co-quan.vn>"; mỗi địa chỉ một chuỗi riêng
alert-same-receiver = đã có một người nhận tên `{ $name }`
alert-same-receiver-mend = đặt tên khác, hoặc gộp các địa chỉ vào một khối [[receiver]]
alert-no-route = chưa có khối [[route]] nào, nên sẽ không có thư nào được gửi đi
alert-no-route-mend = thêm một khối [[route]] với receiver = "truc-ban" và min_severity = "low"
alert-unknown-receiver = không có người nhận nào tên `{ $name }`
alert-unknown-receiver-near = viết "{ $near }"
alert-unknown-receiver-mend = thêm khối [[receiver]] mang tên này, hoặc chọn một trong: { $known }
alert-no-rule = không có quy tắc nào mang mã `{ $name }`, nên tuyến này không bao giờ khớp
alert-no-rule-near = viết "{ $near }"
alert-no-rule-mend = xem mã (id) của các quy tắc trong thư mục keywords/rumours
alert-unrouted = quy tắc `{ $rule }` (mức { $severity }) khớp ở nguồn `{ $source }` thì không ai nhận được thư
alert-unrouted-mend = hạ min_severity của một khối [[route]] xuống "{ $severity }", hoặc thêm một khối [[route]] cuối cùng không kèm điều kiện

alert-no-admin = không có ai được báo khi tệp từ khóa có lỗi, nguồn không đọc được hoặc thư bị ứ
alert-no-admin-mend = thêm khối [admin] với to = ["quan-tri@co-quan.vn"]
alert-no-source = không có nguồn tin nào mang mã `{ $name }`, nên tuyến này không bao giờ khớp
alert-no-source-mend = xem mã (id) của các nguồn trong config/sources.toml
alert-no-topic = không có quy tắc nào thuộc chủ đề "{ $name }", nên tuyến này không bao giờ khớp
alert-no-topic-mend = chọn một trong các chủ đề (topic) của quy tắc: { $known }
alert-no-tag = không có nguồn tin nào mang nhãn "{ $name }", nên tuyến này không bao giờ khớp
alert-no-tag-mend = chọn một trong các nhãn (tags) của nguồn tin: { $known }
alert-none-there-mend = chưa có cái nào để chọn: bỏ điều kiện này khỏi khối [[route]]
alert-mute-over = khối [[mute]] này đã hết hạn, nên không còn ẩn gì
alert-mute-over-mend = xóa khối này, hoặc lùi ngày until
alert-mute-no-rule = không có quy tắc nào mang mã `{ $name }`, nên khối [[mute]] này không ẩn gì
alert-mute-no-source = không có nguồn tin nào mang mã `{ $name }`, nên khối [[mute]] này không ẩn gì
alert-empty-mute = khối [[mute]] này không cho biết ẩn quy tắc nào hay nguồn nào
alert-empty-mute-mend = thêm rule = "mã-quy-tắc" hoặc source = "mã-nguồn" (ghi cả hai thì chỉ ẩn quy tắc đó ở nguồn đó)
alert-bad-quiet-mend = viết giờ bắt đầu và giờ kết thúc: quiet = "21:00-06:00"
alert-bad-digest-mend = viết giờ gửi bản tin gộp: digest = "07:30" hoặc digest = ["07:30", "16:30"]
alert-no-days = không có ngày làm việc nào, nên sẽ không có thư nào được gửi đi
alert-no-days-mend = ghi ít nhất một ngày: working_days = ["mon", "tue", "wed", "thu", "fri"]
alert-too-deep = các khối [[route]] lồng nhau quá { $most } tầng
alert-too-deep-mend = gộp các điều kiện vào một khối [[route]]

# Ai nhận gì, lúc nào (`check`, `alert explain`)
alert-days = { $count } ngày
alert-hours = { $count } giờ
alert-minutes = { $count } phút
alert-seconds = { $count } giây
alert-say-receiver = { $name } ({ $addresses } địa chỉ) nhận:
alert-say-route = tuyến { $number }: { $what }
alert-say-everything = mọi tin
alert-say-no-route = không tuyến nào gửi tin đến đây
alert-say-cap = Nhiều nhất { $most } thư trong một giờ; nhiều hơn thì các tin đi chung một thư, không bỏ tin nào.
alert-say-mute = Đang tạm ẩn đến { $until }: quy tắc { $rule }, nguồn { $source } (lý do: { $reason }).
alert-say-first = Tin mới: { $grouped }, sau khi gom { $wait }.
alert-say-news-mail = Diễn biến của tin đã báo: thư riêng, cách thư trước ít nhất { $interval }.
alert-say-news-digest = Diễn biến của tin đã báo: trong bản tin gộp lúc { $times }.
alert-say-news-raised = Diễn biến của tin đã báo: nếu nặng hơn thì thư riêng, cách thư trước ít nhất { $interval }; còn lại trong bản tin gộp lúc { $times }.
alert-say-light = Tin mức low và info: trong bản tin gộp lúc { $times }.
alert-say-quiet = Không gửi thư trong giờ { $hours }, trừ tin mức urgent.
alert-say-days = Chỉ gửi thư { $days }, trừ tin mức urgent.
alert-by-rumour = mỗi tin đồn một thư
alert-by-story = mỗi bản kể một thư
alert-by-topic = mỗi chủ đề một thư
alert-by-source = mỗi nguồn một thư
alert-by-all = tất cả trong một thư
alert-day-mon = thứ hai
alert-day-tue = thứ ba
alert-day-wed = thứ tư
alert-day-thu = thứ năm
alert-day-fri = thứ sáu
alert-day-sat = thứ bảy
alert-day-sun = chủ nhật
alert-if-severity = mức { $list } trở lên
alert-if-topic = chủ đề { $list }
alert-if-rule = quy tắc { $list }
alert-if-place = bài có tên nơi { $list }
alert-if-source = nguồn { $list }
alert-if-tags = nguồn có nhãn { $list }
alert-if-trust = nguồn loại { $list }
alert-why-alert = Quy tắc { $rule }, mức { $severity }, ở nguồn { $source }, thấy lúc { $at }:
alert-why-denies = Đây là bài bác bỏ: chỉ gửi cho những ai đã nhận tin đồn mà chưa biết tin đã bị bác bỏ, nếu bài ở trang cơ quan nhà nước hoặc báo chí.
alert-why-takes = Tuyến { $number } nhận tin, gửi đến { $receiver }.
alert-why-passed = Tuyến { $number } ({ $receiver }) khớp, nhưng tin đã có tuyến khác giữ.
alert-why-not = Tuyến { $number } ({ $receiver }) không khớp.
alert-why-muted = Tin được ghi vào sổ, không gửi cho ai.
alert-why-nobody = Không ai nhận tin này.
alert-why-mail = { $receiver } nhận lúc { $at }, trong thư của nhóm "{ $group }":
alert-why-digest = { $receiver } nhận lúc { $at }, trong bản tin gộp (hoặc sớm hơn, nếu nhóm "{ $group }" có thư riêng trước đó):
alert-hold-wait = gom thêm bài cùng nhóm đến { $until }
alert-hold-interval = nhóm này vừa có thư, nên chờ đến { $until }
alert-hold-light = mức low hoặc info, nên chờ bản tin gộp lúc { $until }
alert-hold-news = người nhận đã biết tin đồn này, nên chờ bản tin gộp lúc { $until }
alert-hold-quiet = đang giờ không gửi thư, nên chờ đến { $until }
alert-hold-day-off = ngày không gửi thư, nên chờ đến { $until }
alert-hold-cap = đã đủ số thư trong một giờ, nên chờ đến { $until }

alert-verdict-false = Tin giả
alert-verdict-true = Tin đúng
alert-verdict-irrelevant = Không liên quan
alert-verdict-handled = Đã xử lý
alert-verdict-snooze = Tạm ẩn 7 ngày
