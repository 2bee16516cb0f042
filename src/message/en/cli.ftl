cli-config-unusable = the configuration file { $file } cannot be used; run `canhtin check` to see each problem and its mend
cli-not-running = canhtin is not running; start it with `systemctl start canhtin` or `canhtin run`
cli-reloaded = Configuration, sources and keywords are loaded again.
cli-not-reloaded = Not loaded: see the errors above. The last good version stays in force.

cli-pass-unchanged = nothing new (304)
cli-pass-read = { $items } items, { $fresh } new
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
cli-status-failing = failed { $failures } times in a row [{ $class }]: { $detail }; last read: { $last }
cli-status-unread = never read
cli-status-never = never
cli-status-mails = Mails: { $sent } sent, { $waiting } waiting, { $held } held, { $groups } groups still gathering.
cli-status-last = last sent at { $at }
cli-status-oldest = the oldest has waited since { $at }
cli-status-queued = waits to go to { $to } (attempt { $attempts }, again at { $next }): { $reply }
cli-status-held = held, cannot go to { $to }: { $reply }
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
