-- Values that have no Lua type of their own in JSON. All instances of the cjson stand-in
-- share them, so a table marked through one is known to another.

return {
  null = ngx.null,
  empty_array = newproxy(false),
  array_mt = { __name = "array_mt" },
  empty_array_mt = { __name = "empty_array_mt" },
}
