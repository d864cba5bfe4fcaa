//! Values of many rows into a column at once, as long as all are of the type that is usual for it.

use super::{Cell, Column, EPOCH, Values, absent, present};
use crate::bytes::u64_at;
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
    fn alike(
        &mut self,
        mut slots: impl ExactSizeIterator<Item = Slot> + Clone,
        chunk: &[u8],
        spelling: Spelling,
    ) -> bool {
        match (&mut self.values, self.kind) {
            (Values::UInt32(values), _) => all(values, slots.map(|slot| short(slot, chunk))),
            (Values::Int32(values), _) => all(
                values,
                slots.map(|slot| match (slot.kind, slot.bytes(chunk)) {
                    (value::INT32, &[a, b, c, d]) => Some(i32::from_le_bytes([a, b, c, d])),
                    _ => None,
                }),
            ),
            (Values::UInt64(values), _) => all(values, slots.map(|slot| long(slot, chunk))),
            (Values::Time(values), _) => all(
                values,
                slots.map(|slot| match slot.kind {
                    value::FILETIME => nanoseconds(u64_at(slot.bytes(chunk), 0)?),
                    _ => None,
                }),
            ),
            (Values::Strings(strings), Type::Text) if !self.blank => strings.texts(slots, chunk),
            (Values::Strings(strings), Type::Sid | Type::Guid) => {
                let wanted = if self.kind == Type::Sid { value::SID } else { value::GUID };
                slots.all(|slot| {
                    let usual = slot.kind == wanted && slot.len >= 8;
                    if usual {
                        strings.value(slot.kind, slot.bytes(chunk), spelling);
                        strings.end();
                    }
                    usual
                })
            }
            (Values::Names(names), _) => slots.all(|slot| {
                let bytes = slot.bytes(chunk);
                let blank = slot.len < 8 || slot.kind == value::STRING && bytes.starts_with(&[0, 0]);
                let usual = !blank && matches!(slot.kind, value::STRING | value::GUID | value::SID);
                if usual {
                    let code = names.code(slot.kind, bytes, spelling);
                    names.codes.push(code);
                }
                usual
            }),
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

#[inline(always)]
fn short(slot: Slot, chunk: &[u8]) -> Option<u32> {
    match (slot.kind, slot.bytes(chunk)) {
        (value::UINT32 | value::HEX32, &[a, b, c, d]) => Some(u32::from_le_bytes([a, b, c, d])),
        (value::UINT16, &[a, b]) => Some(u32::from(u16::from_le_bytes([a, b]))),
        (value::UINT8, &[a]) => Some(u32::from(a)),
        _ => None,
    }
}

#[inline(always)]
fn long(slot: Slot, chunk: &[u8]) -> Option<u64> {
    match (slot.kind, slot.len) {
        (value::UINT64 | value::HEX64 | value::SIZE, 8) => u64_at(slot.bytes(chunk), 0),
        _ => None,
    }
}

/// Nanoseconds since 1970; null outside of 1677 to 2262.
#[inline(always)]
pub fn nanoseconds(filetime: u64) -> Option<i64> {
    i64::try_from(filetime).ok()?.checked_sub(EPOCH)?.checked_mul(100)
}
