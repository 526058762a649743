-- Debian ships resty.dns.resolver under another name.

return require "nginx.dns.resolver"
