-- Debian ships resty.aes under another name.

return require "nginx.aes"
