daemon-upkeep-failed = a task of looking after the stores failed: { $detail }
daemon-disk-trouble = The disk takes nothing, so no source is read until it does: { $detail } → mend: make room on the disk or mend it; no restart is needed.
daemon-ill-dead = seems to be gone for good, since { $since }
daemon-ill-closed = not open to the public, since { $since }
daemon-ill-failing = cannot be read since { $since }
daemon-ill-rotten = the CSS selectors fit no item any more; something new last at { $since }
daemon-ill-empty = it answers, but shows no item; last at { $since }
daemon-ill-silent = silent for unusually long; something new last at { $since }
daemon-ill-moved = it has moved; if that is the right page, change its line to: url = "{ $to }"
daemon-ill-gap = items may have been missed at { $since }; if this happens often, lower every
daemon-ill-line-down = nearly no source answers since { $since }: the line of the office seems to be down
