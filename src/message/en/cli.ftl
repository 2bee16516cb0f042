cli-config-unusable = the configuration file { $file } cannot be used; run `canhtin check` to see each problem and its mend
cli-left-out = { $errors ->
    [one] There is an error
   *[other] There are { $errors } errors
 } in the source and keyword files: what has an error is not used. Run `canhtin check` to see each and its mend.
cli-not-running = canhtin is not running; start it with `systemctl start canhtin` or `canhtin run`
cli-foreign = the folder { $dir } belongs to the account { $owner }; root would leave files there that the service cannot open
cli-foreign-mend = run it again by that account: sudo -u { $owner } canhtin …
cli-reloaded = Configuration, sources and keywords are loaded again.
cli-not-reloaded = Not loaded: see the errors above. The last good version stays in force.

cli-pass-unchanged = nothing new (304)
cli-pass-read = { $items } items, { $fresh } new
cli-pass-nothing = read, but it shows no item; try it by: canhtin sources test { $source }
cli-pass-page-nothing = read, but the selector `item` found nothing; look at `item` in the source file, try it by: canhtin sources test { $source }
cli-pass-api-nothing = read, but the path `item` leads to nothing; look at `item` in the source file, try it by: canhtin sources test { $source }
cli-pass-hits = { $items } items, { $fresh } new, { $hits } rule hits
cli-pass-unrecorded = read, but the ledger could not record it; it will be read again: { $detail }
cli-pass-failed = [{ $class }] { $what } ({ $detail })

cli-once-mails = Mails: { $sent } sent, { $waiting } waiting to be sent again, { $held } held.
cli-once-dry = Dry run: { $hits } hits; nothing was recorded or mailed.

cli-check-problems = { $errors } errors, { $warnings } warnings.
cli-check-fine = Fit for use: { $sources } sources, { $rules } rules, { $receivers } receivers.

cli-mail-address = "{ $address }" is no mail address
cli-mail-address-mend = write it as name@office.vn
cli-mail-sent = A test mail was sent to { $address } ({ $reply })
cli-mail-unsent = the test mail to { $address } was not sent: { $reply }; look at [mail] and [mail.smtp] in canhtin.toml

cli-status-running = running since { $since }
cli-status-stopped = not running
cli-status-rules = { $rules } rules (version { $version })
cli-status-sources = { $sources } sources:
cli-status-read = read at { $last }; something new at { $new }
cli-status-read-none = read at { $last }; no item yet
cli-status-failing = failed { $failures } times in a row [{ $class }]: { $detail }; last read: { $last }
cli-status-failing-never = failed { $failures } times in a row [{ $class }]: { $detail }; never read
cli-status-unread = never read
cli-status-never = never
cli-status-mails = Mails: { $sent } sent, { $waiting } waiting, { $held } held, { $groups } groups still gathering.
cli-status-last = last sent at { $at }
cli-status-oldest = the oldest has waited since { $at }
cli-status-queued = waits to go to { $to } (attempt { $attempts }, again at { $next }): { $reply }
cli-status-held = held, cannot go to { $to }: { $reply }
cli-status-precision = What readers said of the stories mailed in the last 90 days:
cli-status-judged = rule { $rule }: { $right } right / { $told } told ({ $wrong } true claims, { $irrelevant } not relevant)
cli-status-problems = To be mended:

cli-demo-intro = A sample web and a sample inbox are running on this machine (no network needed). canhtin reads them in two rounds.
cli-demo-round = Round { $round }:
cli-demo-office = Office of Culture and Information of Suối Ngàn district (sample)
cli-demo-config-note = The configuration of `canhtin demo`; written anew at each run. The files in keywords/ are not: edit them and run it again to see.
cli-demo-none = No mail this time: everything was told in an earlier run.
cli-demo-mails = The sample inbox received { $mails } mails:
cli-demo-next =

    The mails are in { $dir }/mail: open the .html files in a browser, the .eml files in a mail program.
    Running it again over this folder mails nothing again.

    Three steps to real use:
    1. Edit config/canhtin.toml (office, mail server, receivers) and config/sources.toml (the pages to watch).
    2. canhtin check             – shows what is still wrong; canhtin mail test ADDRESS – sends a test mail.
    3. canhtin once              – one pass; then install the service as the head of deploy/canhtin.service says.

cli-replay-since = "{ $since }" is no length of time; write "12h" (hours) or "30d" (days)
cli-replay-errors = the keyword files in { $dir } have the errors above; mend them and run it again
cli-replay-summary = { $texts } kept texts: { $added } hits added, { $lost } lost.

cli-hits-no-ledger = there is no ledger { $path } yet
cli-hits-no-ledger-mend = run `canhtin once` or start the service to read for the first time
cli-hits-ambiguous = several alerts begin with "{ $id }": { $ids }
cli-hits-ambiguous-mend = type a few more letters of the ID
cli-hits-unknown = no alert has the ID "{ $id }"
cli-hits-unknown-mend = the ID stands in the mail and in `canhtin hits list`
cli-hits-since = "{ $since }" is no time; write "12h" (hours), "7d" (days) or a day like 2021-08-15
cli-hits-count = { $hits ->
    [one] { $hits } alert.
   *[other] { $hits } alerts.
}
cli-hits-exported = { $hits ->
    [one] { $hits } alert written
   *[other] { $hits } alerts written
} to { $file }.
cli-hits-hidden = hidden until { $until }
cli-hits-rumour-hidden = The whole rumour is hidden until { $until }.
cli-hits-id = ID
cli-hits-seen = Seen
cli-hits-published = Published
cli-hits-severity = Severity
cli-hits-rumour = Rumour
cli-hits-rule = Rule
cli-hits-topic = Topic
cli-hits-stance = Asserts or denies
cli-hits-asserts = tells it as true
cli-hits-denies = refutes it
cli-hits-tier = Spelling
cli-hits-tier-exact = as in the list
cli-hits-tier-variant = another place of the mark or spelling
cli-hits-tier-unmarked = marks missing
cli-hits-tier-disguised = disguised
cli-hits-terms = Terms
cli-hits-source = Source
cli-hits-trust = Kind of page
cli-hits-page-title = Title
cli-hits-excerpt = Passage
cli-hits-url = Address
cli-hits-spread = Spread
cli-hits-spread-told = { $items } items on { $sources } pages tell this story
cli-hits-items = Items of the story
cli-hits-sources = Pages of the story
cli-hits-verdict = Verdict
cli-hits-verdict-at = Verdict at
cli-hits-verdict-by = Verdict by
cli-hits-note = Note
cli-hits-by-command = { $verdict } ({ $by }, { $at })
cli-hits-by-mail = { $verdict } ({ $by } by mail, { $at })
cli-hits-mail = Mail
cli-hits-mailed = Told to
cli-hits-mail-sent = sent
cli-hits-mail-held = held
cli-hits-mail-queued = waits to be sent
cli-hits-waits = To be told to
cli-hits-version = Version of the rules

cli-mark-done = Recorded: { $id } – { $verdict }.
cli-mark-snoozed = Recorded: { $id } – hidden.
cli-mark-unsnoozed = Recorded: { $id } – shown again.
cli-mark-silenced = This story makes no further mail; it is recorded when it is met again.
cli-mark-hidden = This story makes no mail until { $until }; it is recorded when it is met again.
cli-mark-rumour-hidden = The whole rumour makes no mail until { $until }; it is recorded when it is met again.
cli-mark-shown-again = From now on it is mailed as before.
cli-mark-withdrawn = { $count } alerts that waited for a mail are withdrawn.

cli-forget-done = Deleted what was kept of { $url }: { $alerts } alerts, { $mails } mails in the ledger, { $texts } kept texts, { $files } mail files. From now on this page is not recorded any more.
cli-forget-nothing = Nothing is kept of { $url } (the address must be as in the mails or in canhtin hits show). From now on this page is not recorded any more.
cli-forget-withdrawn = { $number } deliveries that still waited are withdrawn.
cli-forget-under-way = { $number } mails are being sent and could not be changed: run this again in a few minutes.
cli-forget-backups = { $number } backups in the store's folder may still hold it: delete them, or wait until newer ones take their place; after restoring an old one, run this again.
cli-forget-elsewhere = Mails in the recipients' mailboxes and backups kept elsewhere must be deleted there.

cli-refutations-read = { $reviews } reviews read: { $matched } [[refutation]] blocks, { $skipped } passed over.
cli-refutations-day = write the day of the refutation, like 2021-08-29
cli-refutations-no-rule = passed over, no rule finds it: { $claim } ({ $rating })
cli-refutations-not-false = passed over, not rated false: { $claim } ({ $rating })

cli-store-ledger = Ledger: { $records } records looked over.
cli-store-audit = Audit trail: { $records } records follow one another.
cli-store-seen = Seen memory: { $items } items.
cli-store-more = … { $number } findings in all
cli-store-sound = Nothing is damaged.
cli-store-damaged = Something is damaged: see the lines above.
cli-store-backed-up = Backed up to { $path }
cli-store-replaced = The ledger that was there is kept as { $to }
cli-store-there = there is a ledger { $path }; this command is for one that is lost
cli-store-begun = A new ledger was begun: { $path }

cli-queue-empty = No mail waits or is held.
cli-queue-retried = { $number } mails were put back into the queue.
cli-queue-dropped = { $number } mails were given up and are never sent.

cli-status-stores = Stores: ledger { $ledger } MiB, { $sound }; seen memory { $seen } MiB; { $backups } backups, the newest: { $last }
cli-status-sound = nothing damaged (looked over { $at })
cli-status-damaged = { $number } findings of damage
cli-status-unverified = not looked over yet
cli-explain-was-muted = It was muted when it came in (until { $until }, reason: { $reason }).
cli-explain-mailed = Mailed: { $receiver }, in the mail closed at { $at }.
cli-explain-waits = Still waits for a mail: { $receivers }.
cli-explain-no-rule = no rule has the id "{ $name }"
cli-explain-no-source = no source has the id "{ $name }"
cli-explain-unknown-mend = see the ids in the folder keywords and in config/sources.toml

cli-preview-none = there is no alert to preview yet
cli-preview-none-mend = run canhtin once, then look again
cli-preview-written = The mail "{ $subject }" was written to { $path }; it was sent to nobody
cli-status-muted = { $muted } alerts muted by [[mute]]: recorded, not mailed

cli-sources-row = next { $next } · read { $last } · something new { $new } · { $pace }
cli-sources-every = every { $minutes } min
cli-sources-every-why = every { $minutes } min ({ $why })
cli-sources-often = brings much
cli-sources-seldom = brings little
cli-sources-hot = told a rumour
cli-sources-hurried = items may have been missed
cli-sources-backed-off = failing
cli-sources-failing = failed { $failures } times in a row: { $words } [{ $class }] { $detail }
