-- own_link: the links to these look-ups.
-- grain:  link
-- reads:  own_lookup, link

SELECT *
FROM memory.main.link
WHERE object IN (SELECT lookup FROM lookup)
ORDER BY ALL
