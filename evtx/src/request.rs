//! What a reader is asked for: which events, and which columns of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::outline::System;
use crate::value::Spelling;

/// Which events. A filter that says nothing lets everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Names of providers, in any letter case. An event fits by its provider or by its channel.
    pub providers: Vec<String>,
    /// Names of channels, in any letter case.
    pub channels: Vec<String>,
    pub events: Option<BTreeSet<u32>>,
    pub versions: Option<BTreeSet<u32>>,
    /// FILETIME of the earliest event.
    pub since: Option<u64>,
    /// FILETIME behind the latest event.
    pub until: Option<u64>,
    /// Texts: of each of these lists, one must be part of some value of the event. This refuses only what cannot hold
    /// them; what is let through need not.
    pub holds: Vec<Vec<Needle>>,
}

/// A text that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    pub text: String,
    pub any_case: bool,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    System(System),
    /// Number of the record in its file, which an export counts anew.
    Number,
    /// When the record was written into its file.
    Written,
    /// How the record was got: `sound`, `bad checksum`, `dirty`, `recovered`.
    Status,
    /// Where the record starts in its file.
    Offset,
    /// Bytes of the record.
    Size,
    /// A field by its name; `Data` is the fields without name, a line each.
    Field(String),
    /// The text that a collector rendered.
    Message,
    /// All fields: names and values, in order.
    Fields,
    /// The whole event as XML.
    Xml,
}

/// How a column is typed. What does not fit is null in a column whose type the caller chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    Text,
    /// Text of which few values are different, as a dictionary.
    Name,
    Int32,
    Int64,
    UInt32,
    UInt64,
    /// A number that Windows writes in hexadecimal.
    Hex32,
    Hex64,
    Real,
    Bool,
    Binary,
    /// As text, in braces and upper case.
    Guid,
    /// As text, `S-1-5-18`.
    Sid,
    /// UTC, in nanoseconds; from 1677 to 2262.
    Time,
}

impl Type {
    /// The type of a name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "name" => Self::Name,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "uint32" => Self::UInt32,
            "uint64" => Self::UInt64,
            "hex32" => Self::Hex32,
            "hex64" => Self::Hex64,
            "real" => Self::Real,
            "bool" => Self::Bool,
            "binary" => Self::Binary,
            "guid" => Self::Guid,
            "sid" => Self::Sid,
            "time" => Self::Time,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Name => "name",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::UInt32 => "uint32",
            Self::UInt64 => "uint64",
            Self::Hex32 => "hex32",
            Self::Hex64 => "hex64",
            Self::Real => "real",
            Self::Bool => "bool",
            Self::Binary => "binary",
            Self::Guid => "guid",
            Self::Sid => "sid",
            Self::Time => "time",
        }
    }
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub of: Of,
    pub kind: Type,
}

/// Some events, and what is wanted of them.
#[derive(Clone, Debug)]
pub struct Shape {
    pub filter: Filter,
    pub columns: Vec<Column>,
}

/// What the answer is made of.
#[derive(Clone, Debug)]
pub enum Answer {
    /// One table for each shape; an event that fits several goes to the first.
    Shapes(Vec<Shape>),
    /// One table for each kind of event: provider, number, version, and the fields of its template.
    Kinds(Filter),
}

/// All that a reader is told.
#[derive(Clone, Debug)]
pub struct Request {
    pub answer: Answer,
    /// Whether records left in slack from before a log wrapped are wanted too.
    pub recovered: bool,
    pub spelling: Spelling,
    /// Threads that decode.
    pub threads: usize,
    /// Rows of a batch at most.
    pub rows: usize,
    /// Where the only records start that are wanted, in order; chunks without any are not read where that can be.
    pub offsets: Option<Arc<[u64]>>,
}

impl Request {
    /// Ask for something, with everything else as usual.
    pub fn new(answer: Answer) -> Self {
        // a kind has twice the columns of a shape, and its batch should stay in the processor's cache
        let rows = if matches!(answer, Answer::Kinds(_)) { 4096 } else { 16_384 };
        Self { answer, recovered: false, spelling: Spelling::default(), threads: 1, rows, offsets: None }
    }

    /// The filters, in the order of their tables.
    pub fn filters(&self) -> Vec<&Filter> {
        match &self.answer {
            Answer::Shapes(shapes) => shapes.iter().map(|shape| &shape.filter).collect(),
            Answer::Kinds(filter) => vec![filter],
        }
    }
}

/// Every System column, typed.
pub fn system_columns() -> Vec<Column> {
    let column = |name: &str, of: Of, kind: Type| Column { name: name.to_owned(), of, kind };
    let system = |name: &str, what: System, kind: Type| column(name, Of::System(what), kind);
    vec![
        system("record", System::RecordId, Type::UInt64),
        column("number", Of::Number, Type::UInt64),
        system("time", System::Time, Type::Time),
        column("written", Of::Written, Type::Time),
        system("provider", System::ProviderName, Type::Name),
        system("provider_guid", System::ProviderGuid, Type::Name),
        system("event_source", System::EventSourceName, Type::Name),
        system("event_id", System::EventId, Type::UInt32),
        system("qualifiers", System::Qualifiers, Type::UInt32),
        system("version", System::Version, Type::UInt32),
        system("level", System::Level, Type::UInt32),
        system("task", System::Task, Type::UInt32),
        system("opcode", System::Opcode, Type::UInt32),
        system("keywords", System::Keywords, Type::Hex64),
        system("activity_id", System::ActivityId, Type::Guid),
        system("related_activity_id", System::RelatedActivityId, Type::Guid),
        system("process_id", System::ProcessId, Type::UInt32),
        system("thread_id", System::ThreadId, Type::UInt32),
        system("channel", System::Channel, Type::Name),
        system("computer", System::Computer, Type::Name),
        system("user", System::UserId, Type::Name),
        column("status", Of::Status, Type::Name),
    ]
}

/// What `Of` a name of `System` stands for.
pub fn of_name(name: &str) -> Option<Of> {
    match name {
        "offset" => return Some(Of::Offset),
        "size" => return Some(Of::Size),
        "message" => return Some(Of::Message),
        "fields" => return Some(Of::Fields),
        "xml" => return Some(Of::Xml),
        "processor_id" => return Some(Of::System(System::ProcessorId)),
        "session_id" => return Some(Of::System(System::SessionId)),
        "kernel_time" => return Some(Of::System(System::KernelTime)),
        "user_time" => return Some(Of::System(System::UserTime)),
        "processor_time" => return Some(Of::System(System::ProcessorTime)),
        _ => {}
    }
    system_columns().into_iter().find(|column| column.name == name).map(|column| column.of)
}
