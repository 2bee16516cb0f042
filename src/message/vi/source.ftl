source-bad-id = `id` không dùng được: "{ $id }"
source-bad-id-mend = chỉ dùng chữ thường không dấu, chữ số và gạch nối, tối đa 64 ký tự, ví dụ "cong-huyen"
source-duplicate-id = đã có một nguồn mang `id` "{ $id }"
source-duplicate-id-mend = đặt `id` khác; nguồn kia ở { $file }, dòng { $line }
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
source-kind-better = địa chỉ này là trang thường của một nền tảng; kind = "{ $kind }" mới đọc được
source-kind-better-mend = đổi thành kind = "{ $kind }", giữ nguyên địa chỉ
source-closed = không theo dõi được trang { $platform } ({ $url }): phải đăng nhập mới xem được, và điều khoản của { $platform } cấm đọc tự động
source-closed-facebook-mend = theo dõi trang web, kênh Telegram hoặc YouTube của chính nơi đó; nếu cơ quan đã được Meta cấp quyền Page Public Content Access thì dùng kind = "json" với preset = "graph-api"
source-closed-zalo-mend = theo dõi trang web, kênh Telegram hoặc YouTube của chính nơi đó; Zalo không có bản tin công khai
source-closed-mend = theo dõi trang web, kênh Telegram hoặc YouTube của chính nơi đó
source-telegram-host = đây không phải địa chỉ một kênh Telegram: "{ $url }"
source-telegram-invite = đây là lời mời vào nhóm hoặc kênh kín ("{ $url }"); chỉ theo dõi kênh công khai
source-telegram-mend = viết url = "https://t.me/TEN_KENH", kênh phải công khai và bật xem trước trên web
source-youtube-host = đây không phải địa chỉ một kênh hay danh sách phát YouTube: "{ $url }"
source-youtube-video = đây là một video, không phải kênh: "{ $url }"
source-youtube-mend = mở trang của kênh rồi chép địa chỉ, ví dụ url = "https://www.youtube.com/@ten-kenh"
source-reddit-host = đây không phải địa chỉ một mục (subreddit) của Reddit: "{ $url }"
source-reddit-person = đây là trang của một người ("{ $url }"); canhtin không theo dõi cá nhân
source-reddit-comments = đây là trang bình luận ("{ $url }"); canhtin không đọc bình luận
source-reddit-mend = viết địa chỉ của cả mục, ví dụ url = "https://www.reddit.com/r/vietnam"
source-mastodon-host = đây không phải địa chỉ một tài khoản hay thẻ Mastodon: "{ $url }"
source-mastodon-mend = viết như "https://MÁY-CHỦ/@ten" (tài khoản của cơ quan, tổ chức) hoặc "https://MÁY-CHỦ/tags/ten"
source-forum-person = đây là trang của một thành viên ("{ $url }"); canhtin không theo dõi cá nhân
source-forum-thread = đây là một chủ đề thảo luận ("{ $url }"), bài trong đó là bình luận; canhtin không đọc bình luận
source-forum-mend = viết địa chỉ của diễn đàn hoặc của một mục, ví dụ "https://dien-dan.vn/forums/suc-khoe.12/"
source-url-secret = địa chỉ ở dòng { $line } chứa `{ $part }`, là bí mật không được ghi vào tệp này
source-url-secret-mend = bỏ phần đó khỏi địa chỉ; với kind = "json" thì ghi vào một tệp riêng và thêm headers_file = "tên-tệp"
source-recipe-key = khóa `{ $key }` chỉ dùng cho kind = { $wanted }, nguồn này là "{ $kind }"
source-recipe-key-mend = xóa dòng `{ $key }`, hoặc đổi kind thành { $wanted }
source-bad-path = đường dẫn JSONPath "{ $path }" sai ở ký tự { $position }: { $error }
source-bad-path-mend = viết theo RFC 9535, ví dụ "$.data[*]" cho các mục, "$.title" cho tiêu đề trong một mục
source-json-mute = nguồn này không nói tiêu đề hay nội dung nằm ở đâu
source-json-mute-mend = thêm ít nhất một dòng title = "$.…" hoặc text = "$.…"
source-graph-fields = địa chỉ Graph API không nói cần những trường nào, nên câu trả lời sẽ thiếu
source-graph-fields-mend = viết url = "{ $url }?fields={ $fields }"
source-headers-plain = không gửi thông tin xác thực (`headers_file`) qua http://, vì ai trên đường truyền cũng đọc được
source-headers-plain-mend = dùng địa chỉ https://
source-headers-file = không đọc được tệp { $path }: { $error }
source-headers-file-mend = tạo tệp ấy với các dòng "Tên: giá trị", chỉ người chạy canhtin đọc được (chmod 600); hoặc giao bằng LoadCredential của systemd
source-headers-unseen = từ đây không thấy tệp { $path }: systemd chỉ giao nó cho dịch vụ, hoặc tài khoản này không được đọc
source-headers-unseen-mend = không phải sửa gì nếu dịch vụ được giao tệp ấy bằng LoadCredential={ $file }:/đường/dẫn; nếu không thì tạo tệp ấy với các dòng "Tên: giá trị"
source-headers-line = dòng { $line } của tệp trong `headers_file` không phải "Tên: giá trị"
source-headers-foreign = dòng { $line } của tệp trong `headers_file` là tiêu đề không được đặt (đăng nhập bằng Cookie, hoặc thuộc về kết nối)
source-headers-line-mend = mỗi dòng viết "Tên: giá trị", ví dụ "Authorization: Bearer …", đúng như tài liệu của API
source-robots-youtube = robots.txt của YouTube (bản năm 2026) không cho máy đọc bản tin của kênh; khi còn vậy thì nguồn này chỉ báo [robots]
source-robots-youtube-mend = theo dõi trang web của chính nơi đó, hoặc dùng kind = "json" với YouTube Data API và khóa của cơ quan (docs/sources/platforms.md)
source-robots-reddit = robots.txt của Reddit (từ 2024) không cho máy nào đọc; khi còn vậy thì nguồn này chỉ báo [robots]
source-robots-reddit-mend = xin Reddit cho phép, hoặc ghi # trước các dòng của nguồn này (docs/sources/platforms.md)
