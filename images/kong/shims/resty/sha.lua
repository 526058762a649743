-- Debian ships resty.sha under another name.

return require "nginx.sha"
