-- Debian ships resty.websocket.server under another name.

return require "nginx.websocket.server"
