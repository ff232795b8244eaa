-- Notes which revision of a page edges may hold. KEYS: exposed. ARGV: path, revision, and what stands for
-- several.
local exposed = redis.call('HGET', KEYS[1], ARGV[1])
if exposed and exposed ~= ARGV[2] then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
elseif not exposed then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
