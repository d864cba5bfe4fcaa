//! GUIDs and SIDs as text.

use super::number::{HEX_UPPER, push_u64};
use crate::bytes::u32_at;

/// Characters of a GUID.
pub const GUID: usize = 38;

/// Append a GUID as `{94F748D5-4A45-5A42-0000-0010D265F20F}`.
#[inline]
pub fn push_guid(out: &mut Vec<u8>, bytes: &[u8; 16]) {
    out.extend_from_slice(&guid(bytes));
}

/// A GUID as `{94F748D5-4A45-5A42-0000-0010D265F20F}`.
pub fn guid(bytes: &[u8; 16]) -> [u8; GUID] {
    const ORDER: [(usize, usize); 16] = [
        (3, 1),
        (2, 3),
        (1, 5),
        (0, 7),
        (5, 10),
        (4, 12),
        (7, 15),
        (6, 17),
        (8, 20),
        (9, 22),
        (10, 25),
        (11, 27),
        (12, 29),
        (13, 31),
        (14, 33),
        (15, 35),
    ];
    let mut text = [b'-'; GUID];
    for (from, to) in ORDER {
        text[to] = HEX_UPPER[usize::from(bytes[from] >> 4)];
        text[to + 1] = HEX_UPPER[usize::from(bytes[from] & 15)];
    }
    (text[0], text[GUID - 1]) = (b'{', b'}');
    text
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
