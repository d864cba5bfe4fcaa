-- macros: how the texts of event fields become values, the same for every source.
-- rule:   `*_of` gives null for what is absent; `not_a_*` gives the reason for a skip, or null. What is right is told
--         first: a branch of a CASE is worked out for the rows that are left only.

-- '-' and '' both stand for nothing
CREATE MACRO text_of(t) AS nullif(nullif(trim(t), ''), '-');

-- decimal, or hexadecimal with 0x, blanks around it; '-' is told apart first, since a cast that fails is slow
CREATE MACRO number_of(t) AS try_cast(nullif(t, '-') AS BIGINT);

-- the null GUID stands for a process that Sysmon did not find
CREATE MACRO guid_of(t) AS
nullif(lower(text_of(t)), '{00000000-0000-0000-0000-000000000000}');

-- '<unknown process>', in one recording written as '&lt;unknown process&gt;'
CREATE MACRO image_of(t) AS
CASE WHEN t NOT ILIKE '%unknown process%' THEN text_of(t) END;

-- Defender for Endpoint: process identifier and creation time together name a process instance
CREATE MACRO created_key(pid, created) AS
'mde ' || nullif(number_of(pid), 0) || ' ' || epoch_ms(try_cast(created AS TIMESTAMPTZ));

-- a folder, or a whole path, and the name of the file
CREATE MACRO path_of(folder, file) AS
CASE
    WHEN text_of(folder) IS NULL THEN text_of(file)
    WHEN text_of(file) IS NULL OR lower(folder) LIKE '%\' || lower(file) THEN text_of(folder)
    ELSE rtrim(folder, '\') || '\' || file
END;

CREATE MACRO hashes_of(sha1, md5, sha256) AS
nullif(concat_ws(',', 'SHA1=' || text_of(sha1), 'MD5=' || text_of(md5), 'SHA256=' || text_of(sha256)), '');

CREATE MACRO account(sid, domain, name) AS
CASE sid
    WHEN 'S-1-5-18' THEN 'NT AUTHORITY\SYSTEM'
    WHEN 'S-1-5-19' THEN 'NT AUTHORITY\LOCAL SERVICE'
    WHEN 'S-1-5-20' THEN 'NT AUTHORITY\NETWORK SERVICE'
    ELSE coalesce(text_of(domain) || '\' || text_of(name), text_of(name))
END;

-- a time written with or without zone, as the clock of its zone shows it; "+02:00" is turned to UTC
CREATE MACRO written_time(t) AS
coalesce(
    timezone('UTC', try_cast(t AS TIMESTAMPTZ)),
    -- PowerShell's ConvertTo-Json: /Date(1600378056000)/
    make_timestamp(try_cast(regexp_extract(t, '^/Date\((-?\d{1,15})\)/$', 1) AS BIGINT) * 1000),
    make_timestamp(CAST(round(try_cast(regexp_extract(t, '^\d{9,10}(\.\d+)?$') AS DOUBLE) * 1e6) AS BIGINT)),
    make_timestamp(try_cast(regexp_extract(t, '^\d{13}$') AS BIGINT) * 1000),
    try_strptime(t, ['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %I:%M:%S.%g %p'])
);

CREATE MACRO has_zone(t) AS
coalesce(regexp_matches(t, '(\d[+-]\d\d:?\d\d|^/Date\(-?\d+\)/|^\d{9,10}(\.\d+)?|^\d{13})$'), false);

-- no event log record was written before Windows NT had one, nor after this tool
CREATE MACRO is_plausible(moment) AS moment >= TIMESTAMP '1993-01-01' AND moment < TIMESTAMP '2100-01-01';

-- UtcTime of Sysmon: '2020-12-19 12:49:32.278'
CREATE MACRO utc_of(t) AS
CASE WHEN is_plausible(timezone('UTC', try_cast(t AS TIMESTAMPTZ))) THEN try_cast(t AS TIMESTAMPTZ) END;

CREATE MACRO not_a_time(t) AS
CASE
    WHEN text_of(t) IS NOT NULL AND utc_of(t) IS NULL THEN 'time ' || t || ' cannot be'
END;

CREATE MACRO not_a_pid(t) AS
CASE
    WHEN number_of(t) BETWEEN 0 AND 4294967295 THEN NULL
    WHEN text_of(t) IS NOT NULL
        THEN 'process identifier ' || t || ' is no number of 32 bits'
END;

CREATE MACRO not_a_port(t) AS
CASE
    WHEN number_of(t) BETWEEN 0 AND 65535 THEN NULL
    WHEN text_of(t) IS NOT NULL
        THEN 'port ' || t || ' is none'
END;

CREATE MACRO not_an_address(t, decoded) AS
CASE
    WHEN decoded IS NOT NULL THEN NULL
    WHEN text_of(t) IS NOT NULL THEN 'address ' || t || ' is none'
END;

-- a DNS type by number or by its word
CREATE MACRO type_number(t) AS
coalesce(
    number_of(t),
    CASE upper(trim(t))
        WHEN 'A' THEN 1
        WHEN 'NS' THEN 2
        WHEN 'CNAME' THEN 5
        WHEN 'SOA' THEN 6
        WHEN 'PTR' THEN 12
        WHEN 'MX' THEN 15
        WHEN 'TXT' THEN 16
        WHEN 'AAAA' THEN 28
        WHEN 'SRV' THEN 33
        WHEN 'SVCB' THEN 64
        WHEN 'HTTPS' THEN 65
        WHEN 'ANY' THEN 255
    END
);

-- the type of an interface, the upper 16 bits of its LUID, by IANA's number
CREATE MACRO interface_type(luid) AS
CASE (luid >> 48) & 65535
    WHEN 6 THEN 'ethernet'
    WHEN 23 THEN 'ppp'
    WHEN 24 THEN 'loopback'
    WHEN 71 THEN 'wireless'
    WHEN 131 THEN 'tunnel'
    WHEN 243 THEN 'mobile'
    WHEN 244 THEN 'mobile'
    ELSE 'type ' || ((luid >> 48) & 65535)
END;
