source-bad-id = `id` không dùng được: "{ $id }"
source-bad-id-mend = chỉ dùng chữ thường không dấu, chữ số và gạch nối, tối đa 64 ký tự, ví dụ "cong-huyen"
source-duplicate-id = đã có một nguồn mang `id` "{ $id }"
source-duplicate-id-mend = đặt `id` khác; nguồn kia ở { $file }, dòng { $line }
source-kind-not-yet = loại nguồn "{ $kind }" chưa được hỗ trợ
source-kind-not-yet-mend = tạm ghi # trước các dòng của nguồn này, hoặc tìm địa chỉ RSS của trang và dùng kind = "feed" (các loại dùng được: { $wanted })
source-url-no-scheme = địa chỉ "{ $url }" thiếu https://
source-url-no-scheme-mend = viết url = "https://{ $url }"
source-bad-url = địa chỉ "{ $url }" không hợp lệ: { $error }
source-bad-url-mend = chép lại nguyên địa chỉ từ thanh địa chỉ của trình duyệt
source-bad-scheme = không đọc được địa chỉ kiểu "{ $scheme }:" ("{ $url }")
source-bad-scheme-mend = dùng địa chỉ bắt đầu bằng https:// hoặc http://
source-url-login = địa chỉ có tên đăng nhập hoặc mật khẩu
source-url-login-mend = bỏ phần trước dấu @ của tên máy chủ; chỉ theo dõi trang công khai, không đăng nhập
source-every-short = hỏi máy chủ quá dày
source-every-short-mend = viết ít nhất "1m" (một phút), thường là "15m"
source-page-key = khóa `{ $key }` chỉ dùng cho kind = "page", nguồn này là "{ $kind }"
source-page-key-mend = xóa dòng `{ $key }`, hoặc đổi thành kind = "page"
source-bad-selector = bộ chọn CSS "{ $selector }" không hợp lệ
source-selector-empty = bộ chọn CSS để trống
source-selector-unfinished = bộ chọn CSS "{ $selector }" viết dở
source-selector-class = bộ chọn CSS "{ $selector }": ngay sau dấu chấm phải là tên lớp
source-selector-pseudo = bộ chọn CSS "{ $selector }" dùng dạng `:…` không được hỗ trợ
source-bad-selector-mend = viết như "div.tin a.tieu-de"; muốn lấy thuộc tính thì thêm @tên ở cuối, ví dụ "a@href"
source-item-attribute = `item` không lấy thuộc tính (@{ $attribute })
source-item-attribute-mend = chỉ viết bộ chọn của cả khối tin, ví dụ item = "div.news-item"
source-time-no-format = có `time` mà không có `time_format`: chỉ nhận được các dạng ngày giờ quen thuộc
source-time-no-format-mend = thêm dòng time_format = "%d/%m/%Y %H:%M" đúng như trang viết
source-format-no-time = có `time_format` mà không có `time`
source-format-no-time-mend = thêm dòng time = "span.date", hoặc xóa `time_format`
source-bad-format = mẫu ngày giờ "{ $format }" không hợp lệ
source-bad-format-mend = viết như "%d/%m/%Y %H:%M" (%d ngày, %m tháng, %Y năm, %H giờ, %M phút)
source-follow-article = `follow` không có tác dụng với kind = "article"
source-follow-article-mend = xóa dòng `follow`
source-duplicate-url = nguồn "{ $other }" đã có cùng địa chỉ này
source-duplicate-url-mend = bỏ một trong hai nguồn, để máy chủ không bị hỏi hai lần
