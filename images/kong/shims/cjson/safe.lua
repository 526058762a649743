-- cjson.safe: as cjson, but encode and decode return nil and an error instead of raising.

return require("portcullis.json.instance")(true)
