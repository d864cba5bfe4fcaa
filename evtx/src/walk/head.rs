//! The header of a file.

use crate::bytes::{u16_at, u32_at, u64_at};

/// What an event log starts with.
pub const FILE: &[u8; 8] = b"ElfFile\0";

/// What the header of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHead {
    pub first_chunk: u64,
    pub last_chunk: u64,
    pub next_record: u64,
    /// Chunks that are in use; 16 bits, so that a log of more than 4 GiB counts wrongly.
    pub chunks: u16,
    /// The log was not closed.
    pub dirty: bool,
    pub full: bool,
    /// Whether the checksum holds.
    pub sound: bool,
}

impl FileHead {
    /// Read the header of a file, which need not be whole.
    pub fn of(data: &[u8]) -> Option<Self> {
        if !data.starts_with(FILE) {
            return None;
        }
        let flags = u32_at(data, 120)?;
        Some(Self {
            first_chunk: u64_at(data, 8)?,
            last_chunk: u64_at(data, 16)?,
            next_record: u64_at(data, 24)?,
            chunks: u16_at(data, 42)?,
            dirty: flags & 1 != 0,
            full: flags & 2 != 0,
            sound: u32_at(data, 124) == data.get(..120).map(crc32fast::hash),
        })
    }
}
