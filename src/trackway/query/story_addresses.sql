-- story_addresses: every address at either end of a connection.
-- grain:  address
-- reads:  story

SELECT local_address AS address FROM story
WHERE local_address IS NOT NULL
UNION
SELECT remote_address FROM story
WHERE remote_address IS NOT NULL
ORDER BY address
