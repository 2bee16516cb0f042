config-no-folder = there is no keyword folder { $path }
config-no-folder-mend = correct the path (it starts at this file's folder), or create that folder
config-no-source-file = there is no source file { $path }
config-no-source-file-mend = correct the path (it starts at this file's folder), or create that file
config-no-sources = there are no sources: no page at all will be read
config-no-sources-mend = add at least one [[source]] block to the source file
config-timezone = there is no time zone named { $name }
config-timezone-mend = write "Asia/Ho_Chi_Minh"
