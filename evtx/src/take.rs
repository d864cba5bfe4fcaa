//! From an outline to columns: where each wanted column of a record comes from, worked out once.

use crate::binxml::{Element, Node};
use crate::chunk::Found;
use crate::columns::{Cell, present};
use crate::json::{self, push_piece};
use crate::limits::{Budget, Fault};
use crate::outline::{Field, Outline, Source, System};
use crate::request::{Column, Of};
use crate::value::{self, Slot, Spelling};

/// A source, and whether it belongs to the template inside the template.
#[derive(Clone, Debug)]
pub struct Part {
    pub inner: bool,
    pub source: Source,
}

/// Where the value of a column comes from.
#[derive(Clone, Debug)]
pub enum Take {
    Absent,
    Number,
    Written,
    Status,
    Offset,
    Size,
    Text(Box<str>),
    Slot {
        inner: bool,
        index: u16,
    },
    Part(Part),
    /// The fields without a name, a line each.
    Lines(Vec<Part>),
    /// `param1`, `param2`..., a line each, up to the first that is NULL.
    Numbered(Vec<Part>),
    Fields,
    Xml,
}

/// A record whose values are at hand.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub chunk: &'a [u8],
    pub outer: &'a [Slot],
    pub inner: &'a [Slot],
    pub found: &'a Found,
    /// Where its chunk starts in its file.
    pub base: u64,
    pub spelling: Spelling,
}

impl<'a> Record<'a> {
    /// The value at a place of a template.
    #[inline(always)]
    pub fn slot(&self, inner: bool, index: u16) -> Slot {
        self.slots(inner).get(usize::from(index)).copied().unwrap_or_default()
    }

    #[inline(always)]
    fn slots(&self, inner: bool) -> &'a [Slot] {
        if inner { self.inner } else { self.outer }
    }

    fn single(&self, part: &Part) -> Option<Slot> {
        match &part.source {
            Source::Hole { index, .. } => Some(self.slot(part.inner, *index)),
            Source::Value(slot) => Some(*slot),
            _ => None,
        }
    }

    /// The value of a part; `scratch` holds what had to be spelled.
    pub fn part<'b>(&self, part: &'b Part, scratch: &'b mut Vec<u8>, budget: &mut Budget) -> Result<Cell<'b>, Fault>
    where
        'a: 'b,
    {
        if let Some(slot) = self.single(part) {
            if !slot.is_array() {
                return Ok(present(slot, self.chunk));
            }
            let mut writer = json::Writer { chunk: self.chunk, spelling: self.spelling, slots: &[], out: Vec::new() };
            writer.array(slot);
            *scratch = writer.out;
        } else {
            match &part.source {
                Source::Text(text) => return Ok(Cell::Text(text)),
                Source::Mixed(pieces) => {
                    scratch.clear();
                    for piece in pieces {
                        push_piece(scratch, piece, self.slots(part.inner), self.chunk, self.spelling);
                    }
                }
                Source::Tree(tree) => self.tree(part.inner, tree, scratch, budget)?,
                _ => return Ok(Cell::Null),
            }
        }
        budget.text(scratch.len())?;
        Ok(Cell::Text(std::str::from_utf8(scratch).unwrap_or_default()))
    }

    fn tree(&self, inner: bool, tree: &Element, scratch: &mut Vec<u8>, budget: &mut Budget) -> Result<(), Fault> {
        let slots = self.slots(inner);
        let mut writer = json::Writer { chunk: self.chunk, spelling: self.spelling, slots, out: Vec::new() };
        writer.element(tree, budget)?;
        *scratch = writer.out;
        Ok(())
    }

    /// Fields as lines of one text.
    ///
    /// An empty element beside others is an empty line, a value that is NULL is none; `until_null` ends there,
    /// and gives null for no line at all.
    pub fn lines<'b>(
        &self,
        parts: &[Part],
        until_null: bool,
        scratch: &'b mut Vec<u8>,
        budget: &mut Budget,
    ) -> Result<Cell<'b>, Fault> {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        for part in parts {
            let empty = matches!(part.source, Source::Absent) && parts.len() > 1;
            let found = if empty { vec![Vec::new()] } else { self.lines_of(part, budget)? };
            if found.is_empty() && until_null {
                break;
            }
            lines.extend(found);
        }
        *scratch = lines.join(&b'\n');
        budget.text(scratch.len())?;
        let text = std::str::from_utf8(scratch).unwrap_or_default();
        Ok(if lines.is_empty() && until_null { Cell::Null } else { Cell::Text(text) })
    }

    fn lines_of(&self, part: &Part, budget: &mut Budget) -> Result<Vec<Vec<u8>>, Fault> {
        let mut found = Vec::new();
        for single in self.each(part) {
            let mut line = Vec::new();
            let cell = match single {
                Some(slot) => present(slot, self.chunk),
                None => self.part(part, &mut line, budget)?,
            };
            found.extend(self.text(cell));
        }
        Ok(found)
    }

    /// The values of a part one by one; null for one that is no plain value.
    pub fn each(&self, part: &Part) -> Vec<Option<Slot>> {
        match self.single(part) {
            Some(slot) if slot.is_array() => value::items(slot, self.chunk).into_iter().map(Some).collect(),
            found => vec![found],
        }
    }

    fn text(&self, cell: Cell<'_>) -> Option<Vec<u8>> {
        match cell {
            Cell::Text(text) => Some(text.as_bytes().to_vec()),
            Cell::Value(kind, bytes) if kind != value::NULL => {
                let mut out = Vec::new();
                value::push(&mut out, kind, bytes, self.spelling);
                Some(out)
            }
            _ => None,
        }
    }
}

/// Every field of an event: those beside the template inside it first.
pub fn fields<'a>(outer: &'a Outline, inner: Option<&'a Outline>) -> impl Iterator<Item = (bool, &'a Field)> {
    let inside = inner.into_iter().flat_map(|outline| &outline.fields).map(|field| (true, field));
    outer.fields.iter().map(|field| (false, field)).chain(inside)
}

/// Where all columns of a table come from, for records of certain templates.
#[derive(Debug, Default)]
pub struct Plan {
    /// Columns that are the same in every row, and their text.
    pub constant: Vec<(usize, Option<Box<str>>)>,
    /// Columns that differ, whether they are the event's own, and where they come from.
    pub varying: Vec<(usize, bool, Take)>,
    /// Whether XML is wanted.
    pub xml: bool,
    /// Whether every column that differs is a value of its own.
    pub simple: bool,
}

impl Plan {
    /// Work out where the columns come from.
    pub fn new(columns: &[Column], outer: &Outline, inner: Option<&Outline>) -> Self {
        let mut plan = Self { simple: true, ..Self::default() };
        for (place, column) in columns.iter().enumerate() {
            match take(column, outer, inner) {
                Take::Absent => plan.constant.push((place, None)),
                Take::Text(text) => plan.constant.push((place, Some(text))),
                varying => {
                    plan.xml |= matches!(varying, Take::Xml);
                    plan.simple &= matches!(
                        varying,
                        Take::Slot { .. } | Take::Number | Take::Written | Take::Status | Take::Offset | Take::Size
                    );
                    plan.varying.push((place, matches!(column.of, Of::Field(_)), varying));
                }
            }
        }
        plan
    }
}

fn take(column: &Column, outer: &Outline, inner: Option<&Outline>) -> Take {
    match &column.of {
        Of::Number => Take::Number,
        Of::Written => Take::Written,
        Of::Status => Take::Status,
        Of::Offset => Take::Offset,
        Of::Size => Take::Size,
        Of::Fields => Take::Fields,
        Of::Xml => Take::Xml,
        Of::System(what) => of_source(false, &outer.system[*what as usize]),
        Of::Message => of_source(false, &outer.message),
        Of::Field(name) => match named(name, outer, inner) {
            Take::Absent if name.eq_ignore_ascii_case("message") => of_source(false, &outer.message),
            found => found,
        },
    }
}

/// A field by its own spelling first, then by any; of several spellings the last wins.
fn named(name: &str, outer: &Outline, inner: Option<&Outline>) -> Take {
    let exact = fields(outer, inner).find(|(_, field)| *field.name == *name);
    let found = exact.or_else(|| {
        let lower = name.to_lowercase();
        fields(outer, inner).filter(|(_, field)| field.name.to_lowercase() == lower).last()
    });
    match found {
        Some((_, field)) if field.unnamed => {
            let unnamed = fields(outer, inner).filter(|(_, field)| field.unnamed);
            Take::Lines(unnamed.map(|(inner, field)| Part { inner, source: field.source.clone() }).collect())
        }
        Some((inner, field)) => of_source(inner, &field.source),
        None if name.eq_ignore_ascii_case("data") => numbered(outer, inner),
        None => Take::Absent,
    }
}

/// `param1`, `param2`..., as manifests call what has no better name.
fn numbered(outer: &Outline, inner: Option<&Outline>) -> Take {
    let found = (1..).map_while(|number| {
        let name = format!("param{number}");
        let same = fields(outer, inner).filter(|(_, field)| field.name.eq_ignore_ascii_case(&name));
        same.last().map(|(inner, field)| Part { inner, source: field.source.clone() })
    });
    Take::Numbered(found.collect())
}

fn of_source(inner: bool, source: &Source) -> Take {
    match source {
        Source::Absent => Take::Absent,
        Source::Text(text) => Take::Text(text.clone()),
        Source::Hole { index, .. } => Take::Slot { inner, index: *index },
        other => Take::Part(Part { inner, source: other.clone() }),
    }
}

/// Whether a record with these nodes says its System things at all.
pub fn has_event(outline: &Outline) -> bool {
    outline.event && !matches!(outline.system[System::EventId as usize], Source::Absent)
}

/// The elements of a fragment, for XML.
pub type Nodes = Vec<Node>;
