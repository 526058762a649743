-- Debian ships resty.sha384 under another name.

return require "nginx.sha384"
