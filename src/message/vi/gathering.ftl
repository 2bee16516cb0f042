gathering-no-contact = thiếu `contact`: chủ trang web không biết liên hệ với ai khi cần
gathering-no-contact-mend = thêm dòng contact = "dia-chi@co-quan.gov.vn"
gathering-bad-contact = `contact` không dùng được: "{ $contact }"
gathering-bad-contact-mend = viết một địa chỉ thư điện tử hoặc một địa chỉ trang bắt đầu bằng https://, không dấu cách
gathering-timeout-zero = `timeout` phải lớn hơn 0
gathering-timeout-zero-mend = viết timeout = "30s"
gathering-bad-network = "{ $network }" không phải một mạng
gathering-bad-network-mend = viết như "10.0.0.0/8" hoặc "127.0.0.1"
gathering-bad-host = "{ $host }" không phải tên một máy chủ
gathering-bad-host-mend = chỉ viết tên máy, không có https:// và đường dẫn, ví dụ "bachthong.backan.gov.vn"
gathering-bad-resolve = địa chỉ "{ $address }" của máy "{ $host }" không hợp lệ
gathering-bad-resolve-mend = viết địa chỉ IP kèm cổng, ví dụ "127.0.0.1:8080"

gathering-note-surplus = chỉ lấy { $taken } trong { $shown } mục
gathering-note-nothing = đọc được nhưng không thấy mục nào; nếu là trang (kind = "page") thì xem lại các bộ chọn CSS
gathering-note-lists = chỉ đọc { $taken } trong { $shown } sơ đồ trang mà sơ đồ này dẫn tới
gathering-note-garbled = có ký tự hỏng: nội dung được đọc theo bảng mã { $encoding }
gathering-note-scripts = trang chỉ hiện nội dung khi chạy JavaScript, canhtin không chạy được; hãy tìm bản tin RSS, sơ đồ trang hoặc API của trang
gathering-note-flat = trang lồng quá sâu: chỉ đọc được chữ, không tách được bố cục

extract-no-source = không có nguồn nào mang id "{ $id }"
extract-no-source-near = viết --source { $near }
extract-no-source-mend = xem các id trong sources.toml
extract-no-input = chưa nói đọc từ đâu
extract-no-input-mend = thêm tên tệp hoặc địa chỉ, hoặc dùng --source ID
extract-bad-url = "{ $url }" không phải một địa chỉ
extract-bad-url-mend = viết đầy đủ, bắt đầu bằng https://
extract-bad-kind = không đọc được loại "{ $kind }"
extract-further = sơ đồ hoặc trang này dẫn tới { $url }; đọc từ địa chỉ (không phải từ tệp) thì phần ấy cũng được đọc
extract-bad-kind-near = dùng { $near }
extract-bad-kind-mend = dùng một trong: { $wanted }
extract-file = không đọc được tệp { $file }: { $error }
extract-file-mend = kiểm tra lại tên tệp
extract-failed = không đọc được [{ $class }]: { $detail }
extract-failed-mend = kiểm tra lại địa chỉ và --kind; mở địa chỉ bằng trình duyệt để so
extract-inside = địa chỉ không thuộc mạng công cộng: { $detail }
extract-inside-mend = nếu đúng là máy của cơ quan, thêm mạng đó vào allow_networks của [fetch] trong canhtin.toml
extract-undated = không rõ ngày
extract-count = { $count } mục

gathering-class-dns = không tìm thấy tên máy chủ (sai địa chỉ hoặc mất mạng)
gathering-class-connect = không nối được đến máy chủ, hoặc đường truyền đứt giữa chừng
gathering-class-tls = chứng thư hoặc mã hóa của máy chủ có lỗi
gathering-class-timeout = máy chủ không trả lời kịp
gathering-class-http-4xx = máy chủ từ chối hoặc không còn trang này
gathering-class-http-5xx = máy chủ đang có lỗi
gathering-class-robots = robots.txt của trang không cho đọc
gathering-class-too-big = trang lớn hơn mức cho phép
gathering-class-unreadable = đọc về được nhưng không đúng loại đã khai
gathering-class-closed = đến được nhưng không mở công khai: kênh không có trang xem trước, hoặc trang đòi đăng nhập
gathering-class-refused = địa chỉ không thuộc mạng công cộng, hoặc chuyển hướng quá nhiều lần
gathering-class-busy = máy chủ có trả lời, nhưng quá nhiều trang lớn về cùng lúc: sẽ đọc lại sau

sources-read = { $url } ({ $kind }): đọc được { $count } mục
sources-letters = { $count } chữ cái nội dung
sources-untitled = (không có tiêu đề)
sources-block = Khối để chép vào sources.d/…toml (xem lại id, name, trust):
sources-nothing = không tìm được bản tin, sơ đồ trang hay danh sách tin nào ở { $url }
sources-nothing-mend = mở trang danh sách tin của nơi đó rồi thử địa chỉ ấy; hoặc tự nói bộ chọn bằng --item, --link
sources-login = { $url } đòi đăng nhập
sources-login-mend = chỉ theo dõi được trang công khai; tìm trang khác của nơi đó, hoặc API có tài liệu (kind = "json")
sources-failed = không đọc được: { $class } ({ $detail })
sources-no-id-near = viết { $near }
sources-opml = { $error }
sources-opml-mend = xuất lại từ trình đọc tin ở dạng OPML
sources-imported = nhận { $count } nguồn; bỏ { $doubles } nguồn đã theo dõi, { $refused } nguồn không theo dõi được
sources-write = không ghi được tệp { $file }: { $error }
sources-write-mend = chọn tên tệp chưa có, trong thư mục ghi được
sources-exported = Đã ghi { $sources } nguồn tin vào { $file }.
