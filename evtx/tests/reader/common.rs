//! What the tests share: real logs, rows of all columns as text, and XML as a list of events.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{Array, RecordBatch};
use trackway_evtx::request::system_columns;
use trackway_evtx::{Answer, Column, Filter, Message, Of, Reader, Request, Rows, Shape, Tally, Type};

/// A record with everything as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub number: u64,
    pub status: String,
    pub system: Vec<(String, Option<String>)>,
    pub fields: Vec<(String, Option<String>)>,
    pub xml: String,
}

/// Numbers that look random and are the same each time.
pub struct Chance(pub u64);

impl Chance {
    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// The real logs, where they are at hand.
pub fn logs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/evtx");
    let mut found = Vec::new();
    for folder in ["omerbenamram", "python-evtx"] {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
        found.extend(
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "evtx")),
        );
    }
    found.sort();
    if found.is_empty() {
        eprintln!("the shared recordings are not beside this repository: nothing compared");
    }
    found
}

/// The bytes of a real log, where it is at hand.
pub fn log(name: &str) -> Option<Vec<u8>> {
    let path: Option<PathBuf> = logs().into_iter().find(|path| path.ends_with(name));
    path.map(|path| std::fs::read(path).unwrap())
}

/// A shape with every column there is, System as text.
pub fn everything() -> Shape {
    let mut columns: Vec<Column> = system_columns();
    for column in &mut columns {
        if column.of != Of::Number {
            column.kind = Type::Text;
        }
    }
    columns.push(Column { name: "fields".into(), of: Of::Fields, kind: Type::Text });
    columns.push(Column { name: "xml".into(), of: Of::Xml, kind: Type::Text });
    Shape { filter: Filter::default(), columns }
}

/// Read a log to its end.
pub fn read(path: &Path, request: Request) -> (Vec<Rows>, Tally) {
    let mut reader = Reader::new(File::open(path).unwrap(), Arc::new(request)).unwrap();
    let mut found = Vec::new();
    let mut tally = Tally::default();
    while let Some(message) = reader.step().unwrap() {
        tally.add(&mut reader.tally());
        if let Message::Rows(rows) = message {
            found.push(rows);
        }
    }
    tally.add(&mut reader.tally());
    (found, tally)
}

/// Every record of a log, with everything as text.
pub fn rows(path: &Path) -> Vec<Row> {
    let (found, _) = read(path, Request::new(Answer::Shapes(vec![everything()])));
    found.iter().flat_map(|rows| rows_of(&rows.batch)).collect()
}

fn text(batch: &RecordBatch, name: &str, row: usize) -> Option<String> {
    let column = batch.column_by_name(name).unwrap().as_string::<i32>();
    column.is_valid(row).then(|| column.value(row).to_owned())
}

/// The rows of a batch.
pub fn rows_of(batch: &RecordBatch) -> Vec<Row> {
    let numbers = batch.column_by_name("number").unwrap().as_primitive::<UInt64Type>();
    let pairs = batch.column_by_name("fields").unwrap().as_list::<i32>();
    let names: Vec<String> =
        system_columns().into_iter().map(|column| column.name).filter(|name| name != "number").collect();
    (0..batch.num_rows())
        .map(|row| {
            let list = pairs.value(row);
            let list = list.as_struct();
            let (keys, values) = (list.column(0).as_string::<i32>(), list.column(1).as_string::<i32>());
            let fields = (0..list.len())
                .map(|at| (keys.value(at).to_owned(), values.is_valid(at).then(|| values.value(at).to_owned())))
                .collect();
            Row {
                number: numbers.value(row),
                status: text(batch, "status", row).unwrap(),
                system: names.iter().map(|name| (name.clone(), text(batch, name, row))).collect(),
                fields,
                xml: text(batch, "xml", row).unwrap(),
            }
        })
        .collect()
}

/// A step of an XML text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Start(String, Vec<(String, String)>),
    End(String),
    Text(String),
}

/// XML as steps: white space between elements, quotation marks and the order of attributes do not matter.
pub fn events(xml: &str) -> Vec<Step> {
    let mut found = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        push_text(&mut found, &rest[..start]);
        rest = &rest[start + 1..];
        if let Some(data) = rest.strip_prefix("![CDATA[") {
            let end = data.find("]]>").unwrap();
            found.push(Step::Text(data[..end].to_owned()));
            rest = &data[end + 3..];
            continue;
        }
        let end = tag_end(rest);
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if tag.starts_with('?') || tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            found.push(Step::End(name.trim().to_owned()));
            continue;
        }
        let (inner, empty) = tag.strip_suffix('/').map_or((tag, false), |inner| (inner, true));
        let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        found.push(Step::Start(name.to_owned(), attributes_of(attributes)));
        if empty {
            found.push(Step::End(name.to_owned()));
        }
    }
    found
}

fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    for (at, character) in rest.char_indices() {
        match (quote, character) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    rest.len() - 1
}

fn attributes_of(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((name, rest)) = text.split_once('=') {
        let rest = rest.trim_start();
        let quote = rest.chars().next().unwrap();
        let end = rest[1..].find(quote).unwrap() + 1;
        found.push((name.trim().to_owned(), normal(&unescaped(&rest[1..end]))));
        text = &rest[end + 1..];
    }
    found.sort();
    found
}

fn push_text(found: &mut Vec<Step>, text: &str) {
    if text.trim_matches(['\n', '\r', ' ', '\t']).is_empty() && !matches!(found.last(), Some(Step::Text(_))) {
        if !text.is_empty() && matches!(found.last(), Some(Step::Start(..))) {
            found.push(Step::Text(unescaped(text)));
        }
        return;
    }
    found.push(Step::Text(normal(&unescaped(text))));
}

/// A text as both sides write it: a GUID has no letter case (Windows changed its mind about it).
pub fn normal(text: &str) -> String {
    let is_guid = text.len() == 38 && text.starts_with('{') && text.ends_with('}') && text.matches('-').count() == 4;
    if is_guid { text.to_ascii_uppercase() } else { text.to_owned() }
}

/// A text without the escapes of XML.
pub fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find(';') else { break };
        let name = &rest[at + 1..at + end];
        match name {
            "amp" => out.push('&'),
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            "apos" => out.push('\''),
            other => {
                let number = other.strip_prefix("#x").map_or_else(
                    || other.trim_start_matches('#').parse().ok(),
                    |hex| u32::from_str_radix(hex, 16).ok(),
                );
                out.push(number.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}
