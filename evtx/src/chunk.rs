//! A chunk: what its header says, what its checksums say, and where its records are.
//!
//! Source: libevtx, "Windows XML Event Log (EVTX) format", 3 and 4, and what damaged files hold.

use std::collections::VecDeque;

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

    /// The record that starts at `start` and whose end is not as it should be; it ends at `limit` at the latest.
    pub fn half(data: &[u8], start: usize, limit: usize) -> Option<Self> {
        let size = u32_at(data, start + 4)? as usize;
        if data.get(start..start + 4)? != RECORD || size < SHORTEST || start + size > data.len() {
            return None;
        }
        let end = limit.min(start + size - 4);
        let (number, written) = (u64_at(data, start + 8)?, u64_at(data, start + 16)?);
        Some(Self { start, end, number, written, status: Status::BadChecksum })
    }

    /// Bytes of the record.
    pub fn size(&self) -> u64 {
        (self.next() - self.start) as u64
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
    /// Bytes where records should be, the number of the record before and of the one behind.
    Lost {
        start: usize,
        before: Option<u64>,
        behind: Option<u64>,
    },
}

/// Walks the records of a chunk.
pub struct Records<'a> {
    chunk: &'a [u8],
    head: Head,
    at: usize,
    highest: Option<u64>,
    recovered: bool,
    /// Whether the chunk has lost its head.
    rest: bool,
    waiting: VecDeque<Item>,
}

impl<'a> Records<'a> {
    /// Walk a chunk of 64 KiB; with `recovered` also what stands where no record should be.
    pub fn new(chunk: &'a [u8], head: Head, recovered: bool) -> Self {
        Self { chunk, head, at: FIRST, highest: None, recovered, rest: false, waiting: VecDeque::new() }
    }

    /// Walk what is left of a chunk from `at` on, whose head was cut off.
    pub fn of_rest(chunk: &'a [u8], at: usize, recovered: bool) -> Self {
        Self { at, rest: true, ..Self::new(chunk, Head::default(), recovered) }
    }

    /// Where the area of records ends.
    fn limit(&self) -> usize {
        if self.head.plausible() { self.head.free as usize } else { SIZE }
    }

    /// Walk on in the area of records, or behind it.
    fn step(&mut self) -> Option<Item> {
        if self.at + SHORTEST > self.limit() {
            return self.behind().map(Item::Record);
        }
        if let Some(found) = Found::at(self.chunk, self.at, SIZE) {
            self.at = found.next();
            let status = self.judged(found.number);
            return Some(Item::Record(Found { status, ..found }));
        }
        self.broken()
    }

    /// How a record in the area of records was got.
    fn judged(&self, number: u64) -> Status {
        let rises = self.highest.is_none_or(|highest| number > highest);
        match self.head.sound {
            true if rises && (self.head.first..=self.head.last).contains(&number) => Status::Sound,
            true if self.continues(number) => Status::Dirty,
            true => Status::Recovered,
            false if self.rest && !rises => Status::Recovered,
            false => Status::BadChecksum,
        }
    }

    fn continues(&self, number: u64) -> bool {
        self.highest.is_some_and(|highest| number == highest.wrapping_add(1))
    }

    /// Where no frame stands: the record whose end was overwritten, what is lost, and the next frame.
    fn broken(&mut self) -> Option<Item> {
        let start = self.at;
        let next = next_frame(self.chunk, start + 1, self.limit());
        let half = Found::half(self.chunk, start, next.map_or(SIZE, |next| next.start));
        let half = half.filter(|half| self.highest.is_none() || self.continues(half.number));
        self.at = next.map_or(self.limit(), |next| next.start);
        let blank = self.chunk[start..].iter().take(SHORTEST).all(|byte| *byte == 0);
        let before = half.map(|half| half.number).or(self.highest);
        let behind = next.map(|next| next.number);
        let follows = half.is_some() && before.and_then(|before| before.checked_add(1)) == behind;
        let slack = self.rest && !self.chunk[start..].starts_with(&RECORD);
        let end = next.is_none()
            && (blank || half.is_some() || slack)
            && (!self.head.plausible() || before >= Some(self.head.last));
        self.waiting.extend(half.map(Item::Record));
        if !(follows || end) {
            self.waiting.push_back(Item::Lost { start, before, behind: behind.or_else(|| self.last_after(before)) });
        }
        self.waiting.pop_front().or_else(|| self.step())
    }

    /// One more than the last number that the header knows, where that is behind another.
    fn last_after(&self, before: Option<u64>) -> Option<u64> {
        (self.head.plausible() && Some(self.head.last) > before).then(|| self.head.last.wrapping_add(1))
    }

    /// What stands behind the area of records.
    fn behind(&mut self) -> Option<Found> {
        let frame = Found::at(self.chunk, self.at, SIZE);
        if let Some(found) = frame.filter(|found| self.continues(found.number)) {
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
            let item = match self.waiting.pop_front() {
                Some(item) => item,
                None => self.step()?,
            };
            match item {
                Item::Record(found) if found.status == Status::Recovered => {
                    if self.recovered {
                        return Some(item);
                    }
                }
                Item::Record(found) => {
                    self.highest = Some(found.number);
                    return Some(item);
                }
                Item::Lost { .. } => return Some(item),
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
