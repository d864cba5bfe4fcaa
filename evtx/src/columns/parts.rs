//! What columns are made of: which rows have a value, texts one after the other, texts of which few are different.

use ahash::RandomState;
use arrow_array::builder::BooleanBufferBuilder;
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use hashbrown::HashTable;

use crate::text;
use crate::value::{self, Slot, Spelling};

/// Which rows have a value; nothing is kept as long as all have.
#[derive(Debug, Default)]
pub struct Validity {
    flags: Option<Vec<bool>>,
}

impl Validity {
    #[inline(always)]
    pub fn push(&mut self, rows: usize, valid: bool) {
        if let Some(flags) = &mut self.flags {
            flags.push(valid);
        } else if !valid {
            let mut flags = vec![true; rows];
            flags.push(false);
            self.flags = Some(flags);
        }
    }

    pub fn valid(&mut self, count: usize) {
        if let Some(flags) = &mut self.flags {
            flags.resize(flags.len() + count, true);
        }
    }

    pub fn repeat(&mut self, count: usize) {
        if let Some(flags) = &mut self.flags {
            let last = flags.last().copied().unwrap_or(true);
            flags.resize(flags.len() + count, last);
        }
    }

    pub fn truncate(&mut self, rows: usize) {
        if let Some(flags) = &mut self.flags {
            flags.truncate(rows);
        }
    }

    pub fn finish(&mut self) -> Option<NullBuffer> {
        let flags = self.flags.take()?;
        let mut bits = BooleanBufferBuilder::new(flags.len());
        bits.append_slice(&flags);
        Some(NullBuffer::new(bits.finish()))
    }
}

/// Text or bytes of rows, one after the other.
#[derive(Debug)]
pub struct Strings {
    pub ends: Vec<i32>,
    pub bytes: Vec<u8>,
    /// The value before, as it stood in the log, its type, and where its text starts and ends.
    last: (Vec<u8>, u8, usize, usize),
}

impl Strings {
    pub fn new() -> Self {
        Self { ends: vec![0], bytes: Vec::new(), last: (Vec::new(), value::NULL, 0, 0) }
    }

    #[inline(always)]
    pub fn end(&mut self) {
        self.ends.push(self.bytes.len() as i32);
    }

    pub fn repeat(&mut self, count: usize) {
        let end = self.bytes.len();
        let start = self.ends.iter().rev().nth(1).map_or(0, |start| *start as usize);
        for _ in 0..count {
            self.bytes.extend_from_within(start..end);
            self.end();
        }
    }

    pub fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows + 1);
        self.bytes.truncate(self.ends[rows] as usize);
        self.last = (Vec::new(), value::NULL, 0, 0);
    }

    pub fn finish(&mut self) -> (OffsetBuffer<i32>, Buffer) {
        let taken = std::mem::replace(self, Self::new());
        if taken.ends.len() > LARGE {
            self.ends.reserve(taken.ends.len());
            self.bytes.reserve(taken.bytes.len() + taken.bytes.len() / 8);
        }
        (OffsetBuffer::new(ScalarBuffer::from(taken.ends)), Buffer::from_vec(taken.bytes))
    }

    /// Append texts of a known length together; false where one is no UTF-16, and some are appended.
    pub fn texts(&mut self, slots: impl ExactSizeIterator<Item = Slot> + Clone, chunk: &[u8]) -> bool {
        let units = slots.clone().map(|slot| usize::from(slot.len) / 2).sum();
        let mut room = text::Room::new(&mut self.bytes, units);
        self.ends.reserve(slots.len());
        for slot in slots {
            if slot.kind != value::STRING {
                return false;
            }
            room.push(chunk, slot.start as usize, usize::from(slot.len));
            self.ends.push(room.end() as i32);
        }
        true
    }

    /// Append a value as text; that of the row before is not spelled again.
    #[inline]
    pub fn value(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) {
        let (before, before_kind, start, end) = &self.last;
        if *before_kind == kind && before.as_slice() == bytes {
            self.bytes.extend_from_within(*start..*end);
            return;
        }
        let start = self.bytes.len();
        value::push(&mut self.bytes, kind, bytes, spelling);
        self.last.0.clear();
        self.last.0.extend_from_slice(bytes);
        (self.last.1, self.last.2, self.last.3) = (kind, start, self.bytes.len());
    }
}

/// Texts of which few are different: each once, and its number for each row.
#[derive(Debug)]
pub struct Names {
    pub codes: Vec<i32>,
    texts: Strings,
    /// What stands in the log for each text, one after the other, and type and end of each.
    raw: Vec<u8>,
    places: Vec<(u8, usize)>,
    /// Where to look for them when they are more than a few.
    known: HashTable<u32>,
    hasher: RandomState,
    last: usize,
}

impl Names {
    pub fn new() -> Self {
        Self {
            codes: Vec::new(),
            texts: Strings::new(),
            raw: Vec::new(),
            places: Vec::new(),
            known: HashTable::new(),
            hasher: RandomState::new(),
            last: 0,
        }
    }

    /// Bytes of the texts.
    pub fn bytes(&self) -> usize {
        self.texts.bytes.len()
    }

    /// The number of what stands in the log as `bytes` of a type.
    #[inline(always)]
    pub fn code(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) -> i32 {
        if self.is(self.last, kind, bytes) {
            return self.last as i32;
        }
        self.last = self.learn(kind, bytes, spelling);
        self.last as i32
    }

    #[inline(always)]
    fn is(&self, place: usize, kind: u8, bytes: &[u8]) -> bool {
        let start = place.checked_sub(1).map_or(0, |before| self.places[before].1);
        self.places.get(place).is_some_and(|(known, end)| *known == kind && self.raw[start..*end] == *bytes)
    }

    fn learn(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) -> usize {
        let found = match self.known.is_empty() {
            true => (0..self.places.len()).find(|place| self.is(*place, kind, bytes)),
            false => {
                let hash = self.hasher.hash_one((kind, bytes));
                self.known.find(hash, |code| self.is(*code as usize, kind, bytes)).map(|code| *code as usize)
            }
        };
        if let Some(found) = found {
            return found;
        }
        if kind == WRITTEN {
            self.texts.bytes.extend_from_slice(bytes)
        } else {
            value::push(&mut self.texts.bytes, kind, bytes, spelling)
        }
        self.texts.end();
        self.raw.extend_from_slice(bytes);
        self.places.push((kind, self.raw.len()));
        self.index();
        self.places.len() - 1
    }

    /// Have the last text found by its hash, and those before it as soon as they are more than a few.
    fn index(&mut self) {
        let count = self.places.len();
        let new = if count > FEW { count - 1..count } else { 0..count };
        for place in new.filter(|_| count >= FEW) {
            let hash = self.hash(place);
            let (hasher, places, raw) = (&self.hasher, &self.places, &self.raw);
            self.known.insert_unique(hash, place as u32, |other| hash_of(hasher, places, raw, *other as usize));
        }
    }

    fn hash(&self, place: usize) -> u64 {
        hash_of(&self.hasher, &self.places, &self.raw, place)
    }

    /// The numbers, and the ends and bytes of the texts.
    pub fn finish(&mut self) -> (ScalarBuffer<i32>, OffsetBuffer<i32>, Buffer) {
        let codes = std::mem::take(&mut self.codes);
        if codes.len() > LARGE {
            self.codes.reserve(codes.len());
        }
        self.raw.clear();
        self.places.clear();
        self.known.clear();
        self.last = 0;
        let (ends, bytes) = self.texts.finish();
        (ScalarBuffer::from(codes), ends, bytes)
    }
}

fn hash_of(hasher: &RandomState, places: &[(u8, usize)], raw: &[u8], place: usize) -> u64 {
    let start = place.checked_sub(1).map_or(0, |before| places[before].1);
    hasher.hash_one((places[place].0, &raw[start..places[place].1]))
}

/// Stands in the place of a type for a text that is no value of a log.
pub const WRITTEN: u8 = 0xff;

/// Rows of a batch from which on the next one is thought to be as large, and gets its room at once.
pub const LARGE: usize = 1024;
/// Texts that are looked through one by one.
const FEW: usize = 16;
