-- family_tie: pairs of records that witness one connection, by the clocks of two families of sources.
-- grain:  five-tuple, family, other family
-- reads:  oriented, skew
-- rule:   tied by protocol and both ends alone, never by time: a clock may be a day off. Only a five-tuple that
--         stands once in either family is a tie. The families stand in the order in which their clocks count: the
--         system's own first, another machine's last. Sysmon counts by its reconciled clock.

WITH ranked(family, rank) AS (
    VALUES ('security', 1), ('sysmon', 2), ('firewall', 3), ('defender', 4), ('zeek', 5), ('proxy', 6)
),

witnessed AS (
    SELECT
        r.family,
        r.rank,
        concat_ws('|', o.protocol, o.local_address, o.local_port, o.remote_address, o.remote_port) AS thing,
        coalesce(moved(o.stated, CASE WHEN r.family = 'sysmon' THEN s.offset_seconds END), o.at_from) AS at_from,
        coalesce(moved(o.stated, CASE WHEN r.family = 'sysmon' THEN s.offset_seconds END), o.at_to) AS at_to
    FROM oriented AS o
    INNER JOIN ranked AS r ON family(o.source) = r.family
    ASOF LEFT JOIN skew AS s ON o.stated >= s.stated_from
    WHERE
        o.local_port <> o.remote_port AND o.source NOT IN ('zeek_http', 'zeek_ssl')
        -- Zeek tells the first packet whatever came of it; others tell a failure when they give up
        AND (o.stage IN ('permitted', 'attempted', 'connected', 'established', 'wire', 'request') OR o.source = 'zeek_conn')
        -- a host whose evidence has one clock needs none of this
        AND EXISTS (FROM oriented WHERE family(source) IN ('firewall', 'defender', 'zeek', 'proxy'))
),

alone AS (
    SELECT family, rank, thing, min(at_from) AS at_from, min(at_to) AS at_to
    FROM witnessed
    GROUP BY family, rank, thing
    HAVING count(*) = 1
),

final AS (
    SELECT
        a.thing,
        a.family,
        b.family AS other,
        b.rank,
        seconds_between(a.at_from, b.at_from) / 2 + seconds_between(a.at_to, b.at_to) / 2 AS gap_seconds
    FROM alone AS a
    INNER JOIN alone AS b ON a.thing = b.thing AND a.rank > b.rank
    WHERE a.family <> 'sysmon'
)

SELECT * FROM final
ORDER BY thing, family, other
