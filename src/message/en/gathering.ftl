gathering-no-contact = `contact` is missing: site operators do not know whom to write to
gathering-no-contact-mend = add the line contact = "address@office.gov.vn"
gathering-bad-contact = this `contact` cannot be used: "{ $contact }"
gathering-bad-contact-mend = write a mail address, or the address of a page that begins with https://, without spaces
gathering-timeout-zero = `timeout` must be more than 0
gathering-timeout-zero-mend = write timeout = "30s"
gathering-bad-network = "{ $network }" is not a network
gathering-bad-network-mend = write it like "10.0.0.0/8" or "127.0.0.1"
gathering-bad-resolve = the address "{ $address }" of the host "{ $host }" is not valid
gathering-bad-resolve-mend = write an IP address with a port, such as "127.0.0.1:8080"
