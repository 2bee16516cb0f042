daemon-upkeep-failed = một việc chăm sóc kho dữ liệu chưa làm được: { $detail }
daemon-disk-trouble = Không ghi được vào đĩa, tạm ngừng đọc các nguồn cho tới khi ghi được: { $detail } → Cách sửa: giải phóng chỗ trên đĩa hoặc sửa đĩa; không cần khởi động lại.
