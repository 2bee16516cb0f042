ledger-damaged = the ledger is damaged ({ $detail })
ledger-damaged-set-aside = the ledger is damaged ({ $detail }); it was moved whole to { $to }
ledger-damaged-mend = run `canhtin store restore` to put the newest backup in its place (or `canhtin store restore FILE`); if there is none, run `canhtin store begin-anew` to begin a new ledger (mails not yet sent in the broken one are lost)
ledger-missing = the ledger { $path } is missing, and a broken one lies beside it: { $broken }
ledger-bad-backup = the backup { $path } cannot be used: { $detail }
ledger-no-backup = there is no fit backup in { $dir }
ledger-bad-backup-mend = name another backup: `canhtin store restore FILE`
ledger-not-ours = { $path } is not a ledger of canhtin
ledger-not-ours-mend = mend [store] dir in canhtin.toml, or move that file elsewhere
ledger-too-new = the ledger { $path } was written by a newer canhtin
ledger-too-new-mend = install the newest canhtin and try again
ledger-disk = the ledger cannot be written: { $detail }
ledger-disk-mend = see whether the disk has free space and whether the service's user may write to the folder [store] dir
ledger-busy = another process holds the ledger for too long
ledger-busy-mend = stop that process (a backup tool, an SQLite viewer) and try again
ledger-failed = the ledger failed: { $detail }
ledger-failed-mend = try again; if it stays, send this line to the administrator

ledger-found-structure = the file's structure is damaged: { $detail }
ledger-found-dangling = rows of the table { $table } point to rows that are gone
ledger-found-record = the record { $kind } "{ $label }" is not what was written
ledger-found-audit = the audit trail was changed or cut from record { $seq } on

ledger-verdict-false = False
ledger-verdict-true = True
ledger-verdict-irrelevant = Not relevant
ledger-verdict-handled = Dealt with
ledger-verdict-snooze = Hide for 7 days
