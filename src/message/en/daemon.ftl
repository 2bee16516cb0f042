daemon-upkeep-failed = a task of looking after the stores failed: { $detail }
