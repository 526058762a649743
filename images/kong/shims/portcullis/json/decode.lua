-- The decoding half of the cjson stand-in: JSON text to Lua values, as strict as RFC 8259.

local ffi = require "ffi"
local markers = require "portcullis.json.markers"

local byte, char, find, sub = string.byte, string.char, string.find, string.sub
local concat, floor = table.concat, math.floor
local null, array_mt = markers.null, markers.array_mt

ffi.cdef "double strtod(const char *text, char **rest);"

local unescapes = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local function fail(reason)
  -- No position: callers show the reason to clients, and tests compare it.
  error(reason, 0)
end

local function unexpected(expected, text, at)
  local found = at > #text and "T_END" or "invalid token"
  fail("Expected " .. expected .. " but found " .. found .. " at character " .. at)
end

local function skip_space(text, at)
  local _, last = find(text, "^[ \t\r\n]+", at)
  return last and last + 1 or at
end

local function utf8(code)
  if code < 0x80 then
    return char(code)
  elseif code < 0x800 then
    return char(0xC0 + floor(code / 0x40), 0x80 + code % 0x40)
  elseif code < 0x10000 then
    return char(0xE0 + floor(code / 0x1000), 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return char(0xF0 + floor(code / 0x40000), 0x80 + floor(code / 0x1000) % 0x40,
              0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

local function hex4(text, at)
  local _, _, digits = find(text, "^\\u(%x%x%x%x)", at)
  return digits and tonumber(digits, 16)
end

-- Reads the \u escape at `at`. Half a surrogate pair has no UTF-8 form, so it is refused.
local function decode_unicode(text, at)
  local code = hex4(text, at)
  if code and code >= 0xD800 and code <= 0xDBFF then
    local low = hex4(text, at + 6)
    if low and low >= 0xDC00 and low <= 0xDFFF then
      return utf8(0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)), at + 12
    end
    code = nil
  elseif code and code >= 0xDC00 and code <= 0xDFFF then
    code = nil
  end
  if not code then
    fail("Expected value but found invalid unicode escape code at character " .. at)
  end
  return utf8(code), at + 6
end

-- `at` points behind the opening quote; returns the string and the place behind the closing one.
local function decode_string(text, at)
  local parts
  while true do
    local stop = find(text, '[%z\1-\31"\\]', at)
    if not stop then
      fail("Expected value but found unexpected end of string at character " .. #text + 1)
    end
    local mark = byte(text, stop)
    if mark == 34 then
      local tail = sub(text, at, stop - 1)
      if not parts then
        return tail, stop + 1
      end
      parts[#parts + 1] = tail
      return concat(parts), stop + 1
    elseif mark ~= 92 then
      unexpected("value", text, stop)
    end
    parts = parts or {}
    parts[#parts + 1] = sub(text, at, stop - 1)
    local letter = sub(text, stop + 1, stop + 1)
    if letter == "u" then
      parts[#parts + 1], at = decode_unicode(text, stop)
    elseif unescapes[letter] then
      parts[#parts + 1], at = unescapes[letter], stop + 2
    else
      fail("Expected value but found invalid escape code at character " .. stop)
    end
  end
end

local function decode_number(text, at)
  local _, last = find(text, "^-?%d+", at)
  if not last or find(text, "^-?0%d", at) then
    unexpected("value", text, at)
  end
  local _, fraction = find(text, "^%.%d+", last + 1)
  last = fraction or last
  local _, exponent = find(text, "^[eE][+-]?%d+", last + 1)
  last = exponent or last
  local digits = sub(text, at, last)
  -- LuaJIT gives up on exponents of five digits and more, where C answers 0 or infinity.
  return tonumber(digits) or ffi.C.strtod(digits, nil), last + 1
end

local decode_value

local function decode_array(text, at, config, depth)
  local result, n = {}, 0
  if config.decode_array_with_array_mt then
    setmetatable(result, array_mt)
  end
  at = skip_space(text, at)
  if byte(text, at) == 93 then
    return result, at + 1
  end
  while true do
    n = n + 1
    result[n], at = decode_value(text, at, config, depth)
    at = skip_space(text, at)
    local mark = byte(text, at)
    if mark == 93 then
      return result, at + 1
    elseif mark ~= 44 then
      unexpected("comma or array end", text, at)
    end
    at = at + 1
  end
end

local function decode_object(text, at, config, depth)
  local result = {}
  at = skip_space(text, at)
  if byte(text, at) == 125 then
    return result, at + 1
  end
  while true do
    at = skip_space(text, at)
    if byte(text, at) ~= 34 then
      unexpected("object key string", text, at)
    end
    local key
    key, at = decode_string(text, at + 1)
    at = skip_space(text, at)
    if byte(text, at) ~= 58 then
      unexpected("colon", text, at)
    end
    result[key], at = decode_value(text, at + 1, config, depth)
    at = skip_space(text, at)
    local mark = byte(text, at)
    if mark == 125 then
      return result, at + 1
    elseif mark ~= 44 then
      unexpected("comma or object end", text, at)
    end
    at = at + 1
  end
end

function decode_value(text, at, config, depth)
  at = skip_space(text, at)
  local mark = byte(text, at)
  if mark == 34 then
    return decode_string(text, at + 1)
  elseif mark == 123 or mark == 91 then
    depth = depth + 1
    if depth > config.decode_max_depth then
      fail("Found too many nested data structures (" .. depth .. ")")
    end
    return (mark == 123 and decode_object or decode_array)(text, at + 1, config, depth)
  elseif sub(text, at, at + 3) == "true" then
    return true, at + 4
  elseif sub(text, at, at + 4) == "false" then
    return false, at + 5
  elseif sub(text, at, at + 3) == "null" then
    return null, at + 4
  end
  return decode_number(text, at)
end

return function(config, text)
  local value, at = decode_value(text, 1, config, 0)
  at = skip_space(text, at)
  if at <= #text then
    unexpected("the end", text, at)
  end
  return value
end
