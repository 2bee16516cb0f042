source-bad-id = this `id` cannot be used: "{ $id }"
source-bad-id-mend = use lower-case letters without marks, digits and hyphens only, at most 64, such as "cong-huyen"
source-duplicate-id = there is already a source with the `id` "{ $id }"
source-duplicate-id-mend = give it another `id`; the other one stands in { $file }, line { $line }
source-url-no-scheme = the address "{ $url }" lacks https://
source-url-no-scheme-mend = write url = "https://{ $url }"
source-bad-url = the address "{ $url }" is not valid: { $error }
source-bad-url-mend = copy the whole address again from the browser's address bar
source-bad-scheme = addresses like "{ $scheme }:" cannot be read ("{ $url }")
source-bad-scheme-mend = use an address that begins with https:// or http://
source-url-login = the address holds a user name or a password
source-url-login-mend = delete what stands before the @ of the host name; only public pages are watched, without a login
source-every-short = the server would be asked too often
source-every-short-mend = write at least "1m" (one minute), usually "15m"
source-bad-selector = the CSS selector "{ $selector }" is not valid
source-selector-empty = the CSS selector is empty
source-selector-unfinished = the CSS selector "{ $selector }" is unfinished
source-selector-class = the CSS selector "{ $selector }": a class name must follow the dot
source-selector-pseudo = the CSS selector "{ $selector }" uses a form `:…` that is not supported
source-bad-selector-mend = write it like "div.news a.title"; to take an attribute add @name at the end, such as "a@href"
source-item-attribute = `item` takes no attribute (@{ $attribute })
source-item-attribute-mend = write only the selector of the whole news block, such as item = "div.news-item"
source-time-no-format = there is `time` but no `time_format`: only the usual forms of dates will be recognised
source-time-no-format-mend = add the line time_format = "%d/%m/%Y %H:%M", just as the page writes it
source-format-no-time = there is `time_format` but no `time`
source-format-no-time-mend = add the line time = "span.date", or delete `time_format`
source-bad-format = the date format "{ $format }" is not valid
source-bad-format-mend = write it like "%d/%m/%Y %H:%M" (%d day, %m month, %Y year, %H hour, %M minute)
source-follow-article = `follow` has no effect with kind = "article"
source-follow-article-mend = delete the line `follow`
source-duplicate-url = the source "{ $other }" has the same address
source-duplicate-url-mend = delete one of the two, so that the server is not asked twice
source-kind-better = this is the ordinary address of a platform; kind = "{ $kind }" can read it
source-kind-better-mend = change it to kind = "{ $kind }" and keep the address
source-closed = { $platform } pages cannot be watched ({ $url }): they need a login, and the terms of { $platform } forbid automated reading
source-closed-facebook-mend = watch the same body's website, Telegram or YouTube channel; if Meta granted your office Page Public Content Access, use kind = "json" with preset = "graph-api"
source-closed-zalo-mend = watch the same body's website, Telegram or YouTube channel; Zalo has no public feed
source-closed-mend = watch the same body's website, Telegram or YouTube channel
source-telegram-host = this is not the address of a Telegram channel: "{ $url }"
source-telegram-invite = this is an invitation to a private group or channel ("{ $url }"); only public channels are watched
source-telegram-mend = write url = "https://t.me/CHANNEL"; the channel must be public, with its web preview on
source-youtube-host = this is not the address of a YouTube channel or playlist: "{ $url }"
source-youtube-video = this is a video, not a channel: "{ $url }"
source-youtube-mend = open the channel's page and copy its address, such as url = "https://www.youtube.com/@channel"
source-reddit-host = this is not the address of a subreddit: "{ $url }"
source-reddit-person = this is a person's page ("{ $url }"); canhtin does not track persons
source-reddit-comments = this is a page of comments ("{ $url }"); canhtin reads no comments
source-reddit-mend = write the address of the subreddit, such as url = "https://www.reddit.com/r/vietnam"
source-mastodon-host = this is not the address of a Mastodon account or tag: "{ $url }"
source-mastodon-mend = write it like "https://SERVER/@name" (the account of an institution) or "https://SERVER/tags/name"
source-forum-person = this is a member's page ("{ $url }"); canhtin does not track persons
source-forum-thread = this is one thread ("{ $url }") and its posts are comments; canhtin reads no comments
source-forum-mend = write the address of the forum or of a section, such as "https://forum.example/forums/health.12/"
source-url-secret = the address in line { $line } holds `{ $part }`, a secret that must not stand in this file
source-url-secret-mend = take that part out of the address; for kind = "json" write it to a file of its own and add headers_file = "file"
source-recipe-key = the key `{ $key }` is only for kind = { $wanted }, and this source is a "{ $kind }"
source-recipe-key-mend = delete the line `{ $key }`, or change kind to { $wanted }
source-bad-path = the JSONPath "{ $path }" is wrong at character { $position }: { $error }
source-bad-path-mend = write it by RFC 9535, such as "$.data[*]" for the items, "$.title" for the title inside one
source-json-mute = this source does not say where the title or the text is
source-json-mute-mend = add at least one line title = "$.…" or text = "$.…"
source-graph-fields = the Graph API address does not say which fields are wanted, so the answer would lack some
source-graph-fields-mend = write url = "{ $url }?fields={ $fields }"
source-headers-plain = credentials (`headers_file`) are not sent over http://, where anybody on the way can read them
source-headers-plain-mend = use an https:// address
source-headers-file = the file { $path } cannot be read: { $error }
source-headers-file-mend = make that file with lines "Name: value", readable by canhtin's user only (chmod 600); or hand it over by systemd's LoadCredential
source-headers-unseen = { $path } cannot be seen from here: systemd hands it to the service alone, or this account may not read it
source-headers-unseen-mend = nothing is to be mended where the service is handed that file by LoadCredential={ $file }:/path; else make the file, with lines "Name: value"
source-headers-line = line { $line } of the file in `headers_file` is not "Name: value"
source-headers-foreign = line { $line } of the file in `headers_file` is a header that must not be set (a login by Cookie, or one of the connection)
source-headers-line-mend = write each line as "Name: value", such as "Authorization: Bearer …", just as the API's documentation says
source-robots-youtube = YouTube's robots.txt (as of 2026) lets no machine read the feeds of channels; while it does, this source only tells [robots]
source-robots-youtube-mend = watch the same body's website, or use kind = "json" with the YouTube Data API and a key of the office's own (docs/sources/platforms.md)
source-robots-reddit = Reddit's robots.txt (since 2024) lets no machine read anything; while it does, this source only tells [robots]
source-robots-reddit-mend = ask Reddit for permission, or put # before the lines of this source (docs/sources/platforms.md)
