-- Stand-in for lua-resty-lmdb's transactions: operations are queued and run at commit.
-- Readers in other workers may see a half-done commit; Kong announces a new configuration
-- only after it, so no router is built from one.

local lmdb = require "resty.lmdb"

local Transaction = {}
Transaction.__index = Transaction

local OPERATIONS = {
  get = function(op)
    return lmdb.get(op.key, op.db)
  end,
  set = function(op)
    return lmdb.set(op.key, op.value, op.db)
  end,
  -- A database exists here as soon as it has a key.
  db_open = function()
    return true
  end,
  db_drop = function(op)
    return lmdb.db_drop(true, op.db)
  end,
}

local function queue(self, operation)
  self.n = self.n + 1
  self[self.n] = operation
end

function Transaction:get(key, db)
  queue(self, { name = "get", key = key, db = db })
end

function Transaction:set(key, value, db)
  queue(self, { name = "set", key = key, value = value, db = db })
end

function Transaction:db_open(_, db)
  queue(self, { name = "db_open", db = db })
end

function Transaction:db_drop(_, db)
  queue(self, { name = "db_drop", db = db })
end

function Transaction:reset()
  for i = 1, self.n do
    self[i] = nil
  end
  self.n = 0
end

function Transaction:commit()
  for i = 1, self.n do
    local op = self[i]
    local result, err = OPERATIONS[op.name](op)
    if err then
      return nil, err
    end
    op.result = result
  end
  return true
end

local _M = {}

function _M.begin()
  return setmetatable({ n = 0 }, Transaction)
end

return _M
