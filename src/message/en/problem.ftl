problem-error = error
problem-warning = warning
problem-mend = mend
problem-file-missing = there is no such file
problem-file-missing-mend = create the file, or correct the path where it is named
problem-file-unreadable = the file cannot be read: { $error }
problem-file-unreadable-mend = let the service's user read the file (chmod, chown)
problem-not-utf8 = the file is not UTF-8 (broken from line { $line } on)
problem-not-utf8-mend = open the file in an editor and save it again with the encoding UTF-8
problem-toml-syntax = TOML syntax: { $error }
problem-toml-syntax-mend = write `key = "value"`, one key a line; text stands in quotes
problem-toml-twice-mend = delete one of the two lines with the same key, or make them one
problem-toml-quotes-mend = write straight quotes " in place of the curly ones “ ”
problem-unknown-key = there is no key named `{ $key }` here
problem-unknown-key-near = write `{ $near }`
problem-unknown-key-mend = delete this line; the keys that work here: { $known }
problem-missing-key = the key `{ $key }` is missing
problem-missing-key-mend = add the line `{ $key } = { $example }`
problem-wrong-type = the value of `{ $key }` is of the wrong type
problem-want-string = write text in quotes: { $key } = "…"
problem-want-boolean = write true or false without quotes: { $key } = true
problem-want-integer = write a whole number without quotes: { $key } = 10
problem-want-date = write a date as year-month-day: { $key } = 2021-08-15
problem-want-strings = write a list of texts: { $key } = ["…", "…"]
problem-want-duration = write a duration: { $key } = "30s" (seconds), "15m" (minutes), "2h" (hours), "7d" (days)
problem-want-size = write a size: { $key } = "8MiB" (B, KiB, MiB, GiB)
problem-want-table = write it as a table of its own: [{ $key }]
problem-want-tables = write each entry as a table of its own: [[{ $key }]]
problem-out-of-range = the value of `{ $key }` is out of range
problem-out-of-range-mend = choose a number from { $low } to { $high }
problem-bad-value = `{ $key }` does not take the value "{ $value }"
problem-bad-value-near = write "{ $near }" (the values: { $wanted })
problem-bad-value-mend = choose one of: { $wanted }
