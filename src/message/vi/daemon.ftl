daemon-upkeep-failed = một việc chăm sóc kho dữ liệu chưa làm được: { $detail }
daemon-disk-trouble = Không ghi được vào đĩa, tạm ngừng đọc các nguồn cho tới khi ghi được: { $detail } → Cách sửa: giải phóng chỗ trên đĩa hoặc sửa đĩa; không cần khởi động lại.
daemon-ill-dead = có lẽ đã ngừng hẳn, từ { $since }
daemon-ill-closed = không mở công khai, từ { $since }
daemon-ill-failing = không đọc được từ { $since }
daemon-ill-rotten = bộ chọn CSS không còn khớp mục nào; lần cuối có mục mới: { $since }
daemon-ill-empty = vẫn trả lời nhưng không có mục nào; lần cuối: { $since }
daemon-ill-silent = im lặng lâu bất thường; lần cuối có bài mới: { $since }
daemon-ill-moved = đã chuyển địa chỉ; nếu đúng là trang ấy thì sửa dòng url thành: url = "{ $to }"
daemon-ill-gap = có thể đã trôi mất bài lúc { $since }; nếu hay gặp, giảm every
daemon-ill-line-down = gần như không nguồn nào trả lời từ { $since }: có lẽ đường mạng của cơ quan bị đứt
