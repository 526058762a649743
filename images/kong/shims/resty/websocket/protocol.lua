-- Debian ships resty.websocket.protocol under another name.

return require "nginx.websocket.protocol"
