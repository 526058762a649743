-- Debian ships resty.sha512 under another name.

return require "nginx.sha512"
