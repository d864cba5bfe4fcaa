//! Little-endian numbers at a place; nothing beyond the end.

#[inline(always)]
pub fn array<const N: usize>(data: &[u8], at: usize) -> Option<[u8; N]> {
    data.get(at..)?.first_chunk::<N>().copied()
}

#[inline(always)]
pub fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    array(data, at).map(u16::from_le_bytes)
}

#[inline(always)]
pub fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    array(data, at).map(u32::from_le_bytes)
}

#[inline(always)]
pub fn u64_at(data: &[u8], at: usize) -> Option<u64> {
    array(data, at).map(u64::from_le_bytes)
}

/// Whether two pieces are equal; quicker than a call where they are short.
#[inline(always)]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    fn ends<const N: usize>(data: &[u8]) -> Option<([u8; N], [u8; N])> {
        Some((*data.first_chunk()?, *data.last_chunk()?))
    }
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        0..4 => one == other,
        4..8 => ends::<4>(one) == ends::<4>(other),
        8..16 => ends::<8>(one) == ends::<8>(other),
        16..=32 => ends::<16>(one) == ends::<16>(other),
        _ => one == other,
    }
}
