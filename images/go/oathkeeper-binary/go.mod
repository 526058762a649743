module portcullis.local/images/oathkeeper-binary

go 1.26

require github.com/ory/oathkeeper v0.40.9

replace github.com/mattn/go-sqlite3 => github.com/mattn/go-sqlite3 v1.14.10
