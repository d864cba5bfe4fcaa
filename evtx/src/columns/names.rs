//! Texts of which few are different: each once, and its number for each row.

use std::sync::OnceLock;

use ahash::RandomState;
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use hashbrown::HashTable;

use super::strings::Strings;
use super::validity::{LARGE, as_many};
use crate::bytes::same;
use crate::value::{self, Slot, Spelling};

/// Stands in the place of a type for a text that is no value of a log.
pub const WRITTEN: u8 = 0xff;

/// Texts that are looked through one by one.
const FEW: usize = 16;

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
