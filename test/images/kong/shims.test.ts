import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { localImage } from '../../e2e/harness/images.js';
import { runLua, type Frame } from './docker.js';

/** Lua chunk, expected results joined by commas. */
type Cases = Record<string, readonly [chunk: string, expected: string]>;

const LOCK = 'local function lock(o) return assert(require("resty.lock"):new("portcullis", o)) end';

const lock: Cases = {
  'the lock is taken, released and taken again': [
    `${LOCK} local l = lock() local a = l:lock("a1") local b = l:unlock() return a, b, l:lock("a1") ~= nil`,
    '0,1,true',
  ],
  'only one of many threads is inside at a time': [
    `${LOCK}
    local inside, most, done = 0, 0, 0
    local threads = {}
    for i = 1, 20 do
      threads[i] = ngx.thread.spawn(function()
        local l = lock({ timeout = 60, max_step = 0.01 })
        assert(l:lock("a2"))
        inside = inside + 1
        most = math.max(most, inside)
        ngx.sleep(0.002)
        inside = inside - 1
        done = done + 1
        assert(l:unlock())
      end)
    end
    for i = 1, 20 do assert(ngx.thread.wait(threads[i])) end
    return most, done`,
    '1,20',
  ],
  'locks of different keys do not wait for each other': [
    `${LOCK} return lock():lock("a3"), lock():lock("a4")`,
    '0,0',
  ],
  'a second holder times out': [
    `${LOCK} lock():lock("a5") return lock({ timeout = 0.05 }):lock("a5")`,
    'nil,timeout',
  ],
  'a timeout of 0 is a single try': [
    `${LOCK} lock():lock("a6") return lock({ timeout = 0 }):lock("a6")`,
    'nil,timeout',
  ],
  'an expired lock can be taken': [
    `${LOCK} lock({ exptime = 0.05 }):lock("a7") return lock({ timeout = 60 }):lock("a7") > 0`,
    'true',
  ],
  'expire shortens a lock that is held': [
    `${LOCK} local l = lock() l:lock("a8") local ok = l:expire(0.05) return ok, lock({ timeout = 60 }):lock("a8") > 0`,
    'true,true',
  ],
  'expire does not take over a lock that ran out': [
    `${LOCK} local l = lock({ exptime = 0.01 }) l:lock("a9") ngx.sleep(0.1) return l:expire(5)`,
    'nil,not found',
  ],
  'one object holds one key': [`${LOCK} local l = lock() l:lock("a10") return l:lock("a11")`, 'nil,locked'],
  'unlock and expire need a lock': [
    `${LOCK} local l = lock() local _, a = l:unlock() local _, b = l:expire(1) return a, b`,
    'unlocked,unlocked',
  ],
  'a missing key and a missing dictionary are errors': [
    `${LOCK} local _, a = lock():lock(nil) local _, b = require("resty.lock"):new("nowhere") return a, b`,
    'nil key,dictionary not found',
  ],
};

const tablepool: Cases = {
  'a released table is handed out again, empty': [
    'local p = require "tablepool" local t = p.fetch("b1", 1, 1) t.a = 1 p.release("b1", t) local u = p.fetch("b1", 1, 1) return t == u, next(u)',
    'true,nil',
  ],
  'noclear keeps the content': [
    'local p = require "tablepool" local t = p.fetch("b2", 0, 1) t.a = 1 p.release("b2", t, true) return p.fetch("b2", 0, 1).a',
    '1',
  ],
  'tags have pools of their own': [
    'local p = require "tablepool" local t = p.fetch("b3", 0, 0) p.release("b3", t) return p.fetch("b4", 0, 0) == t',
    'false',
  ],
  'a released table loses its metatable': [
    'local p = require "tablepool" local t = setmetatable(p.fetch("b5", 0, 0), {}) p.release("b5", t) return getmetatable(p.fetch("b5", 0, 0))',
    'nil',
  ],
  'a pool keeps no more than 200 tables': [
    'local p = require "tablepool" local first = {} p.release("b6", first) for i = 1, 300 do p.release("b6", {}) end local n = 0 repeat n = n + 1 until p.fetch("b6", 0, 0) == first return n',
    '200',
  ],
};

const pack: Cases = {
  'integers are packed in both byte orders': [
    'local p = require "lua_pack" local hex = function(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end return hex(p.pack(">CHI", 1, 0x203, 0x4050607)), hex(p.pack("<CHI", 1, 0x203, 0x4050607))',
    '01020304050607,01030207060504',
  ],
  'the largest values survive': [
    'local p = require "lua_pack" return p.unpack(p.pack("=CHI", 255, 65535, 4294967295), "=CHI")',
    '8,255,65535,4294967295',
  ],
  'strings are packed as they are and unpacked by length': [
    'local p = require "lua_pack" return p.unpack(p.pack(">IA", 3, "abc"), ">IA3")',
    '8,3,abc',
  ],
  'counts repeat an integer': [
    'local p = require "lua_pack" return p.unpack(p.pack(">H3", 1, 2, 3), ">H3")',
    '7,1,2,3',
  ],
  'unpacking starts where it is told': ['return require("lua_pack").unpack("\\1\\2\\3", "C", 2)', '3,2'],
  'a text that is too short gives fewer values': ['return require("lua_pack").unpack("\\1\\2", "CI")', '2,1'],
  'the header of the stream api has five bytes': [
    'return #require("lua_pack").pack("=CI", 255, 4194303)',
    '5',
  ],
};

const lmdb: Cases = {
  'a value is set, read and deleted': [
    'local l = require "resty.lmdb" local a = l.set("c1", "x") local b = l.get("c1") l.set("c1", nil) return a, b, l.get("c1")',
    'true,x,nil',
  ],
  'databases do not see each other': [
    'local l = require "resty.lmdb" l.set("c2", "x", "one") return l.get("c2", "one"), l.get("c2", "two"), l.get("c2")',
    'x,nil,nil',
  ],
  'dropping a database leaves the others': [
    'local l = require "resty.lmdb" l.set("c3", "x", "one") l.set("c3", "y", "two") l.db_drop(true, "one") return l.get("c3", "one"), l.get("c3", "two")',
    'nil,y',
  ],
  'a transaction does nothing before commit': [
    'local l, t = require "resty.lmdb", require("resty.lmdb.transaction").begin(4) t:set("c4", "x") local before = l.get("c4") return before, t:commit(), l.get("c4")',
    'nil,true,x',
  ],
  'a transaction runs in order and returns what it read': [
    'local t = require("resty.lmdb.transaction").begin(4) t:db_open(true) t:set("c5", "x") t:get("c5") t:set("c5", nil) t:get("c5") return t:commit(), t[3].result, t[5].result',
    'true,x,nil',
  ],
  'a transaction can empty a database first': [
    'local l = require "resty.lmdb" l.set("c6", "old", "three") local t = require("resty.lmdb.transaction").begin() t:db_drop(false, "three") t:set("c7", "new", "three") t:commit() return l.get("c6", "three"), l.get("c7", "three")',
    'nil,new',
  ],
  'a reset transaction can be used again': [
    'local l, t = require "resty.lmdb", require("resty.lmdb.transaction").begin() t:set("c8", "x") t:reset() t:set("c9", "y") t:commit() return l.get("c8"), l.get("c9")',
    'nil,y',
  ],
  'a value that does not fit fails the commit': [
    'local t = require("resty.lmdb.transaction").begin() t:set("c10", ("x"):rep(2 ^ 24)) return t:commit()',
    'nil,no memory',
  ],
};

const prelude: Cases = {
  'sleep accepts zero and less': ['ngx.sleep(0) ngx.sleep(-1) return "awake"', 'awake'],
  'table.pack and table.unpack are there': [
    'return table.pack(1, nil, 3).n, table.unpack({ 4, 5 })',
    '3,4,5',
  ],
  'constants are functions that return numbers': [
    'local c = require "lua_system_constants" return c.O_RDONLY(), c.O_CREAT(), c.S_IRUSR()',
    '0,64,256',
  ],
  'modules that debian renamed are found': [
    'for _, m in ipairs({ "string", "random", "sha256", "md5", "aes", "redis", "memcached", "dns.resolver", "websocket.client" }) do assert(type(require("resty." .. m)) == "table") end return "ok"',
    'ok',
  ],
  'a digest through a renamed module is right': [
    'local h = require("resty.sha256"):new() h:update("abc") return require("resty.string").to_hex(h:final())',
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ],
};

const UNSUPPORTED = "not supported: needs Kong's nginx module";

const stubs: Cases = {
  'upstream verification is refused': [
    'return require("resty.kong.tls").set_upstream_ssl_verify(true)',
    `nil,${UNSUPPORTED}`,
  ],
  'asking for no upstream verification is granted': [
    'return require("resty.kong.tls").set_upstream_ssl_verify(false)',
    'true',
  ],
  'client certificates are refused in both directions': [
    'local t = require "resty.kong.tls" local out = {} for _, f in ipairs({ "request_client_certificate", "get_full_client_certificate_chain", "set_upstream_cert_and_key", "set_upstream_ssl_trusted_store", "set_upstream_ssl_verify_depth", "disable_proxy_ssl" }) do local ok, err = t[f]() out[#out + 1] = tostring(ok) assert(err) end return unpack(out)',
    'nil,nil,nil,nil,nil,nil',
  ],
  'rewriting the authority is refused': [
    'local ok, err = require("resty.kong.grpc").set_authority("x") return ok, err ~= nil',
    'nil,true',
  ],
  'multipart bodies are refused': [
    'return require("resty.upload"):new(4096)',
    'nil,multipart bodies are not supported',
  ],
  'a router schema can be filled': [
    'return require("resty.router.schema").new():add_field("http.path", "String")',
    'true',
  ],
};

/** Lua chunk, part of the error it raises. */
const refusals: Cases = {
  'fails when an unknown pack letter is used': [
    'return require("lua_pack").pack("z", "a")',
    "format letter 'z' is not supported",
  ],
  'fails when a packed number is too large': [
    'return require("lua_pack").pack("C", 256)',
    'number out of range for 1 bytes',
  ],
  'fails when a packed number is missing': [
    'return require("lua_pack").pack("CC", 1)',
    'number out of range',
  ],
  'fails when nothing is released': ['return require("tablepool").release("x", nil)', 'object empty'],
  'fails when an expressions router is made': [
    'return require("resty.router.router").new()',
    'set router_flavor=traditional',
  ],
  'fails when a router context is made': [
    'return require("resty.router.context").new()',
    'set router_flavor=traditional',
  ],
  'fails when worker events are not the legacy ones': [
    'return require("resty.events.compat").run()',
    'set legacy_worker_events=on',
  ],
  'fails when protobuf is used': [
    'return require("pb").encode("x", {})',
    'protobuf is not supported (pb.encode)',
  ],
  'fails when syslog is used': ['return require("lsyslog").log(1, "x")', 'syslog is not supported'],
};

const groups: Record<string, Cases> = {
  'resty.lock': lock,
  tablepool,
  lua_pack: pack,
  'resty.lmdb': lmdb,
  prelude,
  stubs,
};

const frames = new Map<string, Frame>();

beforeAll(async () => {
  const program = await readFile(new URL('./lua/evaluate.lua', import.meta.url), 'utf8');
  const cases = [...Object.values(groups), refusals].flatMap((group) => Object.entries(group));
  const chunks = cases.map(([, [chunk]]) => chunk);
  for (const [index, frame] of (await runLua(await localImage('kong'), program, chunks)).entries()) {
    frames.set(cases[index]?.[0] ?? '', frame);
  }
});

describe.each(Object.entries(groups))('%s', (_, cases) => {
  test.each(Object.entries(cases))('%s', (name, [, expected]) => {
    expect(frames.get(name)).toEqual({ kind: 'd', text: expected });
  });
});

describe('what is not there', () => {
  test.each(Object.entries(refusals))('%s', (name, [, message]) => {
    expect(frames.get(name)?.kind).toBe('r');
    expect(frames.get(name)?.text).toContain(message);
  });
});
