//! UTF-16 to UTF-8: eight units at a time as long as they are ASCII, which nearly all are.

use crate::bytes::array;

/// Units that are narrowed together.
const LANES: usize = 8;
const BLOCK: usize = 2 * LANES;

/// The part of a UTF-16 text before its first NUL.
pub fn until_nul(units: &[u8]) -> &[u8] {
    let (pairs, _) = units.as_chunks::<2>();
    let end = pairs.iter().position(|pair| *pair == [0, 0]).unwrap_or(pairs.len());
    &units[..end * 2]
}

/// Append UTF-16 up to its first NUL as UTF-8; a lone surrogate becomes U+FFFD.
#[inline]
pub fn push_utf16(out: &mut Vec<u8>, units: &[u8]) {
    Room::new(out, units.len() / 2).push(units, 0, units.len());
}

/// UTF-16 as a text of its own.
pub fn utf16(units: &[u8]) -> String {
    let mut out = Vec::new();
    push_utf16(&mut out, units);
    String::from_utf8(out).unwrap_or_default()
}

/// Room at the end of a buffer for texts of so many units; what is not used of it is given back.
pub struct Room<'a> {
    out: &'a mut Vec<u8>,
    at: usize,
    left: usize,
}

impl<'a> Room<'a> {
    /// Make room for some units.
    #[inline]
    pub fn new(out: &'a mut Vec<u8>, units: usize) -> Self {
        let at = out.len();
        out.resize(at + units + LANES, 0);
        Self { out, at, left: units }
    }

    /// Where the texts end so far.
    #[inline(always)]
    pub fn end(&self) -> usize {
        self.at
    }

    /// Append the text of `length` bytes at `start`, up to its first NUL.
    #[inline]
    pub fn push(&mut self, data: &[u8], start: usize, length: usize) {
        let units = length / 2;
        self.left = self.left.saturating_sub(units);
        if self.ascii(data, start, units) {
            self.at += units;
        } else {
            self.otherwise(data, start, units);
        }
    }

    /// Many texts have a NUL behind them and are ASCII before it.
    #[inline(never)]
    fn otherwise(&mut self, data: &[u8], start: usize, units: usize) {
        let text = until_nul(data.get(start..start + units * 2).unwrap_or_default());
        if self.ascii(data, start, text.len() / 2) {
            self.at += text.len() / 2;
        } else {
            self.slowly(text);
        }
    }

    /// Write units that are all ASCII and none of them NUL; else false, and what stands behind the end is void.
    #[inline(always)]
    fn ascii(&mut self, data: &[u8], start: usize, units: usize) -> bool {
        let whole = units / LANES * LANES;
        let (Some(source), Some(room)) =
            (data.get(start..start + whole * 2), self.out.get_mut(self.at..self.at + whole + LANES))
        else {
            return false;
        };
        let (blocks, last) = room.split_at_mut(whole);
        let mut odd = [0; LANES];
        for (block, bytes) in source.as_chunks::<BLOCK>().0.iter().zip(blocks.as_chunks_mut::<LANES>().0) {
            *bytes = narrowed(block, &mut odd);
        }
        if units > whole {
            let block = last_block(data, start + whole * 2, units - whole);
            last.copy_from_slice(&narrowed(&block, &mut odd));
        }
        odd.iter().fold(0, |sum, odd| sum | odd) < 0x80
    }

    #[cold]
    fn slowly(&mut self, units: &[u8]) {
        self.out.truncate(self.at);
        let (pairs, _) = units.as_chunks::<2>();
        let mut buffer = [0; 4];
        for decoded in char::decode_utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair))) {
            let character = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        }
        self.at = self.out.len();
        self.out.resize(self.at + self.left + LANES, 0);
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.out.truncate(self.at);
    }
}

/// Units as bytes; of one that is NUL or not ASCII a bit above them is kept in `odd`.
#[inline(always)]
fn narrowed(block: &[u8; BLOCK], odd: &mut [u16; LANES]) -> [u8; LANES] {
    let mut bytes = [0; LANES];
    for ((unit, byte), odd) in block.as_chunks::<2>().0.iter().zip(&mut bytes).zip(odd) {
        let unit = u16::from_le_bytes(*unit);
        *odd |= unit | unit.wrapping_sub(1);
        *byte = unit as u8;
    }
    bytes
}

/// Fewer units than a block has, and letters behind them.
#[inline(always)]
fn last_block(data: &[u8], place: usize, units: usize) -> [u8; BLOCK] {
    const LETTERS: [u8; BLOCK] = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0];
    match array::<BLOCK>(data, place) {
        Some(block) => {
            let kept = u128::MAX >> (16 * (LANES - units));
            (u128::from_le_bytes(block) & kept | u128::from_le_bytes(LETTERS) & !kept).to_le_bytes()
        }
        None => short_block(data, place, units, LETTERS),
    }
}

/// The same at the end of the data.
#[cold]
fn short_block(data: &[u8], place: usize, units: usize, mut block: [u8; BLOCK]) -> [u8; BLOCK] {
    for (byte, there) in block.iter_mut().zip(data.get(place..).unwrap_or_default()).take(units * 2) {
        *byte = *there;
    }
    block
}

#[cfg(test)]
mod tests {
    use super::{Room, utf16};

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
            assert_eq!(utf16(&units(&format!("{text}\0{}", "y".repeat(20)))), text);
        }
    }

    #[test]
    fn a_lone_surrogate_is_replaced() {
        assert_eq!(utf16(&[0x61, 0, 0x3d, 0xd8, 0x62, 0]), "a\u{fffd}b");
    }

    #[test]
    fn texts_beside_each_other_do_not_touch() {
        let texts = ["svchost.exe", "", "gr\u{fc}n und \u{20ac}", "443", "a text of more than eight units"];
        let data: Vec<u8> = texts.iter().flat_map(|text| units(text)).collect();
        let (mut out, mut ends) = (Vec::new(), Vec::new());
        let mut room = Room::new(&mut out, data.len() / 2);
        let mut start = 0;
        for text in texts {
            let length = text.encode_utf16().count() * 2;
            room.push(&data, start, length);
            ends.push(room.end());
            start += length;
        }
        drop(room);
        assert_eq!(String::from_utf8(out).unwrap(), texts.concat());
        assert_eq!(ends, [11, 11, 24, 27, 58]);
    }
}
