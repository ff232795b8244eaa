-- KEYS: leases, replies. ARGV: for how long a lease lasts. Returns the replies, and who holds a lease.
return { redis.call('LRANGE', KEYS[2], 0, -1),
  redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[1], '+inf') }
