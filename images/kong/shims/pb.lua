-- Stand-in for lua-protobuf, a C library that Debian lacks: loads, raises on use.

return setmetatable({}, {
  __index = function(_, name)
    return function()
      error("protobuf is not supported (pb." .. tostring(name) .. ")", 2)
    end
  end,
})
