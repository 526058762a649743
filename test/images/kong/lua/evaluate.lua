-- Reads frames "<length>\n<chunk>" from standard input, runs each chunk and answers with a
-- frame: d = its results, joined by commas; r = the error it raised.

while true do
  local length = io.read("*n", "*l")
  if not length then
    break
  end
  local chunk = assert(loadstring(io.read(length)))
  local function pack(...)
    return select("#", ...), { ... }
  end
  local count, results = pack(pcall(chunk))
  local parts = {}
  for i = 2, count do
    parts[#parts + 1] = tostring(results[i])
  end
  local text = table.concat(parts, ",")
  io.stdout:write(results[1] and "d" or "r", #text, "\n", text)
end
