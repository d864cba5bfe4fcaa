//! Values of many rows into a column at once, as long as all are of the type that is usual for it.

use super::{Cell, Column, EPOCH, Values, absent, present};
use crate::bytes::array;
use crate::chunk::Status;
use crate::request::Type;
use crate::value::{self, Slot, Spelling};

impl Column {
    /// Append values of many rows; false where one of them does not fit, or is an array, and some are appended.
    pub fn extend(
        &mut self,
        mut slots: impl ExactSizeIterator<Item = Slot> + Clone,
        chunk: &[u8],
        spelling: Spelling,
    ) -> bool {
        let count = slots.len();
        if slots.clone().all(|slot| absent(slot) && !slot.is_array()) {
            self.nulls(count);
            return true;
        }
        self.begin();
        if self.alike(slots.clone(), chunk, spelling) {
            self.grown(count);
            return true;
        }
        self.values.truncate(self.rows);
        slots.all(|slot| !slot.is_array() && self.push(present(slot, chunk), spelling))
    }

    /// Append numbers that the frame of a record says.
    pub fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = u64>, spelling: Spelling) -> bool {
        let count = numbers.len();
        self.begin();
        let Values::UInt64(values) = &mut self.values else {
            return numbers.fold(true, |fits, number| fits & self.push(Cell::Number(number), spelling));
        };
        values.extend(numbers);
        self.grown(count);
        true
    }

    /// Append FILETIMEs that the frame of a record says.
    pub fn times(&mut self, filetimes: impl ExactSizeIterator<Item = u64> + Clone, spelling: Spelling) -> bool {
        let count = filetimes.len();
        self.begin();
        if let Values::Time(values) = &mut self.values
            && all(values, filetimes.clone().map(nanoseconds))
        {
            self.grown(count);
            return true;
        }
        self.values.truncate(self.rows);
        filetimes.fold(true, |fits, filetime| fits & self.push(Cell::Filetime(filetime), spelling))
    }

    /// Append how records were got.
    pub fn statuses(
        &mut self,
        mut statuses: impl ExactSizeIterator<Item = Status> + Clone,
        spelling: Spelling,
    ) -> bool {
        let (count, first) = (statuses.len(), statuses.clone().next());
        if let Some(first) = first.filter(|first| statuses.clone().all(|status| status == *first)) {
            let fits = self.push(Cell::Text(first.words()), spelling);
            self.repeat(count - 1);
            return fits;
        }
        statuses.all(|status| self.push(Cell::Text(status.words()), spelling))
    }

    fn grown(&mut self, count: usize) {
        self.validity.valid(count);
        self.rows += count;
    }

    /// Append values that are all of the usual type; false where one is not, and some are appended.
    #[inline(always)]
    fn alike(&mut self, slots: impl ExactSizeIterator<Item = Slot> + Clone, chunk: &[u8], spelling: Spelling) -> bool {
        let Some(first) = slots.clone().next() else { return true };
        match (&mut self.values, self.kind) {
            (Values::UInt32(values), _) => match (first.kind(), first.length()) {
                (value::UINT32 | value::HEX32, 4) => same(values, slots, chunk, u32::from_le_bytes),
                (value::UINT16, 2) => same(values, slots, chunk, |bytes| u32::from(u16::from_le_bytes(bytes))),
                (value::UINT8, 1) => same(values, slots, chunk, |[byte]: [u8; 1]| u32::from(byte)),
                _ => false,
            },
            (Values::Int32(values), _) => match (first.kind(), first.length()) {
                (value::INT32, 4) => same(values, slots, chunk, i32::from_le_bytes),
                _ => false,
            },
            (Values::UInt64(values), _) => match (first.kind(), first.length()) {
                (value::UINT64 | value::HEX64 | value::SIZE, 8) => same(values, slots, chunk, u64::from_le_bytes),
                _ => false,
            },
            (Values::Time(values), _) => match (first.kind(), first.length()) {
                (value::FILETIME, 8) => {
                    all(values, slots.map(|slot| nanoseconds(u64::from_le_bytes(bytes_of(slot, first, chunk)?))))
                }
                _ => false,
            },
            (Values::Strings(strings), Type::Text) if !self.blank => strings.texts(slots, chunk),
            (Values::Strings(strings), Type::Guid) => strings.guids(slots, chunk),
            (Values::Strings(strings), Type::Sid) => strings.sids(slots, chunk, spelling),
            (Values::Names(names), _) => names.many(slots, chunk, spelling),
            _ => false,
        }
    }
}

/// Append values as far as they are there; false where one is not.
#[inline(always)]
fn all<T: Default>(values: &mut Vec<T>, found: impl Iterator<Item = Option<T>>) -> bool {
    let mut whole = true;
    values.extend(found.map(|value| {
        whole &= value.is_some();
        value.unwrap_or_default()
    }));
    whole
}

/// Append values that are all of the type and length of the first; false where one is not.
#[inline(always)]
fn same<T: Default, const N: usize>(
    values: &mut Vec<T>,
    slots: impl ExactSizeIterator<Item = Slot> + Clone,
    chunk: &[u8],
    value: impl Fn([u8; N]) -> T,
) -> bool {
    let first = slots.clone().next().unwrap_or_default();
    all(values, slots.map(|slot| bytes_of(slot, first, chunk).map(&value)))
}

/// The bytes of a value that has the type and the length of another.
#[inline(always)]
pub fn bytes_of<const N: usize>(slot: Slot, like: Slot, chunk: &[u8]) -> Option<[u8; N]> {
    array(chunk, slot.start as usize).filter(|_| slot.form == like.form)
}

/// Nanoseconds since 1970; null outside of 1677 to 2262.
#[inline(always)]
pub fn nanoseconds(filetime: u64) -> Option<i64> {
    i64::try_from(filetime).ok()?.checked_sub(EPOCH)?.checked_mul(100)
}
