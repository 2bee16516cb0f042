source-bad-id = this `id` cannot be used: "{ $id }"
source-bad-id-mend = use lower-case letters without marks, digits and hyphens only, at most 64, such as "cong-huyen"
source-duplicate-id = there is already a source with the `id` "{ $id }"
source-duplicate-id-mend = give it another `id`; the other one stands in { $file }, line { $line }
source-kind-not-yet = sources of the kind "{ $kind }" are not supported yet
source-kind-not-yet-mend = put # before the lines of this source for now, or find the page's RSS address and use kind = "feed" (the kinds that work: { $wanted })
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
source-page-key = the key `{ $key }` is only for kind = "page", and this source is a "{ $kind }"
source-page-key-mend = delete the line `{ $key }`, or change it to kind = "page"
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
