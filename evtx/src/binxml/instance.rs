//! A template instance: where its definition stands, and its values.

use crate::bytes::u32_at;
use crate::limits::Fault;
use crate::value::{self, Slot};

/// The head of a template instance.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// Where the definition stands.
    pub definition: u32,
    /// Where the count of values stands.
    pub values: usize,
}

impl Instance {
    /// Read what follows the token 0x0c at `at`. The first instance in a chunk is followed by the definition.
    #[inline]
    pub fn read(chunk: &[u8], at: usize, end: usize) -> Result<Self, Fault> {
        let definition = u32_at(chunk, at + 5).ok_or(Fault::Short)?;
        let mut values = at + 9;
        if definition as usize == values {
            let size = u32_at(chunk, values + 20).ok_or(Fault::Short)?;
            values = values + 24 + size as usize;
        }
        // in slack the definition may be overwritten by another
        if u32_at(chunk, at + 1) != u32_at(chunk, definition as usize + 4) {
            return Err(Fault::Template(definition));
        }
        if values > end { Err(Fault::Short) } else { Ok(Self { definition, values }) }
    }
}

/// Where a template instance begins behind its token, with a fragment header in front or without.
#[inline]
pub fn instance_at(chunk: &[u8], start: usize, end: usize) -> Option<usize> {
    match chunk.get(start..end)? {
        [0x0f, _, _, _, 0x0c, ..] => Some(start + 5),
        [0x0c, ..] => Some(start + 1),
        _ => None,
    }
}

/// The form of a fragment without bytes.
const FRAGMENT: u32 = (value::BINXML as u32) << 16;

/// Append the values of an instance from `at` on, and return where they end and how many of them are fragments.
#[inline]
pub fn values(chunk: &[u8], at: usize, end: usize, slots: &mut Vec<Slot>) -> Result<(usize, usize), Fault> {
    let mut fragments = 0;
    let count = u32_at(chunk, at).ok_or(Fault::Short)? as usize;
    let first = at + 4;
    if count > (end.saturating_sub(first)) / 4 {
        return Err(Fault::Short);
    }
    let mut start = first + count * 4;
    let descriptors = chunk.get(first..start).ok_or(Fault::Short)?.as_chunks::<4>().0;
    let before = slots.len();
    slots.resize(before + count, Slot::default());
    for (slot, descriptor) in slots[before..].iter_mut().zip(descriptors) {
        *slot = Slot { start: start as u32, form: u32::from_le_bytes(*descriptor) & 0xff_ffff };
        fragments += usize::from((FRAGMENT + 1..=FRAGMENT + 0xffff).contains(&slot.form));
        start += slot.length();
    }
    if start > end { Err(Fault::Short) } else { Ok((start, fragments)) }
}
