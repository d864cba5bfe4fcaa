//! One row at a time: for records with arrays, elements in elements, XML, or values of another type than usual.

use std::sync::Arc;

use super::Decoder;
use super::general::tree;
use super::table::{Table, Values};
use crate::chunk::Found;
use crate::columns::{self, Cell};
use crate::limits::{Budget, Fault, RECORD_TEXT};
use crate::outline::{Outline, Source};
use crate::take::{self, Part, Plan, Record, Take};
use crate::template::Cache;
use crate::value::Slot;
use crate::xml;

/// A record, and where its values are.
pub struct Given<'a> {
    pub chunk: &'a [u8],
    pub found: &'a Found,
    pub values: Values,
}

/// What the templates of a record say of it, the inner one behind the outer.
pub type Outlines<'a> = (&'a Outline, Option<&'a Outline>);

impl Decoder {
    /// Append a row; where a value does not fit the type of its kind, to the table of the same kind in text.
    pub(super) fn append(
        &mut self,
        given: &Given<'_>,
        budget: &mut Budget,
        table: usize,
        plan: &Arc<Plan>,
        outlines: Outlines<'_>,
    ) -> Result<(), Fault> {
        self.settle(table, given.chunk, budget);
        let record = Record {
            chunk: given.chunk,
            outer: &self.slots[given.values.outer as usize..given.values.inner as usize],
            inner: &self.slots[given.values.inner as usize..given.values.end as usize],
            found: given.found,
            base: self.place.1,
            spelling: self.request.spelling,
        };
        let length = given.found.end - given.found.start;
        if length * plan.varying.len() > RECORD_TEXT {
            budget.text(spelled_length(plan, record.outer, record.inner))?;
        }
        let xml = if plan.xml { xml_of(&record, &mut self.cache, budget)? } else { String::new() };
        let into = &mut self.tables[table];
        let rows = into.rows;
        into.follow(plan, self.request.spelling);
        let misfits = match push_row(into, plan, &record, outlines, &mut self.scratch, &xml, budget) {
            Ok(misfits) => misfits,
            Err(fault) => {
                into.truncate(rows);
                return Err(fault);
            }
        };
        if misfits.fields > 0 && into.kind.is_some() {
            into.truncate(rows);
            return self.append_as_text(given, budget, table, outlines);
        }
        self.tally.misfits += misfits.all();
        into.rows += 1;
        self.grown(table, length);
        Ok(())
    }

    #[cold]
    fn append_as_text(
        &mut self,
        given: &Given<'_>,
        budget: &mut Budget,
        table: usize,
        outlines: Outlines<'_>,
    ) -> Result<(), Fault> {
        let Some(kind) = self.tables[table].kind.clone() else { return Ok(()) };
        let other = self.table_of(kind.in_text());
        let other = self.activated(other);
        let plan = Arc::new(Plan::new(&self.tables[other].layout.specs, outlines.0, outlines.1));
        self.append(given, budget, other, &plan, outlines)
    }
}

/// Bytes of the values that a plan takes.
fn spelled_length(plan: &Plan, outer: &[Slot], inner: &[Slot]) -> usize {
    let length = |inside: bool, index: u16| {
        let slots = if inside { inner } else { outer };
        slots.get(usize::from(index)).map_or(0, |slot| slot.length() * 2)
    };
    plan.varying
        .iter()
        .map(|(_, _, take)| match take {
            Take::Slot { inner, index } => length(*inner, *index),
            _ => 0,
        })
        .sum()
}

#[derive(Clone, Copy, Default)]
struct Misfits {
    system: u64,
    fields: u64,
}

impl Misfits {
    fn all(self) -> u64 {
        self.system + self.fields
    }
}

/// Append a value to each column that differs from row to row; return how many did not fit.
#[inline]
fn push_row(
    into: &mut Table,
    plan: &Plan,
    record: &Record<'_>,
    outlines: Outlines<'_>,
    scratch: &mut Vec<u8>,
    xml: &str,
    budget: &mut Budget,
) -> Result<Misfits, Fault> {
    let mut misfits = Misfits::default();
    for (place, own, take) in &plan.varying {
        let column = &mut into.columns[*place];
        let fits = match take {
            Take::Slot { inner, index } => {
                let slot = record.slot(*inner, *index);
                if slot.is_array() {
                    let part = Part { inner: *inner, source: Source::Value(slot) };
                    column.push(record.part(&part, scratch, budget)?, record.spelling)
                } else {
                    column.push(columns::present(slot, record.chunk), record.spelling)
                }
            }
            other => push_other(column, other, record, outlines, scratch, xml, budget)?,
        };
        if !fits {
            if *own { misfits.fields += 1 } else { misfits.system += 1 }
        }
    }
    Ok(misfits)
}

fn push_other(
    column: &mut columns::Column,
    take: &Take,
    record: &Record<'_>,
    outlines: Outlines<'_>,
    scratch: &mut Vec<u8>,
    xml: &str,
    budget: &mut Budget,
) -> Result<bool, Fault> {
    let cell = match take {
        Take::Number => Cell::Number(record.found.number),
        Take::Written => Cell::Filetime(record.found.written),
        Take::Status => Cell::Text(record.found.status.words()),
        Take::Offset => Cell::Number(record.base.wrapping_add(record.found.start as u64)),
        Take::Size => Cell::Number(record.found.size()),
        Take::Part(part) => record.part(part, scratch, budget)?,
        Take::Lines(parts) => record.lines(parts, false, scratch, budget)?,
        Take::Numbered(parts) => record.lines(parts, true, scratch, budget)?,
        Take::Xml => Cell::Text(xml),
        Take::Fields => return push_fields(column, record, outlines, budget),
        Take::Text(text) => Cell::Text(text),
        Take::Slot { .. } | Take::Absent => Cell::Null,
    };
    Ok(column.push(cell, record.spelling))
}

fn push_fields(
    column: &mut columns::Column,
    record: &Record<'_>,
    outlines: Outlines<'_>,
    budget: &mut Budget,
) -> Result<bool, Fault> {
    let mut names = Vec::new();
    let mut spelled: Vec<Option<Vec<u8>>> = Vec::new();
    let mut slots = Vec::new();
    for (inner, field) in take::fields(outlines.0, outlines.1) {
        let part = Part { inner, source: field.source.clone() };
        for single in record.each(&part) {
            let mut text = None;
            if single.is_none() {
                let mut scratch = Vec::new();
                if let Cell::Text(found) = record.part(&part, &mut scratch, budget)? {
                    text = Some(found.as_bytes().to_vec());
                }
            }
            budget.nodes(1)?;
            budget.text(field.name.len() + single.map_or(0, |slot| slot.length()))?;
            names.push(&*field.name);
            slots.push(single);
            spelled.push(text);
        }
    }
    let cells = slots.iter().zip(&spelled).map(|(slot, text)| match (slot, text) {
        (Some(slot), _) => columns::present(*slot, record.chunk),
        (None, Some(text)) => Cell::Text(std::str::from_utf8(text).unwrap_or_default()),
        (None, None) => Cell::Null,
    });
    column.pairs(names.into_iter().zip(cells), record.spelling);
    Ok(true)
}

fn xml_of(record: &Record<'_>, cache: &mut Cache, budget: &mut Budget) -> Result<String, Fault> {
    let nodes = tree(record.chunk, record.found, false, record.spelling, cache, budget)?;
    let mut writer = xml::Writer { chunk: record.chunk, spelling: record.spelling, out: Vec::new() };
    writer.nodes(&nodes, budget)?;
    Ok(String::from_utf8(writer.out).unwrap_or_default())
}
