-- Stand-in for resty.events.compat, which is reached only with legacy_worker_events=off.

local function refuse()
  error("resty.events is not supported: set legacy_worker_events=on", 2)
end

return { configure = refuse, run = refuse, post = refuse, register = refuse, poll = refuse }
