module portcullis.local/images/deck-binary

go 1.26

require github.com/kong/deck v1.55.0

replace github.com/yudai/gojsondiff v1.0.0 => github.com/Kong/gojsondiff v1.3.0

replace gopkg.in/yaml.v3 v3.0.1 => github.com/Kong/yaml v1.0.0
