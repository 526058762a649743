module portcullis.local/images/goks

go 1.26

require github.com/kong/goks v0.6.2
