seen-running = another canhtin is running (it holds the lock { $lock })
seen-running-mend = ask the running one with `canhtin status`, or stop it and try again
seen-disk = { $path } cannot be used: { $detail }
seen-disk-mend = see whether the disk has free space and whether the service's user may write to that folder
seen-failed = the memory of items already seen failed: { $detail }
seen-failed-mend = restart canhtin: the damaged part is set aside and a fresh one begun, no mail is sent twice
seen-set-aside = the memory of items already seen was damaged ({ $why }); it was moved to { $to } and a fresh one begun; pages are read again, no mail is sent twice
seen-leftover-removed = removed the unfinished file { $file } that an interrupted start had left
