//! BinXML to a tree: the general way, for every form that a fragment can have.
//!
//! Sources: [MS-EVEN6] 2.2.12; where files differ from it, `docs/reader.md` says how. All places are
//! counted from the start of the chunk, because names and templates are shared within it.

mod filling;
mod instance;
mod parser;

use std::sync::Arc;

pub use self::instance::{Instance, instance_at, values};
pub use self::parser::Parser;
use crate::bytes::u16_at;
use crate::limits::{Budget, Fault, NAME};
use crate::text;
use crate::value::Slot;

/// What stands inside an element.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Element(Arc<Element>),
    Piece(Piece),
}

/// Names of attributes, and their values.
pub type Attributes = Vec<(Arc<str>, Vec<Piece>)>;

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    pub name: Arc<str>,
    pub attributes: Attributes,
    pub children: Vec<Node>,
}

/// A part of the content of an element or of the value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text that stands in the fragment itself.
    Text(Box<str>),
    /// Where a value of the template goes; `optional` means that NULL takes the element away.
    Hole { index: u16, kind: u8, optional: bool },
    /// A value that went where a hole was.
    Value { slot: Slot, optional: bool },
    /// `&#38;`
    Character(u16),
    /// `&amp;`
    Entity(Arc<str>),
    /// `<![CDATA[...]]>`
    Section(Box<str>),
    /// `<?target data?>`
    Instruction(Arc<str>, Box<str>),
}

impl Piece {
    /// Bytes of the text that stands in the fragment itself.
    fn literal_length(&self) -> usize {
        match self {
            Self::Text(text) | Self::Section(text) | Self::Instruction(_, text) => text.len(),
            _ => 0,
        }
    }
}

/// What a parser needs to know of its surroundings.
pub trait Templates {
    /// The elements of the template whose definition stands at `offset`, asked for at some depth.
    fn nodes(&mut self, chunk: &[u8], offset: u32, depth: usize, budget: &mut Budget) -> Result<Arc<[Node]>, Fault>;

    /// The name at a place of the chunk, and where it ends.
    fn name(&mut self, chunk: &[u8], place: u32) -> Result<(Arc<str>, usize), Fault>;
}

/// A place where a name is referred to in a template definition, from the start of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameUse {
    pub at: u32,
    pub place: u32,
    pub inline: bool,
}

/// The name at a place of the chunk, and where it ends: next, hash, count of units, units, NUL.
pub fn name_at(chunk: &[u8], place: u32) -> Result<(Arc<str>, usize), Fault> {
    let fault = Fault::Name(place);
    let start = place as usize + 8;
    let units = usize::from(u16_at(chunk, place as usize + 6).ok_or(fault)?);
    if units == 0 {
        return Err(fault);
    }
    if units > NAME {
        return Err(Fault::Limit("a name too long"));
    }
    let bytes = chunk.get(start..start + units * 2).ok_or(fault)?;
    Ok((text::utf16(bytes).into(), start + units * 2 + 2))
}
