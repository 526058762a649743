-- Debian ships resty.sha1 under another name.

return require "nginx.sha1"
