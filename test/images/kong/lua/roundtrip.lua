-- Reads frames "<length>\n<text>" from standard input and answers each with a frame:
-- r = refused by decode, u = decoded but not encodable, d = encoded again.

local json = require("cjson.safe").new()
json.decode_array_with_array_mt(true)
json.encode_number_precision(16)

local function answer(kind, text)
  io.stdout:write(kind, #text, "\n", text)
end

while true do
  local length = io.read("*n", "*l")
  if not length then
    break
  end
  local text = length == 0 and "" or io.read(length)
  local value, err = json.decode(text)
  if err then
    answer("r", err)
  else
    local out, failure = json.encode(value)
    if out then
      answer("d", out)
    else
      answer("u", failure)
    end
  end
end
