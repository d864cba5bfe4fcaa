-- macros: words that several models use.

CREATE OR REPLACE MACRO is_loopback(address) AS address = '::1' OR address LIKE '127.%';

-- IPv4 multicast 224.0.0.0/4, limited broadcast, IPv6 multicast ff00::/8
CREATE OR REPLACE MACRO is_group(address) AS
regexp_matches(address, '^(22[4-9]|23\d)\.') OR address = '255.255.255.255' OR address LIKE 'ff%:%';

-- whether an address was a host's at some moment of an interval: without leases it was always
CREATE OR REPLACE MACRO is_held(leases, moment_from, moment_to) AS
leases IS NULL OR len(list_filter(leases, lambda l: l.since <= moment_to AND l.until >= moment_from)) > 0;

-- C:\Windows\x.exe, \device\harddiskvolume2\windows\x.exe and x.exe are one base name
CREATE OR REPLACE MACRO base_name(path) AS lower(regexp_extract(path, '[^\\/]*$'));

-- \device\harddiskvolume3 of \Device\HarddiskVolume3\Windows\x.exe, C: of c:\Windows\x.exe, and \windows\x.exe of both
CREATE OR REPLACE MACRO device_of(path) AS
nullif(regexp_extract(lower(path), '^(\\device\\harddiskvolume\d+)\\', 1), '');

CREATE OR REPLACE MACRO drive_of(path) AS nullif(regexp_extract(upper(path), '^([A-Z]:)\\', 1), '');

CREATE OR REPLACE MACRO path_tail(path) AS regexp_replace(lower(path), '^(\\device\\[^\\]+|[a-z]:)', '');

CREATE OR REPLACE MACRO image_agrees(a, b) AS coalesce(base_name(a) = base_name(b), true);

-- null stays null; an unknown offset moves nothing
CREATE OR REPLACE MACRO moved(moment, seconds) AS
moment + to_microseconds(CAST(coalesce(seconds, 0) * 1000000 AS BIGINT));

CREATE OR REPLACE MACRO seconds_between(a, b) AS (epoch_us(b) - epoch_us(a)) / 1000000;

-- a stable identifier of content; 16 hexadecimal digits
CREATE OR REPLACE MACRO identifier(content) AS left(md5(content), 16);

-- {MMMMMMMM-LLLL-HHHH-…}: 0xHHHHLLLL is the start of the process in Unix seconds, UTC;
-- 'mde 7024 1603347697849' is Defender's: process identifier and start in milliseconds
CREATE OR REPLACE MACRO guid_start(guid) AS
CASE
    WHEN guid LIKE 'mde %' THEN make_timestamptz(try_cast(regexp_extract(guid, '\d+$') AS BIGINT) * 1000)
    ELSE to_timestamp(try_cast('0x' || guid[16:19] || guid[11:14] AS BIGINT))
END;

CREATE OR REPLACE MACRO in_words(seconds) AS
CASE
    WHEN abs(seconds) < 120 THEN printf('%.1f s', abs(CAST(seconds AS DOUBLE)))
    WHEN abs(seconds) < 7200 THEN printf('%.0f min', abs(CAST(seconds AS DOUBLE)) / 60)
    ELSE printf('%.1f h', abs(CAST(seconds AS DOUBLE)) / 3600)
END;

-- --since and --until
CREATE OR REPLACE MACRO is_wanted(moment_from, moment_to) AS
coalesce(moment_to >= getvariable('since'), true) AND coalesce(moment_from <= getvariable('until'), true);

-- whose word on the moment of a connection counts: the system's clock, Sysmon's reconciled one, a log of whole
-- seconds or another machine's
CREATE OR REPLACE MACRO time_rank(source) AS
CASE
    WHEN source LIKE 'security_%' THEN 1
    WHEN source = 'sysmon_3' THEN 2
    ELSE 3
END;

-- a zone that was mistaken is off by at least half an hour, in whole quarters
CREATE OR REPLACE MACRO is_zone_mistaken(seconds) AS
abs(seconds) > 1700 AND abs(seconds - round(seconds / 900) * 900) <= 120;

CREATE OR REPLACE MACRO zone_mistaken(seconds) AS
format('; {:+.2f} h of it are a zone mistaken, the rest is the clock''s', round(seconds / 900) / 4);

-- as a sentence says a moment
CREATE OR REPLACE MACRO said(moment) AS strftime(moment, '%Y-%m-%dT%H:%M:%SZ');

-- whose clock a record runs by: security_5156 is of the family security
CREATE OR REPLACE MACRO family(source) AS
CASE WHEN source = 'firewall_log' THEN 'firewall' ELSE split_part(source, '_', 1) END;
