-- Debian ships resty.sha224 under another name.

return require "nginx.sha224"
