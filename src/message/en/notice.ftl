# Mails to admins
notice-tag = ADMIN
notice-subject = [Canh tin · ADMIN] { $heading }
notice-subject-more = [Canh tin · ADMIN] { $heading }, and { $count } more
notice-subject-report = [Canh tin] { $heading }
notice-badge = For the admin
notice-at = At { $at }
notice-summary = As of { $at }.
notice-summary-more = { $count } matters, as of { $at }.
notice-not-shown = and { $count } more that do not fit into this mail; see them with: canhtin status
notice-footer = Times in this mail: UTC{ $offset }. How things stand, at any time: canhtin status
notice-next = What to do
notice-unknown = not known

notice-files-broken = { $count } { $count ->
        [one] error
       *[other] errors
    } in the settings or keyword files
notice-files-broken-what = The files as they were last read without error stay in force; the new changes do not apply yet.
notice-files-broken-more = and { $count } more
notice-files-broken-step = Mend each as told below it and save. To see all of them: canhtin check
notice-files-mended = The settings and keyword files are without errors again
notice-files-mended-what = The new version is in force. Nothing more to do.

notice-sources-failing = { $count } sources cannot be read
notice-failing = Source { $name } cannot be read
notice-failing-step = Open the page in a browser. If it opens, run: canhtin sources test { $id }
notice-dead = Source { $name } seems to be gone for good
notice-dead-step = Find its new address, or take source { $id } out of the source file. Until then it is tried every day.
notice-closed = Source { $name } is not open to the public
notice-closed-step = Open the address in a private window of a browser. If it asks for a login, or the channel has no preview, it cannot be watched: find another public page of the same people, or take source { $id } out of the source file.
notice-rotten = Nothing on the page { $name } matches any more
notice-rotten-what = The page opens, but its CSS selectors find no item: it may have been redesigned. It is not watched at present.
notice-rotten-step = Run: canhtin sources test { $id } and mend item, link, title in its block.
notice-empty = Source { $name } shows no item
notice-empty-what = It answers, but its list is empty.
notice-empty-step = Open the page in a browser. If it has items, its feed has moved: run canhtin sources test { $id }
notice-silent = Source { $name } has been silent for unusually long
notice-silent-what = It answers, but has had nothing new for much longer than usual.
notice-silent-step = See whether the page has new items. If so, its feed has moved: run canhtin sources test { $id }
notice-moved = Source { $name } has moved
notice-moved-what = Its server says that it has moved for good. It can still be read by the old address, which may go at any time.
notice-moved-step = If the new address really is this page's, change the url of source { $id }.
notice-gap = Source { $name } may have lost items
notice-gap-what = Between two readings it had more new items than it shows at once: some may have passed unread.
notice-gap-step = If this happens often, lower every of source { $id }.
notice-back = Source { $name } can be read again
notice-back-what = Nothing more to do.

notice-line-down = The line is down: { $count } sources cannot be read at once
notice-line-down-what = Nearly all sources failed together, so the fault is probably in the office's line or name server (DNS), not in the pages.
notice-line-down-step = Check the network of the machine that runs Canh tin.
notice-line-back = The line is back
notice-line-back-what = The sources are being read again. What was posted meanwhile is read where the pages still show it.

notice-queue-stuck = { $count } { $count ->
        [one] mail waits
       *[other] mails wait
    } for the mail server
notice-queue-stuck-what = The mail server takes no mail. None is lost: each is tried until it leaves, for 5 days.
notice-queue-stuck-step = Ask whoever runs the mail server, with its reply above. To try: canhtin mail test ADDRESS
notice-queue-moves = Mails leave again
notice-queue-moves-what = The mails that waited have been sent; they may arrive late.

notice-disk = Nothing can be written to the disk
notice-disk-what = No source is read meanwhile, so that nothing is missed: what was not recorded is read again.
notice-disk-step = Free some space, or check the permissions. It goes on by itself, without a restart.
notice-disk-back = The disk takes writing again
notice-disk-back-what = The sources are being read again.

notice-store-seen = seen memory
notice-store-ledger = ledger
notice-set-aside = The store ({ $which }) was damaged and set aside
notice-set-aside-seen = It remembers what was seen, and may be lost: the items are read again, and no mail is repeated.
notice-set-aside-ledger = It is the ledger: what was told, the mails that wait, the audit trail. The newest backup was put in its place; what came after it is read again, so that some mails may come twice.
notice-set-aside-step-ledger = Look after the machine's disk, and keep the damaged file for a while. To use another backup, stop the service and run canhtin store restore FILE.
notice-set-aside-step-seen = If this happens again, check this machine's disk.

notice-damaged = { $count } { $count ->
        [one] place
       *[other] places
    } in the ledger { $count ->
        [one] is
       *[other] are
    } damaged
notice-damaged-what = The daily look found that the places below are not what was written any more. They are left alone and not sent; all other alerts and mails go on as usual.
notice-damaged-also-mended = Besides, { $count } damaged { $count ->
        [one] record was
       *[other] records were
    } put back from a backup.
notice-damaged-more = and { $count } more; to see them: canhtin store verify
notice-damaged-step = Check this machine's disk. If there is a sound backup: stop the service and run canhtin store restore; what came after it is read again, so that some mails may come twice.
notice-damaged-mended = { $count } damaged { $count ->
        [one] record
       *[other] records
    } of the ledger put back
notice-damaged-mended-what = The daily look found that they were not what was written any more, and put them back whole from a backup. Mails that were held for that are sent.

# Labels
notice-label-why = Reason
notice-label-detail = Detail
notice-label-since = Since
notice-label-last-success = Last read
notice-label-last-item = Last item
notice-label-from = Old address
notice-label-to = New address
notice-label-before-gap = Reading before
notice-label-after-gap = Reading after
notice-label-oldest = Oldest waits since
notice-label-reply = The server said
notice-label-path = It lies in
notice-label-source = Source id

# Each day
notice-heartbeat = running: { $sources } sources, { $failing } failing, { $hits } hits, { $queued } mails waiting
notice-heartbeat-what = This mail comes every day at the same time. On a day without it, look after the machine that runs Canh tin.
notice-label-span = Counted from
notice-label-sources = Sources watched
notice-label-failing = Cannot be read
notice-label-rules = Rules
notice-label-hits = Hits
notice-label-refutations = Refutations
notice-label-sent = Mails sent
notice-label-queued = Mails waiting
notice-label-held = Mails refused, to be looked at
notice-heartbeat-broken = The settings or keyword files have errors: an older version is in force. Run: canhtin check
notice-heartbeat-held = { $count } { $count ->
        [one] mail was
       *[other] mails were
    } refused for good. See them with: canhtin status

# Each week
notice-weekly = The week of { $since } – { $until }
notice-weekly-what = { $rumours } { $rumours ->
        [one] rumour
       *[other] rumours
    } in { $items } { $items ->
        [one] item
       *[other] items
    }; { $sent } mails sent; { $sources } sources, { $failing } cannot be read.
notice-weekly-none = No rumour was seen this week in the sources that are watched.
notice-weekly-chart = Rumours of the week, by items
notice-weekly-row = { $items } items ({ $before } the week before) · { $stories } stories · { $pages } pages
notice-weekly-mailed = first mail after { $wait }
notice-weekly-unmailed = no mail yet
notice-weekly-refuted = refuted
notice-weekly-open = no refutation seen
notice-weekly-more = and { $count } more rumours of at most { $items } items each
notice-weekly-precision = Rules, as officers judged them
notice-weekly-rule = { $title }: { $right } right / { $judged } judged / { $told } told
notice-weekly-unjudged = Nothing was judged. Officers answer by the buttons at the end of a mail, or with the command canhtin mark.
notice-wait-seconds = { $count } s
notice-wait-minutes = { $count } min
notice-wait-hours = { $count } h
