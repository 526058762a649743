-- The encoding half of the cjson stand-in: Lua values to JSON text.

local markers = require "portcullis.json.markers"

local char, find, format, gsub = string.char, string.find, string.format, string.gsub
local floor, huge = math.floor, math.huge
local null, empty_array = markers.null, markers.empty_array
local array_mt, empty_array_mt = markers.array_mt, markers.empty_array_mt

local escapes = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["/"] = "\\/", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\127"] = "\\u007f",
}
for code = 0, 31 do
  escapes[char(code)] = escapes[char(code)] or format("\\u%04x", code)
end
local ESCAPED = '[%z\1-\31"\\/\127]'

local function fail(reason)
  -- No position: callers show the reason to clients, and tests compare it.
  error(reason, 0)
end

local function encode_string(value)
  if find(value, ESCAPED) then
    value = gsub(value, ESCAPED, escapes)
  end
  return '"' .. value .. '"'
end

local function encode_number(value, config)
  if value ~= value or value == huge or value == -huge then
    if config.encode_invalid_numbers == "null" then
      return "null"
    end
    fail("Cannot serialise number: must not be NaN or Inf")
  end
  return format(config.number_format, value)
end

-- Returns the length when the table is an array, nil when it has to become an object.
local function array_length(value, config)
  local max, count = 0, 0
  for key in next, value do
    if type(key) ~= "number" or key < 1 or floor(key) ~= key then
      return nil
    end
    count = count + 1
    if key > max then
      max = key
    end
  end
  if config.sparse_ratio > 0 and max > count * config.sparse_ratio and max > config.sparse_safe then
    if not config.sparse_convert then
      fail("Cannot serialise table: excessively sparse array")
    end
    return nil
  end
  return max
end

local encode_value

local function encode_array(value, length, out, config, depth)
  out[#out + 1] = "["
  for i = 1, length do
    if i > 1 then
      out[#out + 1] = ","
    end
    encode_value(value[i], out, config, depth)
  end
  out[#out + 1] = "]"
end

local function encode_object(value, out, config, depth)
  out[#out + 1] = "{"
  local first = true
  for key, item in next, value do
    if not first then
      out[#out + 1] = ","
    end
    first = false
    if type(key) == "string" then
      out[#out + 1] = encode_string(key)
    elseif type(key) == "number" then
      out[#out + 1] = '"' .. encode_number(key, config) .. '"'
    else
      fail("Cannot serialise " .. type(key) .. ": table key must be a number or string")
    end
    out[#out + 1] = ":"
    encode_value(item, out, config, depth)
  end
  out[#out + 1] = "}"
end

local function encode_table(value, out, config, depth)
  depth = depth + 1
  if depth > config.encode_max_depth then
    fail("Cannot serialise, excessive depth (" .. depth .. ")")
  end
  local mt = getmetatable(value)
  if mt == array_mt then
    return encode_array(value, #value, out, config, depth)
  end
  local length = array_length(value, config)
  local as_object = length == nil
  if length == 0 then
    as_object = config.empty_table_as_object and mt ~= empty_array_mt
  end
  if as_object then
    return encode_object(value, out, config, depth)
  end
  return encode_array(value, length, out, config, depth)
end

function encode_value(value, out, config, depth)
  local kind = type(value)
  if kind == "string" then
    out[#out + 1] = encode_string(value)
  elseif kind == "number" then
    out[#out + 1] = encode_number(value, config)
  elseif kind == "boolean" then
    out[#out + 1] = value and "true" or "false"
  elseif kind == "table" then
    encode_table(value, out, config, depth)
  elseif value == nil or value == null then
    out[#out + 1] = "null"
  elseif value == empty_array then
    out[#out + 1] = "[]"
  else
    fail("Cannot serialise " .. kind .. ": type not supported")
  end
end

return function(config, value)
  local out = {}
  encode_value(value, out, config, 0)
  return table.concat(out)
end
