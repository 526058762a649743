-- Debian ships resty.string under another name.

return require "nginx.string"
