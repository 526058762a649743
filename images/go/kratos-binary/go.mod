module portcullis.local/images/kratos-binary

go 1.26

require github.com/ory/kratos v1.3.1

replace github.com/go-swagger/go-swagger => github.com/aeneasr/go-swagger v0.19.1-0.20241013070044-bccef3a12e26

replace github.com/gobuffalo/pop/v6 => github.com/ory/pop/v6 v6.2.0

replace github.com/gorilla/sessions => github.com/ory/sessions v1.2.2-0.20220110165800-b09c17334dc2

replace github.com/mattn/go-sqlite3 => github.com/mattn/go-sqlite3 v1.14.22

replace github.com/ory/client-go => github.com/ory/kratos/internal/client-go v0.0.0
