# Configuration
mail-no-smtp = no mail server is given
mail-no-smtp-mend = add a table [mail.smtp] with host, port, tls; or write transport = "dir" to write mails into a folder
mail-clear-text = mails to `{ $host }` would travel unencrypted
mail-clear-text-mend = write tls = "starttls" or "implicit"; "none" is for a server on this very machine (localhost)
mail-inline-password = line { $line }: the password must not stand in the configuration
mail-inline-password-mend = put it into a file of its own (chmod 600), write password_file = "path", delete this line, then change the password
mail-no-password = there is a user name but no password
mail-no-password-mend = add password_file = "path", or hand it over by systemd: LoadCredential={ $credential }:/path
mail-password-unseen = the password is not to be seen from here: only the service is handed it, by systemd
mail-password-unseen-mend = nothing, if /etc/credstore/canhtin.{ $credential } is there; where canhtin is no service of systemd, add password_file = "path"
mail-password-file = the password in `{ $path }` cannot be read: { $error }
mail-password-file-mend = make this file with the password on its first line, readable by the service's user
mail-ca-file = no certificate can be read from `{ $path }`: { $error }
mail-ca-file-mend = put the root certificate of your own authority into this file, as PEM (-----BEGIN CERTIFICATE-----)

# Subject
mail-severity-info = INFO
mail-severity-low = LOW
mail-severity-medium = MEDIUM
mail-severity-high = HIGH
mail-severity-urgent = URGENT
mail-subject = [Canh tin · { $severity }] { $claim }: { $items } { $items ->
        [one] item
       *[other] items
    } on { $pages } { $pages ->
        [one] page
       *[other] pages
    }
mail-subject-refuted = [Canh tin · { $severity }] { $claim }: { $items } { $items ->
        [one] item
       *[other] items
    } on { $pages } { $pages ->
        [one] page
       *[other] pages
    }, refuted
mail-subject-again = [Canh tin · { $severity }] { $claim }: { $items } more { $items ->
        [one] item
       *[other] items
    } on { $pages } { $pages ->
        [one] page
       *[other] pages
    }
mail-subject-again-refuted = [Canh tin · { $severity }] { $claim }: { $items } more { $items ->
        [one] item
       *[other] items
    } on { $pages } { $pages ->
        [one] page
       *[other] pages
    }, refuted

# Body
mail-subject-follow-up = [Canh tin · REFUTED] { $claim }: refuted by { $name }, { $at }
mail-refuted-by = Refuted by
mail-follow-up-summary = The rumour told in the earlier mails of this thread has been refuted. As of { $at }.
mail-step-refuted = Read the refutation, then link to it where the rumour is spreading.
mail-badge = Severity { $severity }
mail-summary = { $items } { $items ->
        [one] item
       *[other] items
    } on { $pages } { $pages ->
        [one] page
       *[other] pages
    }, gathered { $at }
mail-summary-again = { $items } more { $items ->
        [one] item
       *[other] items
    } on { $pages } { $pages ->
        [one] page
       *[other] pages
    } since the last mail, gathered { $at }
mail-topic = Topic: { $topic }
mail-weight-rule = { $severity }, as the rule says.
mail-weight = Why { $severity }: the rule says { $rule }; { $reasons }.
mail-weight-official = less because an official page tells it, so it may be a warning
mail-weight-unmarked = less because it is written without marks and may be another word
mail-weight-disguised = more because it is disguised so as not to be found
mail-weight-place = more because it names { $place }, one of the office's own places
mail-weight-spread = more because it stands on { $pages } pages within 7 days
mail-lead = This is a lead that a machine found by keywords; nobody has verified it. Please read the original before you conclude or answer.
mail-refuted = Refuted
mail-more-refuted = and { $count } more { $count ->
        [one] refutation
       *[other] refutations
    }
mail-not-refuted = No refutation seen so far on the official and press pages that are watched.
mail-story = Story { $number } of { $total }
mail-passage = Passage
mail-passage-text = Passage (the match stands in « »)
mail-where = Where it stands
mail-open = Open the page
mail-no-link = This source tells no address of the item.
mail-long-link = The address is too long to be linked; look for the title on the site.
mail-trust-official = state body
mail-trust-press = press
mail-trust-social = social page or forum
mail-published = Published, says the page, { $at }
mail-seen = Seen by Canh tin { $at }
mail-edited = The item was edited: this passage was not in it at the earlier reading.
mail-id = ID { $id }
mail-spread-title = Spread
mail-spread = So far { $items } { $items ->
        [one] item tells
       *[other] items tell
    } this story, on { $pages } { $pages ->
        [one] page
       *[other] pages
    }; first seen { $since }.
mail-spread-unknown = First seen { $since }.
mail-spread-one = Seen in this item alone so far, at { $since }; no other page tells it yet.
mail-why = Why this is here
mail-why-rule = Rule { $rule } matched at: { $terms }.
mail-more-terms = and { $count } more
mail-tier-exact = Written as in the keyword list.
mail-tier-variant = Written with i for y or y for i.
mail-tier-unmarked = Written without all its marks, so it may be another word: read closely.
mail-tier-disguised = Written in disguise so as not to be found (dots or spaces put in, letters replaced).
mail-stance-asserts = The item tells it as true or passes it on; no refuting words stand near it.
mail-answer = Official answer
mail-no-answer = This rule has no official answer yet.
mail-material = Material to answer with
mail-next = What to do
mail-step-read = Open the original, read all of it, see whether it really is this rumour and whom it concerns.
mail-step-answer = If it is false: answer with the official answer and material of this mail.
mail-step-answer-and-refutation = If it is false: answer with the official answer, and cite the refutation of this mail.
mail-step-refutation = If it is false: cite the refutation of this mail, after having read it.
mail-step-ask = If it is false: ask the competent body before you answer; then put its answer into the key answer of rule { $rule }, so that later mails carry it.
mail-step-follow = Open the original to see how things stand. This rule follows a subject; it does not say that anything is false.
mail-step-share = Do not share the original, not even to object: each time it travels further.
mail-step-id = When you speak of an item, give its ID.
mail-more = The other items
mail-more-ids = IDs of the items not listed above
mail-uncounted = and { $count } more that do not fit into this mail; all are recorded in Canh tin's ledger.
mail-footer-office = Automatic mail of Canh tin for { $office }.
mail-footer-rules = Rule { $rule }, version { $version } of the rules. Times in this mail: UTC{ $offset }.
mail-footer-public = Canh tin reads public pages only and keeps no names of those who post.

# Test mail
mail-trial-subject = [Canh tin] Test mail
mail-trial-title = A test mail of Canh tin
mail-trial-works = If you can read this, Canh tin can send mail. There is nothing to do.
mail-trial-sent = Sent { $at } at the administrator's request, { $office }.

# Digests
mail-subject-digest = [Canh tin · { $severity }] Digest: { $rumours } rumours, { $items } items
mail-subject-storm = [Canh tin · { $severity }] Much at once: { $rumours } rumours, { $items } items
mail-digest = Digest
mail-storm = Much at once
mail-digest-title = { $rumours } rumours, { $items ->
        [one] 1 item
       *[other] { $items } items
    } on { $pages ->
        [one] 1 page
       *[other] { $pages } pages
    }
mail-digest-summary = Low-severity rumours and news of those told before, as of { $at }.
mail-storm-summary = More came in within an hour than the limit on mails lets through, so the rest travels together here; nothing is left out. As of { $at }.
mail-state-new = New.
mail-state-again = Told before, now there is more.
mail-state-raised = Told as { $from } before, now { $to }.
mail-state-refuted = Told before, now refuted.
mail-digest-counts = { $items ->
        [one] 1 item
       *[other] { $items } items
    } on { $pages ->
        [one] 1 page
       *[other] { $pages } pages
    }.
mail-digest-line = [{ $severity }] { $claim }: { $counts }
mail-ids = IDs
mail-digest-more = The rest
mail-digest-uncounted = and { $count } more that do not fit this mail; all of them are in Canh tin's ledger.
mail-footer-digest = Version { $version } of the rules. Times in this mail: UTC{ $offset }.

mail-answer-title = Answer by mail (open and send, nothing to write):
mail-answer-title-of = Answer by mail about item { $id } (tap and send, nothing needs to be written):
mail-answer-body = Just send this. Please leave the subject as it is.
mail-imap-answers = [mail.imap] needs the key `answers` in [mail]: the address that readers answer to
mail-imap-answers-mend = add answers = "canhtin+tra-loi@example.vn" to [mail]
mail-imap-login = the mailbox needs a user name
mail-imap-login-mend = add username and password_file to [mail.imap]
