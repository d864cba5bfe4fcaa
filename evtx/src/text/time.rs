//! Times as text, and back: FILETIME and SYSTEMTIME, the Gregorian calendar, UTC.

use super::number::{parse_u64, push_u64};
use crate::bytes::u16_at;

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
