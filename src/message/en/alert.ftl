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
alert-no-topic = no rule has the topic "{ $name }", so this route never matches
alert-no-topic-mend = choose one of the rules' topics: { $known }
alert-no-tag = no source has the tag "{ $name }", so this route never matches
alert-no-tag-mend = choose one of the sources' tags: { $known }
alert-none-there-mend = there is none to choose: take this condition out of the [[route]] block
alert-mute-over = this [[mute]] is over, so it hides nothing any more
alert-mute-over-mend = delete the block, or put off its until
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

# Who gets what and when (`check`, `alert explain`)
alert-days = { $count } d
alert-hours = { $count } h
alert-minutes = { $count } min
alert-seconds = { $count } s
alert-say-receiver = { $name } ({ $addresses ->
        [one] 1 address
       *[other] { $addresses } addresses
    }) gets:
alert-say-route = route { $number }: { $what }
alert-say-everything = everything
alert-say-no-route = no route leads here
alert-say-cap = At most { $most } mails within an hour; what is more travels together in one mail, nothing is left out.
alert-say-mute = Muted until { $until }: rule { $rule }, source { $source } (reason: { $reason }).
alert-say-first = What is new: { $grouped }, after waiting { $wait } for more.
alert-say-news-mail = News of what was told: in a mail of its own, at least { $interval } after the one before.
alert-say-news-digest = News of what was told: in the digest at { $times }.
alert-say-news-raised = News of what was told: in a mail of its own if it is graver, at least { $interval } after the one before; else in the digest at { $times }.
alert-say-light = What is low or info: in the digest at { $times }.
alert-say-quiet = No mail during { $hours }, but for what is urgent.
alert-say-days = Mails only on { $days }, but for what is urgent.
alert-by-rumour = one mail for each rumour
alert-by-story = one mail for each story
alert-by-topic = one mail for each topic
alert-by-source = one mail for each source
alert-by-all = all in one mail
alert-day-mon = Monday
alert-day-tue = Tuesday
alert-day-wed = Wednesday
alert-day-thu = Thursday
alert-day-fri = Friday
alert-day-sat = Saturday
alert-day-sun = Sunday
alert-if-severity = severity { $list } or graver
alert-if-topic = topic { $list }
alert-if-rule = rule { $list }
alert-if-place = the text names { $list }
alert-if-source = source { $list }
alert-if-tags = source tagged { $list }
alert-if-trust = source of kind { $list }
alert-why-alert = Rule { $rule }, severity { $severity }, in source { $source }, seen at { $at }:
alert-why-denies = This refutes the rumour: it goes only to those who were mailed the rumour and do not know that yet, if an official or press page tells it.
alert-why-takes = Route { $number } takes it, for { $receiver }.
alert-why-passed = Route { $number } ({ $receiver }) matches, but another one has taken it.
alert-why-not = Route { $number } ({ $receiver }) does not match.
alert-why-muted = It is recorded and goes to nobody.
alert-why-nobody = Nobody gets it.
alert-why-mail = { $receiver } gets it at { $at }, in a mail of the group "{ $group }":
alert-why-digest = { $receiver } gets it at { $at }, in the digest (or earlier, if the group "{ $group }" has a mail of its own before):
alert-hold-wait = waits for more of its group until { $until }
alert-hold-interval = its group was mailed not long ago, so it waits until { $until }
alert-hold-light = it is low or info, so it waits for the digest at { $until }
alert-hold-news = the receiver knows the rumour, so it waits for the digest at { $until }
alert-hold-quiet = the hours are quiet, so it waits until { $until }
alert-hold-day-off = it is a day without mails, so it waits until { $until }
alert-hold-cap = the hour has had its mails, so it waits until { $until }

alert-verdict-false = False
alert-verdict-true = True
alert-verdict-irrelevant = Not relevant
alert-verdict-handled = Dealt with
alert-verdict-snooze = Hide for 7 days
