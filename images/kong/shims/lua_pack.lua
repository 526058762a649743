-- Stand-in for lua_pack: packs and unpacks binary strings. Only the letters Kong uses are
-- there: C unsigned char, H unsigned short, I unsigned int, A string, and the byte orders
-- < > =. Any other letter raises.

local byte, char, sub = string.byte, string.char, string.sub
local floor = math.floor

local SIZES = { C = 1, H = 2, I = 4 }
local NATIVE_IS_LITTLE = require("ffi").abi("le")

-- Walks a format as (letter, count, little endian) and leaves byte orders out.
local function each(fmt)
  local at, little = 1, NATIVE_IS_LITTLE
  return function()
    while at <= #fmt do
      local letter = sub(fmt, at, at)
      at = at + 1
      if letter == "<" then
        little = true
      elseif letter == ">" then
        little = false
      elseif letter == "=" then
        little = NATIVE_IS_LITTLE
      elseif SIZES[letter] or letter == "A" then
        local digits = string.match(fmt, "^%d+", at)
        at = at + (digits and #digits or 0)
        return letter, tonumber(digits), little
      elseif letter ~= " " then
        error("lua_pack: format letter '" .. letter .. "' is not supported", 3)
      end
    end
  end
end

local function pack_integer(value, size, little)
  value = tonumber(value)
  if not value or value < 0 or floor(value) ~= value or value >= 256 ^ size then
    error("lua_pack: number out of range for " .. size .. " bytes", 3)
  end
  local out = ""
  for _ = 1, size do
    local digit = char(value % 256)
    out = little and out .. digit or digit .. out
    value = floor(value / 256)
  end
  return out
end

local function unpack_integer(text, at, size, little)
  local value = 0
  for i = 0, size - 1 do
    value = value * 256 + byte(text, little and at + size - 1 - i or at + i)
  end
  return value
end

local _M = {}

function _M.pack(fmt, ...)
  local out, used = {}, 0
  local values = { ... }
  for letter, count, little in each(fmt) do
    if letter == "A" then
      used = used + 1
      if type(values[used]) ~= "string" then
        error("lua_pack: string expected for 'A'", 2)
      end
      out[#out + 1] = values[used]
    else
      for _ = 1, count or 1 do
        used = used + 1
        out[#out + 1] = pack_integer(values[used], SIZES[letter], little)
      end
    end
  end
  return table.concat(out)
end

-- Returns the place behind the last value read, then the values. A short text gives fewer
-- values and no error, as the original does.
function _M.unpack(text, fmt, init)
  local at, values, n = init or 1, {}, 0
  for letter, count, little in each(fmt) do
    local size = letter == "A" and (count or 1) or SIZES[letter]
    for _ = 1, letter == "A" and 1 or count or 1 do
      if at + size - 1 > #text then
        return at, unpack(values, 1, n)
      end
      n = n + 1
      values[n] = letter == "A" and sub(text, at, at + size - 1)
        or unpack_integer(text, at, size, little)
      at = at + size
    end
  end
  return at, unpack(values, 1, n)
end

return _M
