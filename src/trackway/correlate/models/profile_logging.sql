-- profile_logging: whether the firewall's profiles in force write a log, and whether it is here, by moment.
-- grain:  moment
-- reads:  told_fact, connection_dated, host_span
-- needs:  told_fact
-- rule:   the categories of the networks joined since the host started, and not left, say which profiles are in force;
--         where they do not, what all profiles agree in counts. Of a setting, what is effective counts before a
--         policy, and that before the host's own; of one store the last word, or else the next. A file is the
--         configured one if its name holds the last part of that path. Where the profiles differ nothing is known.

WITH probe AS (
    SELECT DISTINCT moment
    FROM told_fact
    WHERE kind IN ('firewall_logging', 'network_joined', 'network_left', 'boot')
    UNION
    -- what is known of a network does not reach back to before it was joined
    SELECT time_from
    FROM host_span
),

stored AS (
    SELECT
        p.moment,
        t.subject AS profile,
        json_extract_string(t.value, '$.store') AS store,
        arg_min(
            {'value': t.value, 'cite': t.cite, 'observation': t.observation, 'moment': t.moment},
            (t.moment > p.moment, abs(epoch_us(t.moment) - epoch_us(p.moment)), t.observation)
        ) AS told
    FROM probe AS p
    CROSS JOIN told_fact AS t
    WHERE t.kind = 'firewall_logging' AND json_valid(t.value)
    GROUP BY ALL
),

parsed AS (
    SELECT
        moment,
        profile,
        told,
        CASE store WHEN 'effective' THEN 1 WHEN 'policy' THEN 2 ELSE 3 END AS rank,
        try_cast(json_extract_string(told.value, '$.allowed') AS BOOLEAN) AS allowed,
        try_cast(json_extract_string(told.value, '$.dropped') AS BOOLEAN) AS dropped,
        lower(regexp_extract(json_extract_string(told.value, '$.path'), '[^\\/]+$')) AS path
    FROM stored
),

setting AS (
    SELECT
        moment,
        profile,
        coalesce(arg_min(allowed, rank), false) AS allowed,
        coalesce(arg_min(allowed, rank), false) OR coalesce(arg_min(dropped, rank), false) AS logs,
        nullif(arg_min(path, rank), '') AS path,
        arg_min(told, rank) AS told
    FROM parsed
    GROUP BY moment, profile
),

joined AS (
    SELECT p.moment, n.subject, arg_max(n, (n.moment, n.observation)) AS told
    FROM probe AS p
    ASOF LEFT JOIN (SELECT moment AS since FROM told_fact WHERE kind = 'boot') AS b ON p.moment >= b.since
    INNER JOIN told_fact AS n ON n.moment <= p.moment AND (b.since IS NULL OR n.moment >= b.since)
    WHERE n.kind IN ('network_joined', 'network_left')
    GROUP BY p.moment, n.subject
),

forced AS (
    SELECT moment, list(DISTINCT told.value ORDER BY told.value) AS profiles
    FROM joined
    WHERE told.kind = 'network_joined'
    GROUP BY moment
    HAVING bool_and(coalesce(told.value IN ('public', 'private', 'domain'), false))
),

here AS (
    SELECT DISTINCT lower(file) AS file
    FROM connection_dated
    WHERE source = 'firewall_log'
),

judged AS (
    SELECT
        s.*,
        f.profiles,
        s.path IS NOT NULL AND NOT EXISTS (SELECT 1 FROM here AS c WHERE contains(c.file, s.path)) AS is_elsewhere
    FROM setting AS s
    LEFT JOIN forced AS f ON s.moment = f.moment
    WHERE f.profiles IS NULL OR list_contains(f.profiles, s.profile)
),

final AS (
    SELECT
        moment,
        -- one of several may be the one that was off
        CASE
            WHEN count(*) < len(min(profiles)) THEN NULL
            WHEN NOT bool_or(logs) THEN false
            WHEN bool_and(logs AND is_elsewhere) THEN false
            WHEN bool_and(allowed) AND NOT bool_or(is_elsewhere) THEN true
        END AS is_on,
        bool_and(logs AND is_elsewhere) AS is_elsewhere,
        format(
            'the firewall log of the profile{} {}{} was {} at {}',
            CASE WHEN count(*) > 1 THEN 's' ELSE '' END,
            string_agg(profile, ', ' ORDER BY profile),
            CASE WHEN min(profiles) IS NULL THEN '' ELSE ', in force at ' || said(moment) || ',' END,
            CASE
                WHEN NOT bool_or(logs) THEN 'off'
                WHEN bool_and(logs AND is_elsewhere)
                    THEN 'written to ' || string_agg(DISTINCT path, ', ' ORDER BY path) || ', of which no line is here,'
                ELSE 'on'
            END,
            said(max(told.moment))
        ) AS reason,
        arg_min(told.cite, told.observation) AS cite,
        min(told.observation) AS observation
    FROM judged
    GROUP BY moment
)

SELECT * FROM final
ORDER BY moment
