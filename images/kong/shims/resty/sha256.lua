-- Debian ships resty.sha256 under another name.

return require "nginx.sha256"
