gathering-no-contact = `contact` is missing: site operators do not know whom to write to
gathering-no-contact-mend = add the line contact = "address@office.gov.vn"
gathering-bad-contact = this `contact` cannot be used: "{ $contact }"
gathering-bad-contact-mend = write a mail address, or the address of a page that begins with https://, without spaces
gathering-timeout-zero = `timeout` must be more than 0
gathering-timeout-zero-mend = write timeout = "30s"
gathering-bad-network = "{ $network }" is not a network
gathering-bad-network-mend = write it like "10.0.0.0/8" or "127.0.0.1"
gathering-bad-host = "{ $host }" is not the name of a host
gathering-bad-host-mend = write the name alone, without https:// and path, such as "bachthong.backan.gov.vn"
gathering-bad-resolve = the address "{ $address }" of the host "{ $host }" is not valid
gathering-bad-resolve-mend = write an IP address with a port, such as "127.0.0.1:8080"

gathering-note-surplus = only { $taken } of { $shown } items were taken
gathering-note-nothing = it could be read, but no item was found; for a page (kind = "page") look at the CSS selectors again
gathering-note-lists = only { $taken } of the { $shown } sitemaps that this one names are read
gathering-note-garbled = some characters are broken: it was read in the encoding { $encoding }
gathering-note-scripts = the page shows its content by JavaScript only, which is not run here; look for the site's RSS, sitemap or API
gathering-note-flat = the page is nested too deep: its words were read, its layout was not

extract-no-source = there is no source with the id "{ $id }"
extract-no-source-near = write --source { $near }
extract-no-source-mend = look up the ids in sources.toml
extract-no-input = nothing to read was named
extract-no-input-mend = add a file or an address, or use --source ID
extract-bad-url = "{ $url }" is not an address
extract-bad-url-mend = write it in full, beginning with https://
extract-bad-kind = the kind "{ $kind }" cannot be read
extract-further = this leads to { $url }; read from an address instead of a file, that is read too
extract-bad-kind-near = use { $near }
extract-bad-kind-mend = use one of: { $wanted }
extract-file = the file { $file } cannot be read: { $error }
extract-file-mend = check the file's name
extract-failed = it cannot be read [{ $class }]: { $detail }
extract-failed-mend = check the address and --kind; open the address in a browser to compare
extract-inside = the address is not on the public network: { $detail }
extract-inside-mend = if it is the office's own machine, add its network to allow_networks of [fetch] in canhtin.toml
extract-undated = no date
extract-count = { $count } items

gathering-class-dns = the host's name is not found (a wrong address, or no network)
gathering-class-connect = the server cannot be reached, or the connection broke off
gathering-class-tls = the server's certificate or encryption is at fault
gathering-class-timeout = the server did not answer in time
gathering-class-http-4xx = the server refuses, or the page is gone
gathering-class-http-5xx = the server has a fault
gathering-class-robots = the site's robots.txt does not allow it
gathering-class-too-big = the page is bigger than allowed
gathering-class-unreadable = it came, but it is not of the kind that was named
gathering-class-closed = it can be reached and shows nothing in public: a channel without a preview, or a page that asks for a login
gathering-class-refused = the address is not on the public network, or too many redirects
gathering-class-busy = it answered, but too many large pages arrived at once: it is read again soon

sources-read = { $url } ({ $kind }): { $count } items read
sources-letters = { $count } letters of text
sources-untitled = (no title)
sources-block = The block to copy into sources.d/….toml (look over id, name, trust):
sources-nothing = no feed, sitemap or list of items was found at { $url }
sources-nothing-mend = open the page that lists the news and try its address; or name the selectors by --item, --link
sources-login = { $url } asks for a login
sources-login-mend = only public pages can be watched; look for another page of theirs, or a documented API (kind = "json")
sources-failed = it cannot be read: { $class } ({ $detail })
sources-no-id-near = write { $near }
sources-opml = { $error }
sources-opml-mend = export it again from the feed reader as OPML
sources-imported = { $count } sources taken over; { $doubles } left out that are watched already, { $refused } that cannot be watched
sources-write = the file { $file } cannot be written: { $error }
sources-write-mend = choose a name that is not taken, in a folder that can be written to
sources-exported = { $sources } sources were written to { $file }.
