-- Debian ships resty.random under another name.

return require "nginx.random"
