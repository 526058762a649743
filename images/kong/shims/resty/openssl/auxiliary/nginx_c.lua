-- Stand-in for lua-resty-openssl's own nginx module: finds the TLS session behind a cosocket,
-- which pgmoon binds its SCRAM login to. Debian's nginx has no such module, so the fields are
-- read where these two versions have them; any other version is refused.
local ffi = require "ffi"

if ngx.config.nginx_version ~= 1022001 or ngx.config.ngx_lua_version ~= 10023 then
  error("not supported: nginx " .. ngx.config.nginx_version .. " with its Lua module " .. ngx.config.ngx_lua_version)
end

ffi.cdef [[
  typedef struct ssl_st SSL;
  typedef struct ssl_ctx_st SSL_CTX;

  typedef struct {
    SSL *connection;
    SSL_CTX *session_ctx;
  } portcullis_ssl_connection;

  typedef struct {
    void *data;
    void *read;
    void *write;
    int fd;
    void *recv;
    void *send;
    void *recv_chain;
    void *send_chain;
    void *listening;
    long long sent;
    void *log;
    void *pool;
    int type;
    void *sockaddr;
    unsigned int socklen;
    size_t addr_text_length;
    void *addr_text_data;
    void *proxy_protocol;
    portcullis_ssl_connection *ssl;
  } portcullis_connection;

  typedef struct {
    void *handlers[4];
    void *udata_queue;
    void *socket_pool;
    void *conf;
    void *cleanup;
    void *request;
    portcullis_connection *connection;
  } portcullis_socket;
]]

-- Where lua-resty-core keeps a cosocket's C side.
local UPSTREAM = 1

local function session(socket, name)
  local upstream = socket[UPSTREAM]
  if upstream == nil then
    return nil, "the socket has no connection"
  end
  local connection = ffi.cast("portcullis_socket *", upstream).connection
  if connection == nil or connection.ssl == nil then
    return nil, "the socket has no TLS session"
  end
  return connection.ssl[name]
end

-- Only for client certificates of requests, which resty.kong.tls refuses here too.
local function refused()
  return nil, "not supported: needs lua-resty-openssl's nginx module"
end

return {
  get_socket_ssl = function(socket)
    return session(socket, "connection")
  end,
  get_socket_ssl_ctx = function(socket)
    return session(socket, "session_ctx")
  end,
  get_req_ssl = refused,
  get_req_ssl_ctx = refused,
}
