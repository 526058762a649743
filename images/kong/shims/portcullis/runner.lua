-- Runs the Lua file named by portcullis-lua inside init_worker's first timer and ends the
-- process with its exit code.

local ffi = require "ffi"

ffi.cdef [[
  void _exit(int status);
  int unsetenv(const char *name);
]]

-- exit() would run nginx's and OpenSSL's clean-up in the middle of an event loop.
local function finish(code)
  io.stdout:flush()
  io.stderr:flush()
  if code == true or code == nil then
    code = 0
  elseif code == false then
    code = 1
  end
  ffi.C._exit(code)
end

-- luacheck: globals os.exit print
os.exit = finish

-- ngx_lua sends print to the error log; a command line wants standard output.
print = function(...)
  local parts = {}
  for i = 1, select("#", ...) do
    parts[i] = tostring((select(i, ...)))
  end
  io.stdout:write(table.concat(parts, "\t"), "\n")
end

local function take(name)
  local value = os.getenv(name)
  -- Children of this process are programs of their own.
  ffi.C.unsetenv(name)
  return value
end

local file = take("PORTCULLIS_LUA_FILE")
local arg = { [0] = file }
for i = 1, tonumber(take("PORTCULLIS_LUA_ARGC")) do
  arg[i] = take("PORTCULLIS_LUA_ARG_" .. i)
end

local function main()
  setmetatable(_G, nil)
  _G.arg = arg
  local chunk, err = loadfile(file)
  if not chunk then
    io.stderr:write(err, "\n")
    finish(1)
  end
  local ok, failure = xpcall(chunk, debug.traceback)
  if not ok then
    io.stderr:write(tostring(failure), "\n")
    finish(1)
  end
  finish(0)
end

assert(ngx.timer.at(0, main))
