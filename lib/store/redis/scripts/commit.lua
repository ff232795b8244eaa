-- Compares and stores a page in one step. KEYS: state, revisions, dependencies, the page. ARGV:
-- generation, version, path, revision, dependencies, the page, seconds that it is kept. Returns `stored`;
-- `newer`, if something newer is; or why nothing was.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 'Redis was restarted meanwhile' end
local version = tonumber(ARGV[2])
if version < tonumber(redis.call('HGET', KEYS[1], 'floor')) then return 'its content is outdated' end
local entry = redis.call('HGET', KEYS[2], ARGV[3])
if ARGV[6] == '' and not entry then return 'stored' end
local stored = tonumber(entry and string.match(entry, '^[%d.]+') or 0)
if stored > version then return 'newer' end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[2] .. ' ' .. ARGV[4])
redis.call('HSET', KEYS[3], ARGV[3], ARGV[5])
if ARGV[6] == '' then redis.call('DEL', KEYS[4])
else redis.call('SET', KEYS[4], ARGV[6], 'EX', ARGV[7]) end
redis.call('EXPIRE', KEYS[2], ARGV[7])
redis.call('EXPIRE', KEYS[3], ARGV[7])
return 'stored'
