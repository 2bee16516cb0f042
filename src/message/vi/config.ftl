config-no-folder = không có thư mục từ khóa { $path }
config-no-folder-mend = sửa đường dẫn (tính từ thư mục chứa tệp này), hoặc tạo thư mục đó
config-no-source-file = không có tệp nguồn tin { $path }
config-no-source-file-mend = sửa đường dẫn (tính từ thư mục chứa tệp này), hoặc tạo tệp đó
config-no-sources = chưa có nguồn tin nào: sẽ không đọc trang nào cả
config-no-sources-mend = thêm ít nhất một khối [[source]] vào tệp nguồn tin
config-timezone = không có múi giờ tên { $name }
config-timezone-mend = viết "Asia/Ho_Chi_Minh"
