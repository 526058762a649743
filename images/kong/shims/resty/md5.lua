-- Debian ships resty.md5 under another name.

return require "nginx.md5"
