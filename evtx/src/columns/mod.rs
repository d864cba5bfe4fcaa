//! Columns while they grow, and the Arrow arrays they become.

mod arrow;
mod block;
mod names;
mod push;
mod strings;
mod validity;

pub use self::arrow::{declared, field};
use self::names::Names;
use self::strings::Strings;
use self::validity::Validity;
use crate::request::{Of, Type};
use crate::value::{self, Slot, Spelling};

/// 100 ns steps from 1601 to 1970.
const EPOCH: i64 = 116_444_736_000_000_000;

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

/// A value, or null where it is NULL or a value without bytes that is no text; an array is none.
#[inline(always)]
pub fn present(slot: Slot, chunk: &[u8]) -> Cell<'_> {
    if absent(slot) { Cell::Null } else { Cell::Value(slot.kind(), slot.bytes(chunk)) }
}

#[inline(always)]
fn absent(slot: Slot) -> bool {
    slot.kind() == value::NULL
        || slot.length() == 0 && !matches!(slot.kind(), value::STRING | value::ANSI | value::BINARY)
}

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

impl Values {
    /// Get ready for the first row that has a value, behind some that have none.
    fn begin(&mut self, rows: usize) {
        match self {
            Self::Strings(strings) => strings.begin(rows),
            Self::Names(names) => names.codes.resize(rows, 0),
            Self::Int32(values) => values.resize(rows, 0),
            Self::Int64(values) | Self::Time(values) => values.resize(rows, 0),
            Self::UInt32(values) => values.resize(rows, 0),
            Self::UInt64(values) => values.resize(rows, 0),
            Self::Real(values) => values.resize(rows, 0.0),
            Self::Bool(values) => values.resize(rows, false),
            Self::Pairs { ends, .. } => ends.resize(rows + 1, 0),
        }
    }

    /// Take rows away again.
    fn truncate(&mut self, rows: usize) {
        match self {
            Self::Strings(strings) => strings.truncate(rows),
            Self::Names(names) => names.codes.truncate(rows),
            Self::Int32(values) => values.truncate(rows),
            Self::Int64(values) | Self::Time(values) => values.truncate(rows),
            Self::UInt32(values) => values.truncate(rows),
            Self::UInt64(values) => values.truncate(rows),
            Self::Real(values) => values.truncate(rows),
            Self::Bool(values) => values.truncate(rows),
            Self::Pairs { names, values, ends } => {
                ends.truncate(rows + 1);
                let pairs = ends.get(rows).map_or(0, |end| *end as usize);
                names.truncate(pairs);
                values.truncate(pairs);
            }
        }
    }
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
    /// Rows that nothing is kept of, because all so far have no value; zero as soon as one has.
    blank_rows: usize,
    /// What stands in every row until something else is said.
    fill: Option<Box<str>>,
}

impl Column {
    /// An empty column.
    pub fn new(of: &Of, kind: Type) -> Self {
        let values = match (of, kind) {
            (Of::Fields, _) => {
                let values = Box::new(Self::new(&Of::Message, Type::Text));
                Values::Pairs { names: Strings::default(), values, ends: Vec::new() }
            }
            (_, Type::Name) => Values::Names(Names::new()),
            (_, Type::Text | Type::Guid | Type::Sid | Type::Binary) => Values::Strings(Strings::default()),
            (_, Type::Int32) => Values::Int32(Vec::new()),
            (_, Type::Int64) => Values::Int64(Vec::new()),
            (_, Type::UInt32 | Type::Hex32) => Values::UInt32(Vec::new()),
            (_, Type::UInt64 | Type::Hex64) => Values::UInt64(Vec::new()),
            (_, Type::Real) => Values::Real(Vec::new()),
            (_, Type::Bool) => Values::Bool(Vec::new()),
            (_, Type::Time) => Values::Time(Vec::new()),
        };
        let blank = matches!(of, Of::System(_));
        Self { kind, blank, values, validity: Validity::default(), rows: 0, blank_rows: 0, fill: None }
    }

    /// Get ready for a value.
    #[inline(always)]
    fn begin(&mut self) {
        if self.blank_rows == self.rows {
            self.begin_behind_blanks();
        }
    }

    #[cold]
    fn begin_behind_blanks(&mut self) {
        self.values.begin(self.rows);
        self.validity.begin(self.rows);
        self.blank_rows = 0;
    }

    /// Bytes of text or binary that wait.
    pub fn bytes(&self) -> usize {
        match &self.values {
            Values::Strings(strings) => strings.bytes.len(),
            Values::Names(names) => names.bytes(),
            Values::Pairs { names, values, .. } => names.bytes.len() + values.bytes(),
            _ => 0,
        }
    }

    /// Say what stands in the rows behind a number of them that nothing is appended to.
    #[inline]
    pub fn fill(&mut self, text: Option<&str>, rows: usize, spelling: Spelling) {
        if self.fill.as_deref() != text {
            self.reach(rows, spelling);
            self.fill = text.map(Into::into);
        }
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
        if self.blank_rows == self.rows {
            self.rows += count;
            self.blank_rows = self.rows;
        } else if count > 0 {
            self.null();
            self.repeat(count - 1);
        }
    }

    /// Append the last row again.
    fn repeat(&mut self, count: usize) {
        if self.blank_rows == self.rows {
            return self.nulls(count);
        }
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

    /// Append the fields of a row.
    pub fn pairs<'a>(&mut self, pairs: impl Iterator<Item = (&'a str, Cell<'a>)>, spelling: Spelling) {
        self.begin();
        let Values::Pairs { names, values, ends } = &mut self.values else { return };
        if names.ends.is_empty() {
            names.begin(0);
        }
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
        if self.blank_rows == self.rows {
            (self.rows, self.blank_rows) = (rows, rows);
            return;
        }
        self.values.truncate(rows);
        self.validity.truncate(rows);
        self.rows = rows;
    }
}
