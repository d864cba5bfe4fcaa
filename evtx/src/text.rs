//! UTF-16 and code pages to UTF-8; numbers, GUIDs, SIDs and times as text.

use crate::bytes::{u16_at, u32_at, u64_at};

const HEX_LOWER: &[u8; 16] = b"0123456789abcdef";
const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// The part of a UTF-16 text before its first NUL.
pub fn until_nul(units: &[u8]) -> &[u8] {
    let (pairs, _) = units.as_chunks::<2>();
    let end = pairs.iter().position(|pair| *pair == [0, 0]).unwrap_or(pairs.len());
    &units[..end * 2]
}

/// Append UTF-16 up to its first NUL as UTF-8; a lone surrogate becomes U+FFFD.
#[inline]
pub fn push_utf16(out: &mut Vec<u8>, units: &[u8]) {
    let start = out.len();
    if !push_ascii(out, units) {
        out.truncate(start);
        push_utf16_slowly(out, until_nul(units));
    }
}

/// Append units that are all ASCII and none of them NUL, eight at a time; else false, and some are appended.
#[inline(always)]
fn push_ascii(out: &mut Vec<u8>, units: &[u8]) -> bool {
    let count = units.len() / 2;
    let (blocks, _) = units.as_chunks::<16>();
    for block in blocks {
        let Some(ascii) = narrowed(block) else { return false };
        out.extend_from_slice(&ascii);
    }
    let rest = count % 8;
    if rest == 0 {
        return true;
    }
    // the last eight units once more, those of them that are new; of a shorter text the rest is made up
    let mut last = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0];
    let before = out.len();
    match units.get(..count * 2).and_then(|units| units.last_chunk::<16>()) {
        Some(block) => {
            let Some(ascii) = narrowed(block) else { return false };
            out.truncate(before + rest - 8);
            out.extend_from_slice(&ascii);
        }
        None => {
            for (place, byte) in last.iter_mut().zip(units) {
                *place = *byte;
            }
            let Some(ascii) = narrowed(&last) else { return false };
            out.extend_from_slice(&ascii);
            out.truncate(before + rest);
        }
    }
    true
}

/// Eight units as ASCII, where they are and none of them is NUL.
#[inline(always)]
fn narrowed(block: &[u8; 16]) -> Option<[u8; 8]> {
    let mut ascii = [0; 8];
    let mut all = 0;
    for (unit, byte) in block.as_chunks::<2>().0.iter().zip(&mut ascii) {
        let unit = u16::from_le_bytes(*unit);
        all |= unit | unit.wrapping_sub(1);
        *byte = unit as u8;
    }
    (all < 0x80).then_some(ascii)
}

#[cold]
fn push_utf16_slowly(out: &mut Vec<u8>, units: &[u8]) {
    let (pairs, _) = units.as_chunks::<2>();
    let mut buffer = [0; 4];
    for decoded in char::decode_utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair))) {
        let character = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    }
}

/// UTF-16 as a text of its own.
pub fn utf16(units: &[u8]) -> String {
    let mut out = Vec::new();
    push_utf16(&mut out, units);
    String::from_utf8(out).unwrap_or_default()
}

/// The code page of texts that are not Unicode, which no log names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum CodePage {
    /// Western European; what is undefined in it stays the control character of that number.
    #[default]
    Windows1252,
    /// Central European.
    Windows1250,
    /// Cyrillic.
    Windows1251,
    /// The first 256 characters of Unicode.
    Latin1,
    /// UTF-8, which Windows 10 can use as its code page.
    Utf8,
}

impl CodePage {
    /// The code page of a name such as `windows-1252`, `cp1252` or `latin-1`.
    pub fn named(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match plain.as_str() {
            "windows1252" | "cp1252" | "1252" => Some(Self::Windows1252),
            "windows1250" | "cp1250" | "1250" => Some(Self::Windows1250),
            "windows1251" | "cp1251" | "1251" => Some(Self::Windows1251),
            "latin1" | "iso88591" => Some(Self::Latin1),
            "utf8" | "cp65001" | "65001" => Some(Self::Utf8),
            _ => None,
        }
    }

    fn upper_half(self) -> Option<&'static [u16; 128]> {
        match self {
            Self::Windows1252 => Some(&WINDOWS_1252),
            Self::Windows1250 => Some(&WINDOWS_1250),
            Self::Windows1251 => Some(&WINDOWS_1251),
            Self::Latin1 | Self::Utf8 => None,
        }
    }

    /// Append the text before the first NUL.
    pub fn push(self, out: &mut Vec<u8>, bytes: &[u8]) {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let bytes = &bytes[..end];
        if bytes.is_ascii() {
            return out.extend_from_slice(bytes);
        }
        if self == Self::Utf8 {
            return out.extend_from_slice(String::from_utf8_lossy(bytes).as_bytes());
        }
        let table = self.upper_half();
        let mut buffer = [0; 4];
        for byte in bytes {
            let unit = match (table, byte.checked_sub(0x80)) {
                (Some(table), Some(index)) => table[usize::from(index)],
                _ => u16::from(*byte),
            };
            let character = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        }
    }
}

/// Append a whole number.
#[inline]
pub fn push_u64(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Append a whole number with its sign.
pub fn push_i64(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    push_u64(out, number.unsigned_abs());
}

/// Append `0x1fc`.
pub fn push_hex(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(b"0x");
    let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        out.push(HEX_LOWER[((number >> (place * 4)) & 15) as usize]);
    }
}

/// Append bytes as `00FF`.
pub fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.push(HEX_UPPER[usize::from(byte >> 4)]);
        out.push(HEX_UPPER[usize::from(byte & 15)]);
    }
}

/// Append a GUID as `{94F748D5-4A45-5A42-0000-0010D265F20F}`.
#[inline]
pub fn push_guid(out: &mut Vec<u8>, guid: &[u8; 16]) {
    const ORDER: [usize; 20] = [3, 2, 1, 0, 99, 5, 4, 99, 7, 6, 99, 8, 9, 99, 10, 11, 12, 13, 14, 15];
    let mut text = [b'-'; 38];
    let mut at = 1;
    for place in ORDER {
        if let Some(byte) = guid.get(place) {
            text[at] = HEX_UPPER[usize::from(byte >> 4)];
            text[at + 1] = HEX_UPPER[usize::from(byte & 15)];
            at += 2;
        } else {
            at += 1;
        }
    }
    text[0] = b'{';
    text[37] = b'}';
    out.extend_from_slice(&text);
}

/// Append a SID as `S-1-5-18`; false where the bytes are none.
pub fn push_sid(out: &mut Vec<u8>, sid: &[u8]) -> bool {
    let (Some(revision), Some(count)) = (sid.first(), sid.get(1)) else { return false };
    let parts = usize::from(*count);
    if sid.len() < 8 + parts * 4 {
        return false;
    }
    let authority = sid[2..8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    out.extend_from_slice(b"S-");
    push_u64(out, u64::from(*revision));
    out.push(b'-');
    // an authority of more than 32 bits is written in hexadecimal (MS-DTYP, 2.4.2.1)
    if authority >> 32 == 0 {
        push_u64(out, authority)
    } else {
        push_long_authority(out, authority)
    }
    for part in 0..parts {
        out.push(b'-');
        push_u64(out, u64::from(u32_at(sid, 8 + part * 4).unwrap_or_default()));
    }
    true
}

fn push_long_authority(out: &mut Vec<u8>, authority: u64) {
    out.extend_from_slice(b"0x");
    for place in (0..12).rev() {
        out.push(HEX_UPPER[((authority >> (place * 4)) & 15) as usize]);
    }
}

/// Append a FILETIME as `2017-09-03T12:53:24.6694857Z`, with six or seven digits.
pub fn push_filetime(out: &mut Vec<u8>, filetime: u64, digits: u32) {
    let (seconds, part) = (filetime / 10_000_000, filetime % 10_000_000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // 1601-01-01 is day -134774 of 1970
    let (year, month, day) = civil(days as i64 - 134_774);
    push_date(out, year, month, day);
    push_clock(out, second / 3600, second / 60 % 60, second % 60);
    out.push(b'.');
    push_padded(out, part / 10_u64.pow(7 - digits), digits as usize);
    out.push(b'Z');
}

/// Append a SYSTEMTIME of 16 bytes, to the millisecond; false where they are none.
pub fn push_systemtime(out: &mut Vec<u8>, bytes: &[u8], digits: u32) -> bool {
    let part = |index: usize| u16_at(bytes, index * 2).map(u64::from);
    let (Some(year), Some(month), Some(day)) = (part(0), part(1), part(3)) else { return false };
    let (Some(hour), Some(minute), Some(second), Some(milli)) = (part(4), part(5), part(6), part(7)) else {
        return false;
    };
    push_date(out, year as i64, month, day);
    push_clock(out, hour, minute, second);
    out.push(b'.');
    push_padded(out, milli * 10_u64.pow(digits - 3), digits as usize);
    out.push(b'Z');
    true
}

fn push_date(out: &mut Vec<u8>, year: i64, month: u64, day: u64) {
    push_padded(out, year.unsigned_abs(), 4);
    out.push(b'-');
    push_padded(out, month, 2);
    out.push(b'-');
    push_padded(out, day, 2);
    out.push(b'T');
}

fn push_clock(out: &mut Vec<u8>, hour: u64, minute: u64, second: u64) {
    push_padded(out, hour, 2);
    out.push(b':');
    push_padded(out, minute, 2);
    out.push(b':');
    push_padded(out, second, 2);
}

fn push_padded(out: &mut Vec<u8>, number: u64, width: usize) {
    let start = out.len();
    push_u64(out, number);
    let missing = width.saturating_sub(out.len() - start);
    for _ in 0..missing {
        out.insert(start, b'0');
    }
}

/// Year, month and day of a day since 1970-01-01 in the Gregorian calendar.
fn civil(day: i64) -> (i64, u64, u64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let from_march = year + era * 400;
    (from_march + i64::from(month <= 2), month as u64, (of_year - (153 * shifted + 2) / 5 + 1) as u64)
}

/// Day since 1970-01-01 of a date.
fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The FILETIME of a SYSTEMTIME.
pub fn systemtime_filetime(bytes: &[u8]) -> Option<u64> {
    let part = |index: usize| u16_at(bytes, index * 2).map(i64::from);
    let day = day_of(part(0)?, part(1)?, part(3)?) + 134_774;
    let seconds = day * 86_400 + part(4)? * 3600 + part(5)? * 60 + part(6)?;
    u64::try_from(seconds).ok()?.checked_mul(10_000_000)?.checked_add(part(7)? as u64 * 10_000)
}

/// The FILETIME of a time as Windows writes it, `2021-11-19T16:52:33.833733500Z`.
pub fn parse_time(text: &[u8]) -> Option<u64> {
    let number = |from: usize, to: usize| parse_u64(text.get(from..to)?).map(|value| value as i64);
    let clean = text.get(4) == Some(&b'-') && text.get(10) == Some(&b'T') && text.get(13) == Some(&b':');
    if !clean || text.last() != Some(&b'Z') {
        return None;
    }
    let day = day_of(number(0, 4)?, number(5, 7)?, number(8, 10)?) + 134_774;
    let seconds = day * 86_400 + number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    let mut part = 0;
    if text.get(19) == Some(&b'.') {
        let digits = text.get(20..text.len() - 1)?;
        let kept = digits.get(..digits.len().min(7))?;
        part = parse_u64(kept)? * 10_u64.pow(7 - kept.len() as u32);
    }
    u64::try_from(seconds).ok()?.checked_mul(10_000_000)?.checked_add(part)
}

/// A decimal number.
pub fn parse_u64(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 20 {
        return None;
    }
    text.iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        sum.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// A decimal number with a sign, or a hexadecimal one behind `0x`.
pub fn parse_number(text: &[u8]) -> Option<i128> {
    let text = text.trim_ascii();
    if let Some(hex) = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X")) {
        if hex.is_empty() || hex.len() > 16 {
            return None;
        }
        return hex.iter().try_fold(0_i128, |sum, byte| Some(sum << 4 | i128::from((*byte as char).to_digit(16)?)));
    }
    let (sign, digits) = match text.first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    parse_u64(digits).map(|number| sign * i128::from(number))
}

/// A GUID written with or without braces.
pub fn parse_guid(text: &[u8]) -> Option<[u8; 16]> {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let inner = text.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}")).unwrap_or(text);
    if inner.len() != 36 || [8, 13, 18, 23].iter().any(|at| inner[*at] != b'-') {
        return None;
    }
    let mut digits = inner.iter().filter(|byte| **byte != b'-');
    let mut guid = [0; 16];
    for place in ORDER {
        let high = (*digits.next()? as char).to_digit(16)?;
        let low = (*digits.next()? as char).to_digit(16)?;
        guid[place] = (high << 4 | low) as u8;
    }
    Some(guid)
}

/// A number in the lowest eight bytes at most, of whatever width.
pub fn unsigned(bytes: &[u8]) -> Option<u64> {
    match bytes.len() {
        1 => Some(u64::from(bytes[0])),
        2 => u16_at(bytes, 0).map(u64::from),
        4 => u32_at(bytes, 0).map(u64::from),
        8 => u64_at(bytes, 0),
        _ => None,
    }
}

/// The same with a sign.
pub fn signed(bytes: &[u8]) -> Option<i64> {
    let number = unsigned(bytes)?;
    let unused = 64 - bytes.len() as u32 * 8;
    Some((number << unused) as i64 >> unused)
}

const WINDOWS_1252: [u16; 128] = upper([
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d,
    0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d,
    0x17e, 0x178,
]);

const fn upper(first: [u16; 32]) -> [u16; 128] {
    let mut table = [0; 128];
    let mut index = 0;
    while index < 128 {
        table[index] = if index < 32 { first[index] } else { 0x80 + index as u16 };
        index += 1;
    }
    table
}

#[rustfmt::skip]
const WINDOWS_1250: [u16; 128] = [
    0x20ac, 0x81, 0x201a, 0x83, 0x201e, 0x2026, 0x2020, 0x2021, 0x88, 0x2030, 0x160, 0x2039, 0x15a, 0x164, 0x17d, 0x179,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x98, 0x2122, 0x161, 0x203a, 0x15b, 0x165, 0x17e, 0x17a,
    0xa0, 0x2c7, 0x2d8, 0x141, 0xa4, 0x104, 0xa6, 0xa7, 0xa8, 0xa9, 0x15e, 0xab, 0xac, 0xad, 0xae, 0x17b,
    0xb0, 0xb1, 0x2db, 0x142, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0x105, 0x15f, 0xbb, 0x13d, 0x2dd, 0x13e, 0x17c,
    0x154, 0xc1, 0xc2, 0x102, 0xc4, 0x139, 0x106, 0xc7, 0x10c, 0xc9, 0x118, 0xcb, 0x11a, 0xcd, 0xce, 0x10e,
    0x110, 0x143, 0x147, 0xd3, 0xd4, 0x150, 0xd6, 0xd7, 0x158, 0x16e, 0xda, 0x170, 0xdc, 0xdd, 0x162, 0xdf,
    0x155, 0xe1, 0xe2, 0x103, 0xe4, 0x13a, 0x107, 0xe7, 0x10d, 0xe9, 0x119, 0xeb, 0x11b, 0xed, 0xee, 0x10f,
    0x111, 0x144, 0x148, 0xf3, 0xf4, 0x151, 0xf6, 0xf7, 0x159, 0x16f, 0xfa, 0x171, 0xfc, 0xfd, 0x163, 0x2d9,
];

#[rustfmt::skip]
const WINDOWS_1251: [u16; 128] = [
    0x402, 0x403, 0x201a, 0x453, 0x201e, 0x2026, 0x2020, 0x2021, 0x20ac, 0x2030, 0x409, 0x2039, 0x40a, 0x40c, 0x40b, 0x40f,
    0x452, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x98, 0x2122, 0x459, 0x203a, 0x45a, 0x45c, 0x45b, 0x45f,
    0xa0, 0x40e, 0x45e, 0x408, 0xa4, 0x490, 0xa6, 0xa7, 0x401, 0xa9, 0x404, 0xab, 0xac, 0xad, 0xae, 0x407,
    0xb0, 0xb1, 0x406, 0x456, 0x491, 0xb5, 0xb6, 0xb7, 0x451, 0x2116, 0x454, 0xbb, 0x458, 0x405, 0x455, 0x457,
    0x410, 0x411, 0x412, 0x413, 0x414, 0x415, 0x416, 0x417, 0x418, 0x419, 0x41a, 0x41b, 0x41c, 0x41d, 0x41e, 0x41f,
    0x420, 0x421, 0x422, 0x423, 0x424, 0x425, 0x426, 0x427, 0x428, 0x429, 0x42a, 0x42b, 0x42c, 0x42d, 0x42e, 0x42f,
    0x430, 0x431, 0x432, 0x433, 0x434, 0x435, 0x436, 0x437, 0x438, 0x439, 0x43a, 0x43b, 0x43c, 0x43d, 0x43e, 0x43f,
    0x440, 0x441, 0x442, 0x443, 0x444, 0x445, 0x446, 0x447, 0x448, 0x449, 0x44a, 0x44b, 0x44c, 0x44d, 0x44e, 0x44f,
];
