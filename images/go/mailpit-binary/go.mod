module portcullis.local/images/mailpit-binary

go 1.26

require github.com/axllent/mailpit v1.28.0
