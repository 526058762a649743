-- Stand-in for lua-tablepool: keeps released tables per tag and hands them out again.

local new = require "table.new"
local clear = require "table.clear"

-- A pool without an end would keep the peak of a burst in memory for ever.
local MAX_POOLED = 200

local pools = {}

local _M = {}

function _M.fetch(tag, narr, nrec)
  local pool = pools[tag]
  local count = pool and #pool or 0
  if count == 0 then
    return new(narr or 4, nrec or 4)
  end
  local obj = pool[count]
  pool[count] = nil
  return obj
end

function _M.release(tag, obj, noclear)
  if not obj then
    error("object empty", 2)
  end
  local pool = pools[tag]
  if not pool then
    pool = {}
    pools[tag] = pool
  end
  if #pool >= MAX_POOLED then
    return
  end
  if not noclear then
    setmetatable(obj, nil)
    clear(obj)
  end
  pool[#pool + 1] = obj
end

return _M
