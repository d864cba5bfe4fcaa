//! A chunk: what its header says, what its checksums say, and where its records are.
//!
//! Source: libevtx, "Windows XML Event Log (EVTX) format", 3 and 4, and what damaged files hold.

use crate::bytes::{u32_at, u64_at};

/// Bytes of a chunk.
pub const SIZE: usize = 1 << 16;
/// What a chunk starts with.
pub const MAGIC: &[u8; 8] = b"ElfChnk\0";
/// What a record starts with.
pub const RECORD: [u8; 4] = [0x2a, 0x2a, 0, 0];
/// Bytes of a record without any content.
pub const SHORTEST: usize = 28;
const FIRST: usize = 512;
/// The chunk has no checksums.
const UNCHECKED: u32 = 4;

/// How a record was got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Its chunk is as Windows left it.
    Sound,
    /// The checksum of its chunk's header or records is wrong, or its chunk is cut off.
    BadChecksum,
    /// It stands behind the last record that its chunk's header knows, and continues its numbering.
    Dirty,
    /// It stands where no record should be: from before the log wrapped, or cut out of something.
    Recovered,
}

impl Status {
    /// As it stands in the column `status`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::BadChecksum => "bad checksum",
            Self::Dirty => "dirty",
            Self::Recovered => "recovered",
        }
    }
}

/// What the header of a chunk says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub magic: bool,
    pub first: u64,
    pub last: u64,
    pub last_offset: u32,
    pub free: u32,
    pub flags: u32,
    /// Whether header and records have the checksums that the header says.
    pub sound: bool,
}

impl Head {
    /// Read and check the header of a chunk of 64 KiB.
    pub fn of(chunk: &[u8]) -> Self {
        let long = |at| u64_at(chunk, at).unwrap_or_default();
        let short = |at| u32_at(chunk, at).unwrap_or_default();
        let mut head = Self {
            magic: chunk.starts_with(MAGIC),
            first: long(24),
            last: long(32),
            last_offset: short(44),
            free: short(48),
            flags: short(120),
            sound: false,
        };
        head.sound = head.magic && head.plausible() && (head.flags & UNCHECKED != 0 || head.checksums_hold(chunk));
        head
    }

    /// Whether a chunk could look like this.
    pub fn plausible(&self) -> bool {
        (FIRST..=SIZE).contains(&(self.free as usize)) && (self.last.wrapping_add(1) >= self.first)
    }

    fn checksums_hold(&self, chunk: &[u8]) -> bool {
        let mut head = crc32fast::Hasher::new();
        head.update(&chunk[..120]);
        head.update(&chunk[128..FIRST]);
        Some(head.finalize()) == u32_at(chunk, 124)
            && Some(crc32fast::hash(&chunk[FIRST..self.free as usize])) == u32_at(chunk, 52)
    }
}

/// A record by its frame, not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub start: usize,
    /// Where its BinXML ends.
    pub end: usize,
    /// Number of the record.
    pub number: u64,
    /// FILETIME of when it was written.
    pub written: u64,
    pub status: Status,
}

impl Found {
    /// The record whose frame stands at `start`: magic, size, number, time, ..., size again.
    pub fn at(data: &[u8], start: usize, limit: usize) -> Option<Self> {
        let size = u32_at(data, start + 4)? as usize;
        let whole = data.get(start..start + 4)? == RECORD && size >= SHORTEST && start + size <= limit;
        if !whole || u32_at(data, start + size - 4) != Some(size as u32) {
            return None;
        }
        Some(Self {
            start,
            end: start + size - 4,
            number: u64_at(data, start + 8)?,
            written: u64_at(data, start + 16)?,
            status: Status::Sound,
        })
    }

    /// Where the next record starts.
    pub fn next(&self) -> usize {
        self.end + 4
    }
}

/// What stands in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Record(Found),
    /// Bytes where records should be, the number of the record before and behind.
    Lost { start: usize, before: Option<u64>, behind: Option<u64> },
}

/// Walks the records of a chunk.
pub struct Records<'a> {
    chunk: &'a [u8],
    head: Head,
    at: usize,
    before: Option<u64>,
    highest: Option<u64>,
    recovered: bool,
    live: bool,
    pending: Option<Found>,
}

impl<'a> Records<'a> {
    /// Walk a chunk of 64 KiB; with `recovered` also what stands where no record should be.
    pub fn new(chunk: &'a [u8], head: Head, recovered: bool) -> Self {
        Self { chunk, head, at: FIRST, before: None, highest: None, recovered, live: true, pending: None }
    }

    fn limit(&self) -> usize {
        if self.head.plausible() { self.head.free as usize } else { SIZE }
    }

    /// Walk on from the next frame in the area of records, or report what stands there instead.
    fn step(&mut self) -> Option<Item> {
        if self.at + SHORTEST > self.limit() {
            self.live = false;
            return None;
        }
        if let Some(found) = Found::at(self.chunk, self.at, SIZE) {
            self.at = found.next();
            return Some(Item::Record(found));
        }
        let start = self.at;
        let next = next_frame(self.chunk, start + 1, self.limit());
        let blank = self.chunk[start..].iter().take(SHORTEST).all(|byte| *byte == 0);
        self.at = next.map_or(SIZE, |found| found.next());
        self.live &= next.is_some();
        self.pending = next;
        if next.is_none() && (blank || self.complete()) {
            return None;
        }
        Some(Item::Lost { start, before: self.before, behind: next.map(|found| found.number) })
    }

    /// True where the last record that the header knows was seen.
    fn complete(&self) -> bool {
        self.head.sound && self.highest.is_some_and(|number| number >= self.head.last)
    }

    /// How a record in the area of records was got.
    fn judged(&self, found: Found) -> Status {
        let continues = self.highest.is_none_or(|highest| found.number > highest);
        let next = self.highest.map(|highest| highest.wrapping_add(1));
        match (self.head.sound, continues) {
            (true, true) if (self.head.first..=self.head.last).contains(&found.number) => Status::Sound,
            (true, _) if next == Some(found.number) => Status::Dirty,
            (false, true) => Status::BadChecksum,
            _ => Status::Recovered,
        }
    }

    /// What stands behind the area of records.
    fn behind(&mut self) -> Option<Found> {
        let next = self.highest.map(|highest| highest.wrapping_add(1));
        let frame = Found::at(self.chunk, self.at, SIZE);
        if let Some(found) = frame.filter(|found| Some(found.number) == next) {
            self.at = found.next();
            return Some(Found { status: Status::Dirty, ..found });
        }
        if !self.recovered {
            return None;
        }
        let found = next_frame(self.chunk, self.at, SIZE)?;
        self.at = found.next();
        Some(Found { status: Status::Recovered, ..found })
    }
}

impl Iterator for Records<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let found = match self.pending.take() {
                Some(found) => found,
                None if self.live => match self.step() {
                    Some(Item::Record(found)) => found,
                    Some(lost) => return Some(lost),
                    None => {
                        self.live = false;
                        self.at = self.at.min(self.limit());
                        continue;
                    }
                },
                None => {
                    let found = self.behind()?;
                    if found.status == Status::Dirty {
                        self.highest = Some(found.number);
                    }
                    return Some(Item::Record(found));
                }
            };
            let status = self.judged(found);
            self.before = Some(found.number);
            if status != Status::Recovered {
                self.highest = Some(found.number);
            }
            if status != Status::Recovered || self.recovered {
                return Some(Item::Record(Found { status, ..found }));
            }
        }
    }
}

/// The next frame of a record from `from` on.
pub fn next_frame(data: &[u8], from: usize, limit: usize) -> Option<Found> {
    let mut at = from;
    while at + SHORTEST <= limit {
        let step = data.get(at..limit)?.iter().position(|byte| *byte == RECORD[0])?;
        at += step;
        if let Some(found) = Found::at(data, at, limit) {
            return Some(found);
        }
        at += 1;
    }
    None
}
