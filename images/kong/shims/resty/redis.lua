-- Debian ships resty.redis under another name.

return require "nginx.redis"
