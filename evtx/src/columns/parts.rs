//! What columns are made of: which rows have a value, texts one after the other, texts of which few are different.

use std::sync::OnceLock;

use ahash::RandomState;
use arrow_array::builder::BooleanBufferBuilder;
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use hashbrown::HashTable;

use super::block::bytes_of;
use crate::bytes::same;
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

    /// Say that the rows so far have none.
    pub fn begin(&mut self, rows: usize) {
        self.flags = (rows > 0).then(|| vec![false; rows]);
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
#[derive(Debug, Default)]
pub struct Strings {
    /// Zero, then where each row ends; empty before there is a row.
    pub ends: Vec<i32>,
    pub bytes: Vec<u8>,
    /// The value before, as it stood in the log, its type, and where its text starts and ends.
    last: (Vec<u8>, u8, usize, usize),
}

impl Strings {
    /// Get ready for the first row that has a text, behind some that are empty.
    pub fn begin(&mut self, rows: usize) {
        self.ends.resize(rows + 1, 0);
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
        self.bytes.truncate(self.ends.get(rows).map_or(0, |end| *end as usize));
        self.last = (Vec::new(), value::NULL, 0, 0);
    }

    pub fn finish(&mut self) -> (OffsetBuffer<i32>, Buffer) {
        let mut taken = std::mem::take(self);
        if taken.ends.is_empty() {
            taken.ends.push(0);
        }
        if taken.ends.len() > LARGE {
            self.ends.reserve(as_many(taken.ends.len()));
            self.bytes.reserve(as_many(taken.bytes.len()));
        }
        (OffsetBuffer::new(ScalarBuffer::from(taken.ends)), Buffer::from_vec(taken.bytes))
    }

    /// Append texts together, which nearly always are ASCII; false where one is not, and some are appended.
    pub fn texts(&mut self, slots: impl ExactSizeIterator<Item = Slot> + Clone, chunk: &[u8]) -> bool {
        let start = self.bytes.len();
        let units: usize = slots.clone().map(|slot| slot.length() / 2).sum();
        self.bytes.resize(start + units, 0);
        let room = &mut self.bytes[start..];
        let (mut at, mut plain) = (0, true);
        self.ends.extend(slots.map(|slot| {
            let text = text::without_nul(slot.bytes(chunk));
            match room.get_mut(at..at + text.len()) {
                Some(room) => plain &= slot.kind() == value::STRING && text::narrow(text, room),
                None => plain = false,
            }
            at += text.len();
            (start + at) as i32
        }));
        self.bytes.truncate(start + at);
        plain
    }

    /// Append SIDs together; false where one is none, and some are appended.
    pub fn sids(&mut self, slots: impl ExactSizeIterator<Item = Slot>, chunk: &[u8], spelling: Spelling) -> bool {
        self.ends.reserve(slots.len());
        let (mut before, mut text): (&[u8], _) = (&[], 0..0);
        for slot in slots {
            if slot.kind() != value::SID || slot.length() < 8 {
                return false;
            }
            let sid = slot.bytes(chunk);
            if same(sid, before) {
                self.bytes.extend_from_within(text.clone());
            } else {
                let start = self.bytes.len();
                value::push(&mut self.bytes, value::SID, sid, spelling);
                (before, text) = (sid, start..self.bytes.len());
            }
            self.end();
        }
        true
    }

    /// Append GUIDs, one after the other; false where one is none, and some are appended.
    pub fn guids(&mut self, mut slots: impl ExactSizeIterator<Item = Slot>, chunk: &[u8]) -> bool {
        self.ends.reserve(slots.len());
        self.bytes.reserve(slots.len() * text::GUID);
        let mut before = ([0; 16], text::guid(&[0; 16]));
        let usual = Slot::new(0, 16, value::GUID);
        slots.all(|slot| {
            let Some(guid) = bytes_of(slot, usual, chunk) else { return false };
            if guid != before.0 {
                before = (guid, text::guid(&guid));
            }
            self.bytes.extend_from_slice(&before.1);
            self.end();
            true
        })
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
    last: usize,
}

impl Names {
    pub fn new() -> Self {
        Self {
            codes: Vec::new(),
            texts: Strings::default(),
            raw: Vec::new(),
            places: Vec::new(),
            known: HashTable::new(),
            last: 0,
        }
    }

    /// Bytes of the texts.
    pub fn bytes(&self) -> usize {
        self.texts.bytes.len()
    }

    /// Append values together; false where one is no text, GUID or SID, or may be blank, and some are appended.
    pub fn many(&mut self, mut slots: impl ExactSizeIterator<Item = Slot>, chunk: &[u8], spelling: Spelling) -> bool {
        self.codes.reserve(slots.len());
        let (mut form, mut before, mut code): (_, &[u8], _) = (0, &[], 0);
        slots.all(|slot| {
            let (kind, bytes) = (slot.kind(), slot.bytes(chunk));
            if slot.form != form || !same(bytes, before) {
                let blank = bytes.len() < 8 || kind == value::STRING && bytes.starts_with(&[0, 0]);
                if blank || !matches!(kind, value::STRING | value::GUID | value::SID) {
                    return false;
                }
                (form, before, code) = (slot.form, bytes, self.code(kind, bytes, spelling));
            }
            self.codes.push(code);
            true
        })
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
                let hash = hasher().hash_one((kind, bytes));
                self.known.find(hash, |code| self.is(*code as usize, kind, bytes)).map(|code| *code as usize)
            }
        };
        if let Some(found) = found {
            return found;
        }
        if self.places.is_empty() {
            self.texts.begin(0);
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
            let (places, raw) = (&self.places, &self.raw);
            self.known.insert_unique(hash, place as u32, |other| hash_of(places, raw, *other as usize));
        }
    }

    fn hash(&self, place: usize) -> u64 {
        hash_of(&self.places, &self.raw, place)
    }

    /// The numbers, and the ends and bytes of the texts.
    pub fn finish(&mut self) -> (ScalarBuffer<i32>, OffsetBuffer<i32>, Buffer) {
        let codes = std::mem::take(&mut self.codes);
        if codes.len() > LARGE {
            self.codes.reserve(as_many(codes.len()));
        }
        self.raw.clear();
        self.places.clear();
        self.known.clear();
        self.last = 0;
        let (ends, bytes) = self.texts.finish();
        (ScalarBuffer::from(codes), ends, bytes)
    }
}

/// One for all columns: to make one takes longer than most columns do.
fn hasher() -> &'static RandomState {
    static HASHER: OnceLock<RandomState> = OnceLock::new();
    HASHER.get_or_init(RandomState::new)
}

fn hash_of(places: &[(u8, usize)], raw: &[u8], place: usize) -> u64 {
    let start = place.checked_sub(1).map_or(0, |before| places[before].1);
    hasher().hash_one((places[place].0, &raw[start..places[place].1]))
}

/// Stands in the place of a type for a text that is no value of a log.
pub const WRITTEN: u8 = 0xff;

/// Rows of a batch from which on the next one is thought to be as large, and gets its room at once.
pub const LARGE: usize = 1024;

/// Room for a batch that is as large as the one before, or somewhat larger.
pub fn as_many(count: usize) -> usize {
    count + count / 16
}

/// Texts that are looked through one by one.
const FEW: usize = 16;
