ledger-damaged = sổ ghi bị hỏng ({ $detail })
ledger-damaged-set-aside = sổ ghi bị hỏng ({ $detail }), đã cất nguyên sang { $to }
ledger-damaged-mend = chạy `canhtin store restore` để khôi phục bản sao lưu mới nhất (hoặc `canhtin store restore TỆP`); nếu không có bản nào, chạy `canhtin store begin-anew` để bắt đầu sổ mới (những thư chưa gửi trong sổ hỏng sẽ mất)
ledger-missing = không thấy sổ ghi { $path }, bên cạnh còn sổ hỏng { $broken }
ledger-bad-backup = bản sao lưu { $path } không dùng được: { $detail }
ledger-no-backup = trong { $dir } không có bản sao lưu nào dùng được
ledger-bad-backup-mend = chỉ ra một bản sao lưu khác: `canhtin store restore TỆP`
ledger-not-ours = { $path } không phải sổ ghi của canhtin
ledger-not-ours-mend = sửa [store] dir trong canhtin.toml, hoặc dời tệp đó đi chỗ khác
ledger-too-new = sổ ghi { $path } do một bản canhtin mới hơn tạo ra
ledger-too-new-mend = cài bản canhtin mới nhất rồi chạy lại
ledger-disk = không ghi được vào sổ ghi: { $detail }
ledger-disk-mend = xem đĩa còn chỗ trống không và người chạy dịch vụ có quyền ghi vào thư mục [store] dir không
ledger-busy = sổ ghi đang bị một tiến trình khác giữ quá lâu
ledger-busy-mend = dừng tiến trình kia (công cụ sao lưu, trình xem SQLite) rồi chạy lại
ledger-failed = sổ ghi bị lỗi: { $detail }
ledger-failed-mend = chạy lại; nếu vẫn lỗi, gửi dòng này cho người quản trị

ledger-found-structure = cấu trúc tệp bị hỏng: { $detail }
ledger-found-dangling = bảng { $table } có dòng trỏ đến dòng không còn nữa
ledger-found-record = bản ghi { $kind } "{ $label }" không còn đúng như lúc được ghi
ledger-found-audit = nhật ký kiểm tra bị sửa hoặc bị cắt bớt từ dòng { $seq }

ledger-verdict-false = Tin giả
ledger-verdict-true = Tin đúng
ledger-verdict-irrelevant = Không liên quan
ledger-verdict-handled = Đã xử lý
ledger-verdict-snooze = Tạm ẩn 7 ngày
