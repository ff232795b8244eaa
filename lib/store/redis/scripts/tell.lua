-- Tells all instances of a purge. KEYS: leases, state. ARGV: channel, a message, for how long a lease
-- lasts. Returns who holds a lease when it is sent; or, before all that do are known, for how many ms to
-- wait: Redis may have lost them when this generation began.
local age = now - tonumber(redis.call('HGET', KEYS[2], 'begun') or 0)
if age >= 0 and age < tonumber(ARGV[3]) then return ARGV[3] - age end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[3], '+inf')
