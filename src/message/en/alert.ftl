alert-no-receiver = there is no receiver yet
alert-no-receiver-mend = add a [[receiver]] block with name = "on-duty" and to = ["address@office.vn"]
alert-empty-to = this receiver has no mail address
alert-empty-to-mend = write at least one address: to = ["on-duty@example.vn"]
alert-bad-address = "{ $address }" is not a mail address
alert-bad-address-mend = write "name@office.vn" or "Full Name <name@office.vn>"; one address per string
alert-same-receiver = there is already a receiver named `{ $name }`
alert-same-receiver-mend = choose another name, or put all addresses into one [[receiver]] block
alert-no-route = there is no [[route]] block, so no mail would ever be sent
alert-no-route-mend = add a [[route]] block with receiver = "on-duty" and min_severity = "low"
alert-unknown-receiver = there is no receiver named `{ $name }`
alert-unknown-receiver-near = write "{ $near }"
alert-unknown-receiver-mend = add a [[receiver]] block of this name, or choose one of: { $known }
alert-no-rule = no rule has the id `{ $name }`, so this route never matches
alert-no-rule-near = write "{ $near }"
alert-no-rule-mend = see the ids of the rules in keywords/rumours
alert-unrouted = when rule `{ $rule }` (severity { $severity }) fires on source `{ $source }`, nobody gets a mail
alert-unrouted-mend = lower min_severity of a [[route]] to "{ $severity }", or add a last [[route]] without conditions

alert-no-admin = nobody is told when a keyword file is broken, a source cannot be read or mails are stuck
alert-no-admin-mend = add an [admin] block with to = ["admin@office.vn"]
alert-no-source = no source has the id `{ $name }`, so this route never matches
alert-no-source-mend = see the ids of the sources in config/sources.toml
alert-mute-no-rule = no rule has the id `{ $name }`, so this [[mute]] mutes nothing
alert-mute-no-source = no source has the id `{ $name }`, so this [[mute]] mutes nothing
alert-empty-mute = this [[mute]] names neither a rule nor a source
alert-empty-mute-mend = add rule = "rule-id" or source = "source-id" (with both, only that rule in that source is muted)
alert-bad-quiet-mend = write when it begins and ends: quiet = "21:00-06:00"
alert-bad-digest-mend = write when digests leave: digest = "07:30" or digest = ["07:30", "16:30"]
alert-no-days = there is no working day, so no mail would ever be sent
alert-no-days-mend = name at least one day: working_days = ["mon", "tue", "wed", "thu", "fri"]
alert-too-deep = [[route]] blocks are nested more than { $most } deep
alert-too-deep-mend = put the conditions together into one [[route]]
