//! Texts or bytes of rows, one after the other, and how many of one kind are appended together.

use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};

use super::block::bytes_of;
use super::validity::{LARGE, as_many};
use crate::bytes::same;
use crate::text;
use crate::value::{self, Slot, Spelling};

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
