//! Columns while they grow, and the Arrow arrays they become.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::BooleanBufferBuilder;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampNanosecondType, UInt32Type, UInt64Type};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, DictionaryArray, ListArray, PrimitiveArray, StringArray,
    StructArray,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, TimeUnit};

use crate::bytes::u64_at;
use crate::request::{Of, Type};
use crate::text;
use crate::value::{self, Slot, Spelling};

/// 100 ns steps from 1601 to 1970.
const EPOCH: i128 = 116_444_736_000_000_000;

/// A value on its way into a column.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Null,
    Text(&'a str),
    /// A single value of a type.
    Value(u8, &'a [u8]),
    Number(u64),
    Filetime(u64),
}

/// Which rows have a value; nothing is kept as long as all have.
#[derive(Debug, Default)]
struct Validity {
    flags: Option<Vec<bool>>,
}

impl Validity {
    #[inline(always)]
    fn push(&mut self, rows: usize, valid: bool) {
        if let Some(flags) = &mut self.flags {
            flags.push(valid);
        } else if !valid {
            let mut flags = vec![true; rows];
            flags.push(false);
            self.flags = Some(flags);
        }
    }

    fn valid(&mut self, count: usize) {
        if let Some(flags) = &mut self.flags {
            flags.resize(flags.len() + count, true);
        }
    }

    fn repeat(&mut self, count: usize) {
        if let Some(flags) = &mut self.flags {
            let last = flags.last().copied().unwrap_or(true);
            flags.resize(flags.len() + count, last);
        }
    }

    fn truncate(&mut self, rows: usize) {
        if let Some(flags) = &mut self.flags {
            flags.truncate(rows);
        }
    }

    fn finish(&mut self) -> Option<NullBuffer> {
        let flags = self.flags.take()?;
        let mut bits = BooleanBufferBuilder::new(flags.len());
        bits.append_slice(&flags);
        Some(NullBuffer::new(bits.finish()))
    }
}

/// Text or bytes of rows, one after the other.
#[derive(Debug)]
struct Strings {
    ends: Vec<i32>,
    bytes: Vec<u8>,
    /// The value before, as it stood in the log, its type, and where its text starts and ends.
    last: (Vec<u8>, u8, usize, usize),
}

impl Strings {
    fn new() -> Self {
        Self { ends: vec![0], bytes: Vec::new(), last: (Vec::new(), value::NULL, 0, 0) }
    }

    #[inline(always)]
    fn end(&mut self) {
        self.ends.push(self.bytes.len() as i32);
    }

    fn repeat(&mut self, count: usize) {
        let end = self.bytes.len();
        let start = self.ends.iter().rev().nth(1).map_or(0, |start| *start as usize);
        for _ in 0..count {
            self.bytes.extend_from_within(start..end);
            self.end();
        }
    }

    fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows + 1);
        self.bytes.truncate(self.ends[rows] as usize);
        self.last = (Vec::new(), value::NULL, 0, 0);
    }

    fn finish(&mut self) -> (OffsetBuffer<i32>, Buffer) {
        let taken = std::mem::replace(self, Self::new());
        // the next batch will be much like this one
        self.ends.reserve(taken.ends.len());
        self.bytes.reserve(taken.bytes.len() + taken.bytes.len() / 8);
        (OffsetBuffer::new(ScalarBuffer::from(taken.ends)), Buffer::from_vec(taken.bytes))
    }

    /// Append a value as text; that of the row before is not spelled again.
    #[inline]
    fn value(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) {
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
struct Names {
    codes: Vec<i32>,
    texts: Vec<String>,
    known: HashMap<(u8, Vec<u8>), i32>,
    last: (u8, Vec<u8>, i32),
}

impl Names {
    /// The number of what stands in the log as `bytes` of a type.
    #[inline(always)]
    fn code(&mut self, kind: u8, bytes: &[u8], spelling: Spelling) -> i32 {
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
const WRITTEN: u8 = 0xff;

#[derive(Debug)]
enum Values {
    Strings(Strings),
    Names(Names),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    UInt32(Vec<u32>),
    UInt64(Vec<u64>),
    Real(Vec<f64>),
    Bool(Vec<bool>),
    Time(Vec<i64>),
    /// Names, values, and which values there are; ends of the rows.
    Pairs {
        names: Strings,
        values: Box<Column>,
        ends: Vec<i32>,
    },
}

/// One column.
#[derive(Debug)]
pub struct Column {
    kind: Type,
    /// An empty text of System is no value.
    blank: bool,
    values: Values,
    validity: Validity,
    rows: usize,
    /// What stands in every row until something else is said.
    fill: Option<Box<str>>,
}

impl Column {
    /// An empty column.
    pub fn new(of: &Of, kind: Type) -> Self {
        let values = match (of, kind) {
            (Of::Fields, _) => {
                let values = Box::new(Self::new(&Of::Message, Type::Text));
                Values::Pairs { names: Strings::new(), values, ends: vec![0] }
            }
            (_, Type::Name) => Values::Names(Names::default()),
            (_, Type::Text | Type::Guid | Type::Sid | Type::Binary) => Values::Strings(Strings::new()),
            (_, Type::Int32) => Values::Int32(Vec::new()),
            (_, Type::Int64) => Values::Int64(Vec::new()),
            (_, Type::UInt32 | Type::Hex32) => Values::UInt32(Vec::new()),
            (_, Type::UInt64 | Type::Hex64) => Values::UInt64(Vec::new()),
            (_, Type::Real) => Values::Real(Vec::new()),
            (_, Type::Bool) => Values::Bool(Vec::new()),
            (_, Type::Time) => Values::Time(Vec::new()),
        };
        Self { kind, blank: matches!(of, Of::System(_)), values, validity: Validity::default(), rows: 0, fill: None }
    }

    /// Bytes of text or binary that wait.
    pub fn bytes(&self) -> usize {
        match &self.values {
            Values::Strings(strings) => strings.bytes.len(),
            Values::Names(names) => names.texts.iter().map(String::len).sum(),
            Values::Pairs { names, values, .. } => names.bytes.len() + values.bytes(),
            _ => 0,
        }
    }

    /// Say what stands in the rows that nothing is appended to.
    pub fn fill(&mut self, text: Option<&str>) {
        self.fill = text.map(Into::into);
    }

    /// Fill up to a number of rows.
    pub fn reach(&mut self, rows: usize, spelling: Spelling) {
        if self.rows >= rows {
            return;
        }
        match self.fill.take() {
            None => self.nulls(rows - self.rows),
            Some(text) => {
                self.push(Cell::Text(&text), spelling);
                self.repeat(rows - self.rows);
                self.fill = Some(text);
            }
        }
    }

    fn nulls(&mut self, count: usize) {
        self.null();
        self.repeat(count - 1);
    }

    /// Append the last row again.
    fn repeat(&mut self, count: usize) {
        fn again<T: Copy + Default>(values: &mut Vec<T>, count: usize) {
            let last = values.last().copied().unwrap_or_default();
            values.resize(values.len() + count, last);
        }
        match &mut self.values {
            Values::Strings(strings) => strings.repeat(count),
            Values::Names(names) => again(&mut names.codes, count),
            Values::Int32(values) => again(values, count),
            Values::Int64(values) | Values::Time(values) => again(values, count),
            Values::UInt32(values) => again(values, count),
            Values::UInt64(values) => again(values, count),
            Values::Real(values) => again(values, count),
            Values::Bool(values) => again(values, count),
            Values::Pairs { ends, .. } => again(ends, count),
        }
        self.validity.repeat(count);
        self.rows += count;
    }

    /// Append a value; false where it does not fit the type, and null stands in its place.
    #[inline(always)]
    pub fn push(&mut self, cell: Cell<'_>, spelling: Spelling) -> bool {
        let fits = match cell {
            Cell::Value(value::STRING | value::ANSI, [] | [0, 0, ..]) | Cell::Text("") if self.blank => {
                self.null();
                return true;
            }
            Cell::Value(kind, bytes) if kind != value::NULL => self.value(kind, bytes, spelling),
            Cell::Text(text) => self.text(text),
            Cell::Number(number) => self.number(i128::from(number)),
            Cell::Filetime(filetime) => self.time(i128::from(filetime)),
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
    fn null(&mut self) {
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
            value::FILETIME => u64_at(bytes, 0).is_some_and(|filetime| self.time(i128::from(filetime))),
            value::SYSTEMTIME => {
                text::systemtime_filetime(bytes).is_some_and(|filetime| self.time(i128::from(filetime)))
            }
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

    fn time(&mut self, filetime: i128) -> bool {
        match &mut self.values {
            Values::Time(values) => {
                ((filetime - EPOCH) * 100).try_into().map(|nanoseconds| values.push(nanoseconds)).is_ok()
            }
            Values::Strings(strings) if self.kind == Type::Text => {
                text::push_filetime(&mut strings.bytes, filetime as u64, 7);
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
            Values::Time(_) => {
                text::parse_time(text.as_bytes()).is_some_and(|filetime| self.time(i128::from(filetime)))
            }
            Values::Bool(values) if text == "true" || text == "false" => {
                values.push(text == "true");
                true
            }
            Values::Real(values) => text.trim().parse().map(|number| values.push(number)).is_ok(),
            _ => text::parse_number(text.as_bytes()).is_some_and(|number| self.number(number)),
        }
    }

    /// Append values of many rows; false where one of them does not fit, or is an array.
    pub fn extend(&mut self, mut slots: impl Iterator<Item = Slot>, chunk: &[u8], spelling: Spelling) -> bool {
        let mut fits = true;
        loop {
            let before = self.len();
            let odd = self.run(&mut slots, chunk, spelling);
            let added = self.len() - before;
            self.validity.valid(added);
            self.rows += added;
            let Some(slot) = odd else { return fits };
            fits &= !slot.is_array() && self.push(present(slot, chunk), spelling);
        }
    }

    /// Append values as long as they are of the usual type; return the first that is not.
    #[inline(always)]
    fn run(&mut self, slots: &mut impl Iterator<Item = Slot>, chunk: &[u8], spelling: Spelling) -> Option<Slot> {
        fn while_some<T>(
            values: &mut Vec<T>,
            slots: &mut impl Iterator<Item = Slot>,
            value: impl Fn(Slot) -> Option<T>,
        ) -> Option<Slot> {
            for slot in slots {
                let Some(value) = value(slot) else { return Some(slot) };
                values.push(value);
            }
            None
        }
        match &mut self.values {
            Values::UInt32(values) => while_some(values, slots, |slot| match (slot.kind, slot.bytes(chunk)) {
                (value::UINT32 | value::HEX32, &[a, b, c, d]) => Some(u32::from_le_bytes([a, b, c, d])),
                (value::UINT16, &[a, b]) => Some(u32::from(u16::from_le_bytes([a, b]))),
                (value::UINT8, &[a]) => Some(u32::from(a)),
                _ => None,
            }),
            Values::UInt64(values) => while_some(values, slots, |slot| match (slot.kind, slot.len) {
                (value::UINT64 | value::HEX64 | value::SIZE, 8) => u64_at(slot.bytes(chunk), 0),
                _ => None,
            }),
            Values::Time(values) => while_some(values, slots, |slot| match (slot.kind, slot.len) {
                (value::FILETIME, 8) => {
                    let filetime = i128::from(u64_at(slot.bytes(chunk), 0)?);
                    ((filetime - EPOCH) * 100).try_into().ok()
                }
                _ => None,
            }),
            Values::Strings(strings) if self.kind == Type::Text && !self.blank => {
                for slot in slots {
                    if slot.kind != value::STRING {
                        return Some(slot);
                    }
                    text::push_utf16(&mut strings.bytes, slot.bytes(chunk));
                    strings.end();
                }
                None
            }
            Values::Strings(strings) if matches!(self.kind, Type::Sid | Type::Guid) => {
                for slot in slots {
                    let wanted = if self.kind == Type::Sid { value::SID } else { value::GUID };
                    if slot.kind != wanted || slot.len < 8 {
                        return Some(slot);
                    }
                    strings.value(slot.kind, slot.bytes(chunk), spelling);
                    strings.end();
                }
                None
            }
            Values::Names(names) => {
                for slot in slots {
                    let bytes = slot.bytes(chunk);
                    let blank = slot.len < 8 || slot.kind == value::STRING && bytes.starts_with(&[0, 0]);
                    if blank || !matches!(slot.kind, value::STRING | value::GUID | value::SID) {
                        return Some(slot);
                    }
                    let code = names.code(slot.kind, bytes, spelling);
                    names.codes.push(code);
                }
                None
            }
            _ => slots.next(),
        }
    }

    /// Rows, by the values themselves.
    fn len(&self) -> usize {
        match &self.values {
            Values::Strings(strings) => strings.ends.len() - 1,
            Values::Names(names) => names.codes.len(),
            Values::Int32(values) => values.len(),
            Values::Int64(values) | Values::Time(values) => values.len(),
            Values::UInt32(values) => values.len(),
            Values::UInt64(values) => values.len(),
            Values::Real(values) => values.len(),
            Values::Bool(values) => values.len(),
            Values::Pairs { ends, .. } => ends.len() - 1,
        }
    }

    /// Append the fields of a row.
    pub fn pairs<'a>(&mut self, pairs: impl Iterator<Item = (&'a str, Cell<'a>)>, spelling: Spelling) {
        let Values::Pairs { names, values, ends } = &mut self.values else { return };
        for (name, cell) in pairs {
            names.bytes.extend_from_slice(name.as_bytes());
            names.end();
            values.push(cell, spelling);
        }
        ends.push(values.rows as i32);
        self.validity.push(self.rows, true);
        self.rows += 1;
    }

    /// Take rows away again.
    pub fn truncate(&mut self, rows: usize) {
        if self.rows <= rows {
            return;
        }
        match &mut self.values {
            Values::Strings(strings) => strings.truncate(rows),
            Values::Names(names) => names.codes.truncate(rows),
            Values::Int32(values) => values.truncate(rows),
            Values::Int64(values) | Values::Time(values) => values.truncate(rows),
            Values::UInt32(values) => values.truncate(rows),
            Values::UInt64(values) => values.truncate(rows),
            Values::Real(values) => values.truncate(rows),
            Values::Bool(values) => values.truncate(rows),
            Values::Pairs { names, values, ends } => {
                ends.truncate(rows + 1);
                names.truncate(ends[rows] as usize);
                values.truncate(ends[rows] as usize);
            }
        }
        self.validity.truncate(rows);
        self.rows = rows;
    }

    /// The column as an array; it is empty then.
    pub fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let nulls = self.validity.finish();
        self.rows = 0;
        match &mut self.values {
            Values::Strings(strings) => {
                let (offsets, bytes) = strings.finish();
                if self.kind == Type::Binary {
                    return Ok(Arc::new(BinaryArray::try_new(offsets, bytes, nulls)?));
                }
                Ok(Arc::new(StringArray::try_new(offsets, bytes, nulls)?))
            }
            Values::Names(names) => {
                let taken = std::mem::take(names);
                names.codes.reserve(taken.codes.len());
                let texts: ArrayRef = Arc::new(StringArray::from(taken.texts));
                let codes = PrimitiveArray::<Int32Type>::try_new(ScalarBuffer::from(taken.codes), nulls)?;
                Ok(Arc::new(DictionaryArray::try_new(codes, texts)?))
            }
            Values::Int32(values) => primitive::<Int32Type>(values, nulls),
            Values::Int64(values) => primitive::<Int64Type>(values, nulls),
            Values::UInt32(values) => primitive::<UInt32Type>(values, nulls),
            Values::UInt64(values) => primitive::<UInt64Type>(values, nulls),
            Values::Real(values) => primitive::<Float64Type>(values, nulls),
            Values::Time(values) => {
                let values = ScalarBuffer::from(std::mem::take(values));
                let array = PrimitiveArray::<TimestampNanosecondType>::try_new(values, nulls)?;
                Ok(Arc::new(array.with_timezone("UTC")))
            }
            Values::Bool(values) => {
                let bits = arrow_buffer::BooleanBuffer::from(std::mem::take(values));
                Ok(Arc::new(BooleanArray::new(bits, nulls)))
            }
            Values::Pairs { names, values, ends } => {
                let (offsets, bytes) = names.finish();
                let names: ArrayRef = Arc::new(StringArray::try_new(offsets, bytes, None)?);
                let pairs = StructArray::try_new(pair_fields(), vec![names, values.finish()?], None)?;
                let offsets = OffsetBuffer::new(ScalarBuffer::from(std::mem::replace(ends, vec![0])));
                Ok(Arc::new(ListArray::try_new(Arc::new(pair_field()), offsets, Arc::new(pairs), nulls)?))
            }
        }
    }
}

fn primitive<T: ArrowPrimitiveType>(
    values: &mut Vec<T::Native>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, ArrowError> {
    let capacity = values.len();
    let taken = std::mem::replace(values, Vec::with_capacity(capacity));
    Ok(Arc::new(PrimitiveArray::<T>::try_new(ScalarBuffer::from(taken), nulls)?))
}

fn pair_fields() -> Fields {
    Fields::from(vec![Field::new("name", DataType::Utf8, false), Field::new("value", DataType::Utf8, true)])
}

fn pair_field() -> Field {
    Field::new("item", DataType::Struct(pair_fields()), false)
}

/// The Arrow field of a column; what its type is in a log stands in its metadata.
pub fn field(name: &str, of: &Of, kind: Type) -> Field {
    let data = match (of, kind) {
        (Of::Fields, _) => DataType::List(Arc::new(pair_field())),
        (_, Type::Name) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        (_, Type::Text | Type::Guid | Type::Sid) => DataType::Utf8,
        (_, Type::Binary) => DataType::Binary,
        (_, Type::Int32) => DataType::Int32,
        (_, Type::Int64) => DataType::Int64,
        (_, Type::UInt32 | Type::Hex32) => DataType::UInt32,
        (_, Type::UInt64 | Type::Hex64) => DataType::UInt64,
        (_, Type::Real) => DataType::Float64,
        (_, Type::Bool) => DataType::Boolean,
        (_, Type::Time) => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
    };
    Field::new(name, data, true).with_metadata(HashMap::from([("evtx".to_owned(), kind.name().to_owned())]))
}

/// The type of a column for values that a template declares as `kind`.
pub fn declared(kind: u8) -> Type {
    match kind {
        value::INT8 | value::INT16 | value::INT32 => Type::Int32,
        value::UINT8 | value::UINT16 | value::UINT32 => Type::UInt32,
        value::INT64 => Type::Int64,
        value::UINT64 => Type::UInt64,
        value::HEX32 => Type::Hex32,
        value::HEX64 | value::SIZE => Type::Hex64,
        value::REAL32 | value::REAL64 => Type::Real,
        value::BOOL => Type::Bool,
        value::BINARY => Type::Binary,
        value::GUID => Type::Guid,
        value::FILETIME | value::SYSTEMTIME => Type::Time,
        value::SID => Type::Sid,
        _ => Type::Text,
    }
}

/// A value, or null where it is NULL or a value without bytes that is no text; an array is none.
#[inline(always)]
pub fn present(slot: Slot, chunk: &[u8]) -> Cell<'_> {
    if slot.len == 0 && !matches!(slot.kind, value::STRING | value::ANSI | value::BINARY) {
        return Cell::Null;
    }
    Cell::Value(slot.kind, slot.bytes(chunk))
}
