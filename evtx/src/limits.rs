//! What a hostile log may cost, and what can be wrong with a record.
//!
//! A chunk holds 64 KiB, but names and values in it may be referred to again and again: without a limit
//! one chunk could stand for gigabytes. The numbers are far above what Windows writes (the longest
//! template seen has 130 fields, the deepest event 9 levels) and keep a chunk below 64 MiB and a second.

use std::fmt;

/// Levels of elements and of templates inside templates.
pub const DEPTH: usize = 64;
/// UTF-16 units of the name of an element or attribute.
pub const NAME: usize = 1024;
/// Elements, attributes and values of one record.
pub const RECORD_NODES: usize = 1 << 16;
/// Elements, attributes and values that the general path builds for one chunk.
pub const CHUNK_NODES: usize = 1 << 19;
/// Bytes of text that one record may become.
pub const RECORD_TEXT: usize = 4 << 20;
/// Bytes of text that the records of one chunk may become.
pub const CHUNK_TEXT: usize = 32 << 20;
/// Templates that are kept; beyond that all are forgotten and learnt anew.
pub const TEMPLATES: usize = 8192;
/// Bytes of definitions that are kept.
pub const TEMPLATE_BYTES: usize = 16 << 20;
/// Kinds of events that 16 MiB of chunks may have tables for; the rest share one.
pub const KINDS: usize = 2048;
/// Columns of all these tables.
pub const KIND_COLUMNS: usize = 1 << 16;

/// Why a record or a part of it cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A value or a token reaches beyond its record.
    Short,
    /// A token that BinXML does not know, and where in the chunk it stands.
    Token(u8, u32),
    /// A name that is not where the record says.
    Name(u32),
    /// A template definition that is not where the record says.
    Template(u32),
    /// An end of an element without its beginning, or the reverse.
    Unbalanced,
    /// A substitution whose value is missing.
    Hole(u16),
    /// No `Event` element with a number in it.
    NoEvent,
    /// One of the limits of this module.
    Limit(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => write!(out, "ends within a value"),
            Self::Token(token, place) => write!(out, "unknown token 0x{token:02x} at {place} of its chunk"),
            Self::Name(place) => write!(out, "no name at {place} of its chunk"),
            Self::Template(place) => write!(out, "no template at {place} of its chunk"),
            Self::Unbalanced => write!(out, "elements do not close"),
            Self::Hole(index) => write!(out, "value {index} of its template is missing"),
            Self::NoEvent => write!(out, "holds no event with a number"),
            Self::Limit(what) => write!(out, "limit reached: {what}"),
        }
    }
}

impl std::error::Error for Fault {}

/// What is left of the limits of a record and of its chunk.
#[derive(Clone, Debug)]
pub struct Budget {
    record_nodes: usize,
    record_text: usize,
    chunk_nodes: usize,
    chunk_text: usize,
}

impl Budget {
    /// The limits of a chunk of which nothing is used yet.
    pub fn chunk() -> Self {
        Self { record_nodes: RECORD_NODES, record_text: RECORD_TEXT, chunk_nodes: CHUNK_NODES, chunk_text: CHUNK_TEXT }
    }

    /// Begin the next record.
    pub fn record(&mut self) {
        self.record_nodes = RECORD_NODES;
        self.record_text = RECORD_TEXT;
    }

    /// Count elements, attributes or values.
    pub fn nodes(&mut self, count: usize) -> Result<(), Fault> {
        if count > self.record_nodes || count > self.chunk_nodes {
            return Err(Fault::Limit("too many elements"));
        }
        self.record_nodes -= count;
        self.chunk_nodes -= count;
        Ok(())
    }

    /// Count bytes of text.
    pub fn text(&mut self, count: usize) -> Result<(), Fault> {
        if count > self.record_text || count > self.chunk_text {
            return Err(Fault::Limit("too much text"));
        }
        self.record_text -= count;
        self.chunk_text -= count;
        Ok(())
    }
}
