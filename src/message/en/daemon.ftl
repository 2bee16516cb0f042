daemon-upkeep-failed = a task of looking after the stores failed: { $detail }
daemon-disk-trouble = The disk takes nothing, so no source is read until it does: { $detail } → mend: make room on the disk or mend it; no restart is needed.
