//! UTF-16 to UTF-8: many units at a time as long as they are ASCII, which nearly all are.

/// The part of a UTF-16 text before its first NUL.
pub fn until_nul(units: &[u8]) -> &[u8] {
    let (pairs, _) = units.as_chunks::<2>();
    let end = pairs.iter().position(|pair| *pair == [0, 0]).unwrap_or(pairs.len());
    &units[..end * 2]
}

/// Append UTF-16 up to its first NUL as UTF-8; a lone surrogate becomes U+FFFD.
#[inline]
pub fn push_utf16(out: &mut Vec<u8>, units: &[u8]) {
    if !push_ascii(out, units) {
        push_other(out, until_nul(units));
    }
}

/// Append units that are all ASCII and none of them NUL but the last; else false.
#[inline]
fn push_ascii(out: &mut Vec<u8>, units: &[u8]) -> bool {
    let (text, at) = (without_nul(units), out.len());
    out.resize(at + text.len(), 0);
    let plain = narrow(text, &mut out[at..]);
    if !plain {
        out.truncate(at);
    }
    plain
}

#[cold]
fn push_other(out: &mut Vec<u8>, units: &[u8]) {
    if push_ascii(out, units) {
        return;
    }
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

/// The units of a text, without the NUL that many have behind them.
#[inline(always)]
pub fn without_nul(units: &[u8]) -> &[[u8; 2]] {
    let (units, _) = units.as_chunks::<2>();
    match units {
        [before @ .., [0, 0]] => before,
        all => all,
    }
}

/// Write units as bytes into room for as many, and tell whether all are ASCII and none is NUL; else what is written
/// is void. The last block of a text overlaps the one before it, so that no length needs a remainder.
#[inline(always)]
pub fn narrow(units: &[[u8; 2]], room: &mut [u8]) -> bool {
    match room.len() {
        16.. => {
            let mut odd = [0; 16];
            for (block, bytes) in units.as_chunks::<16>().0.iter().zip(room.as_chunks_mut::<16>().0) {
                *bytes = narrowed(block, &mut odd);
            }
            if let (Some(block), Some(bytes)) = (units.last_chunk::<16>(), room.last_chunk_mut::<16>()) {
                *bytes = narrowed(block, &mut odd);
            }
            odd.iter().fold(0, |sum, odd| sum | odd) < 0x80
        }
        8.. => {
            let mut odd = [0; 16];
            if let (Some(first), Some(last)) = (units.first_chunk::<8>(), units.last_chunk::<8>()) {
                // as one block, for which compilers know instructions
                let mut both = [[0; 2]; 16];
                both[..8].copy_from_slice(first);
                both[8..].copy_from_slice(last);
                let bytes = narrowed(&both, &mut odd);
                room[..8].copy_from_slice(&bytes[..8]);
                let behind = room.len() - 8;
                room[behind..].copy_from_slice(&bytes[8..]);
            }
            odd.iter().fold(0, |sum, odd| sum | odd) < 0x80
        }
        4.. => {
            let mut plain = true;
            if let (Some(block), Some(bytes)) = (units.first_chunk::<4>(), room.first_chunk_mut::<4>()) {
                *bytes = four(block, &mut plain);
            }
            if let (Some(block), Some(bytes)) = (units.last_chunk::<4>(), room.last_chunk_mut::<4>()) {
                *bytes = four(block, &mut plain);
            }
            plain
        }
        _ => {
            let mut odd = 0;
            for (unit, byte) in units.iter().zip(room) {
                let unit = u16::from_le_bytes(*unit);
                odd |= unit | unit.wrapping_sub(1);
                *byte = unit as u8;
            }
            odd < 0x80
        }
    }
}

/// Units as bytes; of one that is NUL or not ASCII a bit above them is kept in `odd`.
#[inline(always)]
fn narrowed(block: &[[u8; 2]; 16], odd: &mut [u16; 16]) -> [u8; 16] {
    let mut bytes = [0; 16];
    for ((unit, byte), odd) in block.iter().zip(&mut bytes).zip(odd) {
        let unit = u16::from_le_bytes(*unit);
        *odd |= unit | unit.wrapping_sub(1);
        *byte = unit as u8;
    }
    bytes
}

/// The same for four units in one number.
#[inline(always)]
fn four(block: &[[u8; 2]; 4], plain: &mut bool) -> [u8; 4] {
    const ABOVE: u64 = 0xff80_ff80_ff80_ff80;
    const BELOW: u64 = 0x7fff_7fff_7fff_7fff;
    let [[a, b], [c, d], [e, f], [g, h]] = *block;
    let units = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    *plain &= units & ABOVE == 0 && (units + BELOW) & !BELOW == !BELOW;
    let pairs = units | units >> 8;
    ((pairs & 0xffff | pairs >> 16 & 0xffff_0000) as u32).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::utf16;

    fn units(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn texts_of_any_length_come_out_as_they_are() {
        for length in 0..40 {
            let ascii: String = (0..length).map(|number| char::from(b'a' + number % 26)).collect();
            assert_eq!(utf16(&units(&ascii)), ascii);
            assert_eq!(utf16(&units(&format!("{ascii}\u{e9}\u{1f600}"))), format!("{ascii}\u{e9}\u{1f600}"));
        }
    }

    #[test]
    fn a_text_ends_at_its_first_nul_wherever_that_is() {
        for before in 0..20 {
            let text = "x".repeat(before);
            for behind in [0, 1, 20] {
                assert_eq!(utf16(&units(&format!("{text}\0{}", "y".repeat(behind)))), text);
            }
        }
    }

    #[test]
    fn a_lone_surrogate_is_replaced() {
        assert_eq!(utf16(&[0x61, 0, 0x3d, 0xd8, 0x62, 0]), "a\u{fffd}b");
    }
}
