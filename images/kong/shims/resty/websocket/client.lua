-- Debian ships resty.websocket.client under another name.

return require "nginx.websocket.client"
