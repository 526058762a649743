-- Debian ships resty.memcached under another name.

return require "nginx.memcached"
