//! What columns are made of: which rows have a value, texts one after the other, texts of which few are different.

use std::collections::HashMap;

use arrow_array::builder::BooleanBufferBuilder;
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

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
        // the next batch will be much like this one
        self.ends.reserve(taken.ends.len());
        self.bytes.reserve(taken.bytes.len() + taken.bytes.len() / 8);
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
#[derive(Debug, Default)]
pub struct Names {
    pub codes: Vec<i32>,
    pub texts: Vec<String>,
    known: HashMap<(u8, Vec<u8>), i32>,
    last: (u8, Vec<u8>, i32),
}

impl Names {
    /// The number of what stands in the log as `bytes` of a type.
    #[inline(always)]
    pub fn code(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) -> i32 {
        if self.last.0 == kind && self.last.1 == bytes && !self.texts.is_empty() {
            return self.last.2;
        }
        self.learn(kind, bytes, spelling)
    }

    fn learn(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) -> i32 {
        let key = (kind, bytes.to_vec());
        let next = self.texts.len() as i32;
        let code = *self.known.entry(key).or_insert(next);
        if code == next {
            let mut text = Vec::new();
            if kind == WRITTEN {
                text.extend_from_slice(bytes)
            } else {
                value::push(&mut text, kind, bytes, spelling)
            }
            self.texts.push(String::from_utf8(text).unwrap_or_default());
        }
        self.last = (kind, bytes.to_vec(), code);
        code
    }
}

/// Stands in the place of a type for a text that is no value of a log.
pub const WRITTEN: u8 = 0xff;
