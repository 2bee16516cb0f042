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
