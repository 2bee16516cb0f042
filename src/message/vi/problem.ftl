problem-error = lỗi
problem-warning = cảnh báo
problem-mend = cách sửa
problem-file-missing = không có tệp này
problem-file-missing-mend = tạo tệp, hoặc sửa đường dẫn ở nơi gọi nó
problem-file-unreadable = không đọc được tệp: { $error }
problem-file-unreadable-mend = cho người chạy dịch vụ quyền đọc tệp (chmod, chown)
problem-not-utf8 = tệp không phải UTF-8 (hỏng từ dòng { $line })
problem-not-utf8-mend = mở tệp bằng trình soạn thảo và lưu lại với bảng mã UTF-8
problem-toml-syntax = sai cú pháp TOML: { $error }
problem-toml-syntax-mend = viết `khóa = "giá trị"` mỗi dòng một khóa; chữ phải nằm trong ngoặc kép
problem-toml-twice-mend = xóa một trong hai dòng cùng tên khóa, hoặc gộp chúng thành một
problem-toml-quotes-mend = thay ngoặc kép cong “ ” bằng ngoặc kép thẳng "
problem-unknown-key = không có khóa nào tên `{ $key }` ở đây
problem-unknown-key-near = viết `{ $near }`
problem-unknown-key-mend = xóa dòng này; các khóa dùng được: { $known }
problem-missing-key = thiếu khóa `{ $key }`
problem-missing-key-mend = thêm dòng `{ $key } = { $example }`
problem-wrong-type = giá trị của `{ $key }` sai kiểu
problem-want-string = viết một chuỗi trong ngoặc kép: { $key } = "…"
problem-want-boolean = viết true hoặc false, không có ngoặc kép: { $key } = true
problem-want-integer = viết một số nguyên, không có ngoặc kép: { $key } = 10
problem-want-date = viết một ngày theo dạng năm-tháng-ngày: { $key } = 2021-08-15
problem-want-strings = viết một danh sách chuỗi: { $key } = ["…", "…"]
problem-want-duration = viết một khoảng thời gian: { $key } = "30s" (giây), "15m" (phút), "2h" (giờ), "7d" (ngày)
problem-want-size = viết một kích thước: { $key } = "8MiB" (B, KiB, MiB, GiB)
problem-want-table = viết thành một bảng riêng: [{ $key }]
problem-want-tables = viết mỗi mục thành một bảng riêng: [[{ $key }]]
problem-out-of-range = giá trị của `{ $key }` ngoài khoảng cho phép
problem-out-of-range-mend = chọn một số từ { $low } đến { $high }
problem-bad-value = `{ $key }` không nhận giá trị "{ $value }"
problem-bad-value-near = viết "{ $near }" (các giá trị: { $wanted })
problem-bad-value-mend = chọn một trong: { $wanted }
