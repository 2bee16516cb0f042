seen-running = canhtin đang chạy ở một tiến trình khác (tiến trình đó giữ khóa { $lock })
seen-running-mend = hỏi tiến trình đang chạy bằng `canhtin status`, hoặc dừng nó rồi chạy lại lệnh này
seen-disk = không dùng được { $path }: { $detail }
seen-disk-mend = xem đĩa còn chỗ trống không và người chạy dịch vụ có quyền ghi vào thư mục đó không
seen-failed = bộ nhớ tin đã xem bị lỗi: { $detail }
seen-failed-mend = khởi động lại canhtin: phần hỏng sẽ được cất riêng và bắt đầu lại từ đầu, không thư nào bị gửi lặp
seen-set-aside = bộ nhớ tin đã xem bị hỏng ({ $why }), đã cất sang { $to } và bắt đầu lại từ đầu; các trang sẽ được đọc lại, không thư nào bị gửi lặp
seen-leftover-removed = đã xóa tệp dở dang { $file } do lần chạy trước bị ngắt giữa chừng
