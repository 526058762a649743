-- Stand-in for lua-resty-lmdb on shared memory, for Kong without a database. The content
-- lives as long as nginx does: it survives a reload, not a stop.

local DEFAULT_DB = "_default"

local _M = {}

-- Looked up at use: with Postgres the templates do not declare the dictionary.
local function dict()
  local found = ngx.shared.kong_lmdb
  if not found then
    return nil, "lmdb: no shared dictionary kong_lmdb"
  end
  return found
end

local function full_key(key, db)
  return (db or DEFAULT_DB) .. "\0" .. key
end

function _M.get(key, db)
  local store, err = dict()
  if not store then
    return nil, err
  end
  return store:get(full_key(key, db))
end

function _M.set(key, value, db)
  local store, err = dict()
  if not store then
    return nil, err
  end
  if value == nil then
    store:delete(full_key(key, db))
    return true
  end
  -- safe_set: a full dictionary must fail the write, not push out other entries.
  local ok, reason = store:safe_set(full_key(key, db), value)
  if not ok then
    return nil, reason
  end
  return true
end

function _M.db_drop(_, db)
  local store, err = dict()
  if not store then
    return nil, err
  end
  local prefix = full_key("", db)
  for _, key in ipairs(store:get_keys(0)) do
    if key:sub(1, #prefix) == prefix then
      store:delete(key)
    end
  end
  return true
end

return _M
