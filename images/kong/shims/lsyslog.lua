-- Stand-in for lsyslog: the names exist because modules read them while loading; writing to
-- syslog is refused, there is none in the container.

local LEVELS = { "EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG" }
local FACILITIES = {
  KERN = 0, USER = 1, MAIL = 2, DAEMON = 3, AUTH = 4, SYSLOG = 5, LPR = 6, NEWS = 7, UUCP = 8,
  CRON = 9, AUTHPRIV = 10, FTP = 11, LOCAL0 = 16, LOCAL1 = 17, LOCAL2 = 18, LOCAL3 = 19,
  LOCAL4 = 20, LOCAL5 = 21, LOCAL6 = 22, LOCAL7 = 23,
}

local function refuse()
  error("syslog is not supported", 2)
end

local _M = { open = refuse, log = refuse, close = refuse }
for index, name in ipairs(LEVELS) do
  _M["LOG_" .. name] = index - 1
end
for name, number in pairs(FACILITIES) do
  _M["FACILITY_" .. name] = number * 8
end

return _M
