//! One value into a column: every type of value into every type of column that can hold it.

use super::block::nanoseconds;
use super::names::WRITTEN;
use super::{Cell, Column, Values};
use crate::bytes::u64_at;
use crate::request::Type;
use crate::text;
use crate::value::{self, Spelling};

impl Column {
    /// Append a value; false where it does not fit the type, and null stands in its place.
    #[inline(always)]
    pub fn push(&mut self, cell: Cell<'_>, spelling: Spelling) -> bool {
        let fits = match cell {
            Cell::Value(value::STRING | value::ANSI, [] | [0, 0, ..]) | Cell::Text("") if self.blank => {
                self.null();
                return true;
            }
            Cell::Value(kind, bytes) if kind != value::NULL => {
                self.begin();
                self.value(kind, bytes, spelling)
            }
            Cell::Text(text) => {
                self.begin();
                self.text(text)
            }
            Cell::Number(number) => {
                self.begin();
                self.number(i128::from(number))
            }
            Cell::Filetime(filetime) => {
                self.begin();
                self.time(filetime)
            }
            _ => {
                self.null();
                return true;
            }
        };
        if fits {
            self.validity.push(self.rows, true);
            self.rows += 1;
        } else {
            self.null();
        }
        fits
    }

    #[inline]
    pub(super) fn null(&mut self) {
        if self.blank_rows == self.rows {
            return self.nulls(1);
        }
        match &mut self.values {
            Values::Strings(strings) => strings.end(),
            Values::Names(names) => names.codes.push(0),
            Values::Int32(values) => values.push(0),
            Values::Int64(values) | Values::Time(values) => values.push(0),
            Values::UInt32(values) => values.push(0),
            Values::UInt64(values) => values.push(0),
            Values::Real(values) => values.push(0.0),
            Values::Bool(values) => values.push(false),
            Values::Pairs { values, ends, .. } => ends.push(values.rows as i32),
        }
        self.validity.push(self.rows, false);
        self.rows += 1;
    }

    #[inline(always)]
    fn value(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) -> bool {
        match &mut self.values {
            Values::UInt32(values) => match (kind, bytes) {
                (value::UINT32 | value::HEX32, &[a, b, c, d]) => values.push(u32::from_le_bytes([a, b, c, d])),
                (value::UINT16, &[a, b]) => values.push(u32::from(u16::from_le_bytes([a, b]))),
                (value::UINT8, &[a]) => values.push(u32::from(a)),
                _ => return self.other(kind, bytes, spelling),
            },
            Values::UInt64(values) => match (kind, u64_at(bytes, 0)) {
                (value::UINT64 | value::HEX64, Some(number)) if bytes.len() == 8 => values.push(number),
                _ => return self.other(kind, bytes, spelling),
            },
            Values::Names(names) => {
                let code = names.code(kind, bytes, spelling);
                names.codes.push(code);
            }
            Values::Strings(strings) => match self.kind {
                Type::Text if kind == value::STRING => text::push_utf16(&mut strings.bytes, bytes),
                Type::Text => strings.value(kind, bytes, spelling),
                Type::Sid if kind == value::SID && !bytes.is_empty() => strings.value(kind, bytes, spelling),
                Type::Guid if kind == value::GUID && bytes.len() == 16 => strings.value(kind, bytes, spelling),
                Type::Binary if kind == value::BINARY => strings.bytes.extend_from_slice(bytes),
                _ => return self.other(kind, bytes, spelling),
            },
            _ => return self.other(kind, bytes, spelling),
        }
        if let Values::Strings(strings) = &mut self.values {
            strings.end();
        }
        true
    }

    /// The same for pairs of types that are rarer.
    fn other(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) -> bool {
        match kind {
            value::STRING | value::ANSI => {
                let mut spelled = Vec::new();
                value::push(&mut spelled, kind, bytes, spelling);
                self.text(std::str::from_utf8(&spelled).unwrap_or_default())
            }
            value::INT8 | value::INT16 | value::INT32 | value::INT64 => {
                text::signed(bytes).is_some_and(|number| self.number(i128::from(number)))
            }
            value::UINT8..=value::UINT64 | value::HEX32 | value::HEX64 | value::SIZE => {
                text::unsigned(bytes).is_some_and(|number| self.number(i128::from(number)))
            }
            value::BOOL => self.bool(text::signed(bytes)),
            value::REAL32 | value::REAL64 => self.real(bytes),
            value::FILETIME => u64_at(bytes, 0).is_some_and(|filetime| self.time(filetime)),
            value::SYSTEMTIME => text::systemtime_filetime(bytes).is_some_and(|filetime| self.time(filetime)),
            _ => false,
        }
    }

    fn bool(&mut self, number: Option<i64>) -> bool {
        match (&mut self.values, number) {
            (Values::Bool(values), Some(number @ 0..=1)) => values.push(number == 1),
            _ => return false,
        }
        true
    }

    fn real(&mut self, bytes: &[u8]) -> bool {
        let Values::Real(values) = &mut self.values else { return false };
        let Some(bits) = text::unsigned(bytes) else { return false };
        values.push(if bytes.len() == 4 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) });
        true
    }

    fn number(&mut self, number: i128) -> bool {
        match &mut self.values {
            Values::Int32(values) => number.try_into().map(|number| values.push(number)).is_ok(),
            Values::Int64(values) => number.try_into().map(|number| values.push(number)).is_ok(),
            Values::UInt32(values) => number.try_into().map(|number| values.push(number)).is_ok(),
            Values::UInt64(values) => number.try_into().map(|number| values.push(number)).is_ok(),
            Values::Strings(strings) if self.kind == Type::Text => {
                strings.bytes.extend_from_slice(number.to_string().as_bytes());
                strings.end();
                true
            }
            _ => false,
        }
    }

    fn time(&mut self, filetime: u64) -> bool {
        match &mut self.values {
            Values::Time(values) => nanoseconds(filetime).map(|time| values.push(time)).is_some(),
            Values::Strings(strings) if self.kind == Type::Text => {
                text::push_filetime(&mut strings.bytes, filetime, 7);
                strings.end();
                true
            }
            _ => false,
        }
    }

    /// Append what was written as text, as in exported and forwarded logs.
    fn text(&mut self, text: &str) -> bool {
        match &mut self.values {
            Values::Names(names) => {
                let code = names.code(WRITTEN, text.as_bytes(), Spelling::default());
                names.codes.push(code);
                true
            }
            Values::Strings(strings) if self.kind != Type::Binary => {
                match (self.kind, text::parse_guid(text.as_bytes())) {
                    (Type::Guid, Some(guid)) => text::push_guid(&mut strings.bytes, &guid),
                    (Type::Guid, None) => return false,
                    _ => strings.bytes.extend_from_slice(text.as_bytes()),
                }
                strings.end();
                true
            }
            Values::Time(_) => text::parse_time(text.as_bytes()).is_some_and(|filetime| self.time(filetime)),
            Values::Bool(values) if text == "true" || text == "false" => {
                values.push(text == "true");
                true
            }
            Values::Real(values) => text.trim().parse().map(|number| values.push(number)).is_ok(),
            _ => text::parse_number(text.as_bytes()).is_some_and(|number| self.number(number)),
        }
    }
}
