-- family_tie: pairs of records that witness one thing, by the clocks of two families of sources.
-- grain:  thing, family, other family
-- reads:  oriented, dns_dated, process_observation, process_moment, skew
-- needs:  dns_dated or oriented or process_observation
-- rule:   a connection is tied by protocol and both ends, a start by PID and file name, a look-up by name and answers
--         (and PID where both know it), and never by time: a clock may be a day off. Only what stands once in either
--         family is a tie; of the wire's look-ups those count that the host sent there, too. The families stand in the
--         order in which their clocks count: the system's own first, another machine's last. Sysmon counts by its
--         reconciled clock.

WITH ranked(family, rank) AS (
    VALUES ('security', 1), ('sysmon', 2), ('firewall', 3), ('defender', 4), ('zeek', 5), ('proxy', 6)
),

-- a host whose evidence has one clock needs none of this
has_other AS (
    SELECT 1 AS one FROM oriented WHERE family(source) IN ('firewall', 'defender', 'zeek', 'proxy')
    UNION ALL
    SELECT 1 FROM dns_dated WHERE family(source) IN ('defender', 'zeek')
    UNION ALL
    SELECT 1 FROM process_observation WHERE family(source) = 'defender'
),

witnessed AS (
    SELECT
        'connection' AS what,
        o.source,
        family(o.source) AS family,
        concat_ws('|', o.protocol, o.local_address, o.local_port, o.remote_address, o.remote_port) AS thing,
        coalesce(o.stated, o.at_from) AS own_from,
        moved(own_from, CASE WHEN o.source = 'sysmon_3' AND o.stated IS NOT NULL THEN s.offset_seconds END) AS at_from,
        moved(
            coalesce(o.stated, o.at_to), CASE WHEN o.source = 'sysmon_3' AND o.stated IS NOT NULL THEN s.offset_seconds END
        ) AS at_to
    FROM oriented AS o
    ASOF LEFT JOIN skew AS s ON o.stated >= s.stated_from
    WHERE
        o.local_port <> o.remote_port AND o.source NOT IN ('zeek_http', 'zeek_ssl')
        -- Zeek tells the first packet whatever came of it; others tell a failure when they give up
        AND (o.stage IN ('permitted', 'attempted', 'connected', 'established', 'wire', 'request') OR o.source = 'zeek_conn')
        AND EXISTS (FROM has_other)
    UNION ALL
    SELECT
        'start',
        source,
        -- Sysmon 1 states the system's time
        CASE WHEN family(source) = 'defender' THEN 'defender' ELSE 'security' END,
        pid || '|' || base_name(image),
        coalesce(stated, at_from),
        coalesce(stated, at_from),
        coalesce(stated, at_to)
    FROM process_observation POSITIONAL JOIN process_moment
    WHERE
        kind = 'started' AND (source IN ('security_4688', 'sysmon_1') OR family(source) = 'defender') AND EXISTS (FROM has_other)
    UNION ALL
    SELECT
        'look-up',
        source,
        CASE WHEN family(source) IN ('defender', 'zeek') THEN family(source) ELSE 'security' END,
        concat_ws('|', CASE WHEN source NOT IN ('dns_client_3020', 'zeek_dns') THEN pid END, lower(name), list_sort(addresses)),
        at_from,
        at_from,
        at_to
    FROM dns_dated
    WHERE
        len(addresses) > 0
        AND (
            source IN ('dns_client_3020', 'zeek_dns')
            OR (pid IS NOT NULL AND (source = 'dns_client_3008' OR family(source) = 'defender'))
        )
        AND EXISTS (FROM has_other)
),

alone AS (
    SELECT what, family, thing, min(own_from) AS own_from, min(at_from) AS at_from, min(at_to) AS at_to
    FROM witnessed
    GROUP BY what, family, thing
    -- a start may stand in the Security log and in Sysmon's, a connection be asked for and come about
    HAVING
        count(*) = count(DISTINCT source) AND max(at_from) - min(at_from) <= INTERVAL 5 SECONDS
        -- in the hour that repeats in autumn two moments are open
        AND max(at_to - at_from) < INTERVAL 1 MINUTE
),

final AS (
    SELECT
        a.what,
        a.thing,
        a.family,
        b.family AS other,
        r.rank,
        a.own_from,
        seconds_between(a.at_from, b.at_from) / 2 + seconds_between(a.at_to, b.at_to) / 2 AS gap_seconds
    FROM alone AS a
    INNER JOIN alone AS b ON a.what = b.what AND a.thing = b.thing
    INNER JOIN ranked AS r ON b.family = r.family
    INNER JOIN ranked AS own ON a.family = own.family
    WHERE a.family <> 'sysmon' AND own.rank > r.rank
)

SELECT * FROM final
ORDER BY what, thing, family, other
