-- Gives Debian's LuaJIT and nginx what Kong takes for granted from OpenResty's builds.
-- Loaded before Kong, in the gateway and in the command line.

-- luacheck: globals table.pack table.unpack ngx.sleep

-- Part of LuaJIT's LUA52COMPAT, which Debian leaves off.
if not table.pack then
  table.pack = function(...)
    return { n = select("#", ...), ... }
  end
end
if not table.unpack then
  table.unpack = unpack
end

-- sleep(0) means "yield" only with a patch of OpenResty's nginx; without it each call
-- adds a line to the error log.
local sleep = ngx.sleep
ngx.sleep = function(seconds)
  if type(seconds) == "number" and seconds <= 0 then
    seconds = 0.001
  end
  return sleep(seconds)
end

-- Upstream keepalive stands in the nginx templates here, so Kong's call has nothing to do.
local balancer = require "ngx.balancer"
if not balancer.enable_keepalive then
  balancer.enable_keepalive = function()
    return true
  end
end

-- This pgmoon takes a certificate's signature for the name of its digest, as which nobody
-- knows "ecdsa-with-sha256"; the releases that Kong took later cut it out.
local crypto = require "pgmoon.crypto"
local x509_digest = crypto.x509_digest
crypto.x509_digest = function(pem, signature)
  return x509_digest(pem, signature:match("^ecdsa%-with%-(.+)$") or signature)
end
