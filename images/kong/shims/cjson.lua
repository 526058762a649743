-- Stand-in for OpenResty's cjson in pure Lua. Debian's lua-cjson lacks the array markers,
-- and without them Kong writes an empty list as {} to clients and to Postgres.
-- Decoding is as strict as RFC 8259, where the original lets hex numbers and raw control
-- characters pass; the settings that would need that leniency are refused.

return require("portcullis.json.instance")(false)
