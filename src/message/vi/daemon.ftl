daemon-upkeep-failed = một việc chăm sóc kho dữ liệu chưa làm được: { $detail }
