gathering-no-contact = thiếu `contact`: chủ trang web không biết liên hệ với ai khi cần
gathering-no-contact-mend = thêm dòng contact = "dia-chi@co-quan.gov.vn"
gathering-bad-contact = `contact` không dùng được: "{ $contact }"
gathering-bad-contact-mend = viết một địa chỉ thư điện tử hoặc một địa chỉ trang bắt đầu bằng https://, không dấu cách
gathering-timeout-zero = `timeout` phải lớn hơn 0
gathering-timeout-zero-mend = viết timeout = "30s"
gathering-bad-network = "{ $network }" không phải một mạng
gathering-bad-network-mend = viết như "10.0.0.0/8" hoặc "127.0.0.1"
gathering-bad-resolve = địa chỉ "{ $address }" của máy "{ $host }" không hợp lệ
gathering-bad-resolve-mend = viết địa chỉ IP kèm cổng, ví dụ "127.0.0.1:8080"
