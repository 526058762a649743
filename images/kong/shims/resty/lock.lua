-- Stand-in for lua-resty-lock: mutual exclusion between workers by shdict:add, which is
-- atomic, and a growing sleep between attempts.

local setmetatable = setmetatable
local shared = ngx.shared

local DEFAULTS = { exptime = 30, timeout = 5, step = 0.001, ratio = 2, max_step = 0.5 }

local Lock = {}
Lock.__index = Lock

local _M = { _VERSION = "portcullis" }

function _M.new(_, dict_name, options)
  local dict = shared[dict_name]
  if not dict then
    return nil, "dictionary not found"
  end
  local self = { dict = dict }
  for name, default in pairs(DEFAULTS) do
    self[name] = options and options[name] or default
  end
  return setmetatable(self, Lock)
end

function Lock:lock(key)
  if not key then
    return nil, "nil key"
  end
  if self.key then
    return nil, "locked"
  end

  local waited, step = 0, self.step
  while true do
    local ok, err = self.dict:add(key, true, self.exptime)
    if ok then
      self.key = key
      return waited
    elseif err ~= "exists" then
      return nil, err
    end
    local left = self.timeout - waited
    if left <= 0 then
      return nil, "timeout"
    end
    step = math.min(step, left, self.max_step)
    ngx.sleep(step)
    waited = waited + step
    step = step * self.ratio
  end
end

function Lock:unlock()
  if not self.key then
    return nil, "unlocked"
  end
  local ok, err = self.dict:delete(self.key)
  if not ok then
    return nil, err
  end
  self.key = nil
  return 1
end

function Lock:expire(seconds)
  if not self.key then
    return nil, "unlocked"
  end
  -- replace, not set: an entry that expired belongs to whoever takes it next.
  local ok, err = self.dict:replace(self.key, true, seconds or self.exptime)
  if not ok then
    return nil, err
  end
  return true
end

return _M
