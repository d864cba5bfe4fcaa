-- own_link: the links of connections to these look-ups.
-- grain:  link
-- reads:  own lookup, link

SELECT *
FROM memory.main.link
WHERE kind = 'connection_lookup' AND object IN (SELECT lookup FROM lookup)
ORDER BY ALL
