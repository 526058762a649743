-- Stand-in for lua_system_constants: numbers of Linux's open(2), equal on x86-64 and arm64.

local CONSTANTS = {
  O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 64, O_EXCL = 128, O_TRUNC = 512,
  O_APPEND = 1024, O_NONBLOCK = 2048,
  S_IRUSR = 256, S_IWUSR = 128, S_IXUSR = 64, S_IRGRP = 32, S_IWGRP = 16, S_IXGRP = 8,
  S_IROTH = 4, S_IWOTH = 2, S_IXOTH = 1,
}

local _M = {}
for name, number in pairs(CONSTANTS) do
  _M[name] = function()
    return number
  end
end

return _M
