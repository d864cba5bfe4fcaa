//! Kinds of events: provider, number, version and the fields of a template, and the columns that makes.

use crate::columns;
use crate::outline::{Outline, Source};
use crate::request::{Column, Of, Type, system_columns};
use crate::take;

/// A kind of event, and its columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind {
    /// Empty for the events that have no table of their own.
    pub provider: String,
    pub event_id: Option<u32>,
    pub version: Option<u32>,
    /// Names and types of the event's own columns, in order.
    pub fields: Vec<(String, Type)>,
}

impl Kind {
    /// The kind for the events that have no table of their own.
    pub fn rest() -> Self {
        Self { provider: String::new(), event_id: None, version: None, fields: Vec::new() }
    }

    /// The same kind with its fields as text.
    pub fn in_text(&self) -> Self {
        let fields = self.fields.iter().map(|(name, _)| (name.clone(), Type::Text)).collect();
        Self { fields, ..self.clone() }
    }

    /// System columns, then the event's own; a name that is taken gets a number.
    pub fn columns(&self) -> Vec<Column> {
        let mut found = system_columns();
        for (name, kind) in &self.fields {
            let mut free = name.clone();
            let mut number = 2;
            while found.iter().any(|column| column.name.eq_ignore_ascii_case(&free)) {
                free = format!("{name}_{number}");
                number += 1;
            }
            found.push(Column { name: free, of: Of::Field(name.clone()), kind: *kind });
        }
        if self.event_id.is_none() {
            found.push(Column { name: "fields".to_owned(), of: Of::Fields, kind: Type::Text });
        }
        found
    }
}

/// The event's own columns: each field once, `Data` for all without a name.
pub fn fields(outer: &Outline, inner: Option<&Outline>, typed: bool) -> Vec<(String, Type)> {
    let mut found: Vec<(String, Type)> = Vec::new();
    for (_, field) in take::fields(outer, inner) {
        if found.iter().any(|(name, _)| **name == *field.name) {
            continue;
        }
        let kind = match (&field.source, field.unnamed || !typed) {
            (Source::Hole { kind, .. }, false) => columns::declared(*kind),
            _ => Type::Text,
        };
        found.push((field.name.to_string(), kind));
    }
    found
}
