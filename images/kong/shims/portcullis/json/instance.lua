-- Settings and instances of the cjson stand-in: each .new() starts from the defaults and
-- keeps settings of its own. Setter names, defaults and ranges are those of lua-cjson.

local encode_text = require "portcullis.json.encode"
local decode_text = require "portcullis.json.decode"
local markers = require "portcullis.json.markers"

local floor = math.floor

local function boolean_setter(config, field)
  return function(value)
    if value ~= nil then
      if type(value) ~= "boolean" then
        error("bad argument #1 (boolean expected, got " .. type(value) .. ")", 2)
      end
      config[field] = value
    end
    return config[field]
  end
end

local function integer(value, low, high, position)
  if type(value) ~= "number" or floor(value) ~= value or value < low or value > high then
    error("bad argument #" .. position .. " (expected integer between " .. low .. " and "
          .. high .. ")", 3)
  end
  return value
end

local INT_MAX = 2 ^ 31 - 1

local function add_settings(instance, config)
  instance.encode_empty_table_as_object = boolean_setter(config, "empty_table_as_object")
  instance.decode_array_with_array_mt = boolean_setter(config, "decode_array_with_array_mt")

  function instance.encode_sparse_array(convert, ratio, safe)
    if convert ~= nil then
      config.sparse_convert = convert and true or false
    end
    if ratio ~= nil then
      config.sparse_ratio = integer(ratio, 0, INT_MAX, 2)
    end
    if safe ~= nil then
      config.sparse_safe = integer(safe, 0, INT_MAX, 3)
    end
    return config.sparse_convert, config.sparse_ratio, config.sparse_safe
  end

  function instance.encode_number_precision(digits)
    if digits ~= nil then
      config.precision = integer(digits, 1, 16, 1)
      config.number_format = "%." .. digits .. "g"
    end
    return config.precision
  end

  function instance.encode_max_depth(depth)
    if depth ~= nil then
      config.encode_max_depth = integer(depth, 1, INT_MAX, 1)
    end
    return config.encode_max_depth
  end

  function instance.decode_max_depth(depth)
    if depth ~= nil then
      config.decode_max_depth = integer(depth, 1, INT_MAX, 1)
    end
    return config.decode_max_depth
  end

  function instance.encode_invalid_numbers(value)
    if value ~= nil then
      -- true would write nan and inf, which no JSON parser reads.
      if value ~= false and value ~= "null" then
        error("encode_invalid_numbers accepts false or 'null' here", 2)
      end
      config.encode_invalid_numbers = value
    end
    return config.encode_invalid_numbers
  end

  function instance.decode_invalid_numbers(value)
    if value ~= nil and value ~= false then
      error("decode_invalid_numbers accepts false only here", 2)
    end
    return false
  end

  -- Only a hint about memory in the original; Lua owns the buffer here.
  instance.encode_keep_buffer = boolean_setter(config, "encode_keep_buffer")
end

local function new(safe)
  local config = {
    empty_table_as_object = true,
    decode_array_with_array_mt = false,
    sparse_convert = false,
    sparse_ratio = 2,
    sparse_safe = 10,
    precision = 14,
    number_format = "%.14g",
    encode_max_depth = 1000,
    decode_max_depth = 1000,
    encode_invalid_numbers = false,
    encode_keep_buffer = true,
  }
  local instance = {
    _NAME = safe and "cjson.safe" or "cjson",
    _VERSION = "portcullis",
    null = markers.null,
    array_mt = markers.array_mt,
    empty_array_mt = markers.empty_array_mt,
    empty_array = markers.empty_array,
  }
  add_settings(instance, config)

  local function encode(...)
    if select("#", ...) ~= 1 then
      error("bad argument #1 to 'encode' (expected 1 argument)", 2)
    end
    return encode_text(config, (...))
  end

  local function decode(...)
    if select("#", ...) ~= 1 then
      error("bad argument #1 to 'decode' (expected 1 argument)", 2)
    end
    local text = ...
    if type(text) == "number" then
      text = tostring(text)
    elseif type(text) ~= "string" then
      error("bad argument #1 to 'decode' (string expected, got " .. type(text) .. ")", 0)
    end
    return decode_text(config, text)
  end

  local function protect(action)
    return function(...)
      local ok, result = pcall(action, ...)
      if ok then
        return result
      end
      return nil, result
    end
  end

  instance.encode = safe and protect(encode) or encode
  instance.decode = safe and protect(decode) or decode
  instance.new = function()
    return new(safe)
  end
  return instance
end

return new
