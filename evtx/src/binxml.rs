//! BinXML to a tree: the general way, for every form that a fragment can have.
//!
//! Sources: [MS-EVEN6] 2.2.12; where files differ from it, `docs/reader.md` says how. All places are
//! counted from the start of the chunk, because names and templates are shared within it.

use std::sync::Arc;

use crate::bytes::{u16_at, u32_at};
use crate::limits::{Budget, DEPTH, Fault, NAME};
use crate::text;
use crate::value::{self, Slot, Spelling};

/// What stands inside an element.
#[derive(Clone, Debug)]
pub enum Node {
    Element(Arc<Element>),
    Piece(Piece),
}

/// Names of attributes, and their values.
pub type Attributes = Vec<(Arc<str>, Vec<Piece>)>;

/// An element.
#[derive(Clone, Debug, Default)]
pub struct Element {
    pub name: Arc<str>,
    pub attributes: Attributes,
    pub children: Vec<Node>,
}

/// A part of the content of an element or of the value of an attribute.
#[derive(Clone, Debug)]
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

/// Reads tokens.
pub struct Parser<'a, T> {
    chunk: &'a [u8],
    at: usize,
    end: usize,
    definition: bool,
    spelling: Spelling,
    templates: &'a mut T,
    /// Where names are referred to; kept only of definitions.
    pub names: Vec<NameUse>,
    /// Whether the fragment holds something that stands elsewhere in the chunk, besides names.
    pub tied: bool,
    /// Stop behind the element `System`.
    pub only_system: bool,
    stopped: bool,
}

impl<'a, T: Templates> Parser<'a, T> {
    /// Read from `at` up to `end`; elements of definitions carry a dependency id.
    pub fn new(
        chunk: &'a [u8],
        at: usize,
        end: usize,
        definition: bool,
        spelling: Spelling,
        templates: &'a mut T,
    ) -> Self {
        let end = end.min(chunk.len());
        Self {
            chunk,
            at,
            end,
            definition,
            spelling,
            templates,
            names: Vec::new(),
            tied: false,
            only_system: false,
            stopped: false,
        }
    }

    /// Where the next token stands.
    pub fn place(&self) -> usize {
        self.at
    }

    /// Read a fragment up to its end token or the end of its bytes.
    pub fn fragment(&mut self, depth: usize, budget: &mut Budget) -> Result<Vec<Node>, Fault> {
        let mut found = Vec::new();
        while self.at < self.end && !self.stopped {
            match self.byte()? {
                0x00 => break,
                0x0f => self.skip(3)?,
                token => self.node(token, &mut found, depth, budget)?,
            }
        }
        Ok(found)
    }

    /// Read one token of content, with what belongs to it.
    fn node(&mut self, token: u8, found: &mut Vec<Node>, depth: usize, budget: &mut Budget) -> Result<(), Fault> {
        budget.nodes(1)?;
        match token {
            0x01 | 0x41 => {
                let element = self.element(token & 0x40 != 0, depth, budget)?;
                found.push(Node::Element(Arc::new(element)));
            }
            0x0c => found.extend(self.instance(depth, budget)?),
            _ => found.push(Node::Piece(self.piece(token)?)),
        }
        Ok(())
    }

    fn element(&mut self, has_attributes: bool, depth: usize, budget: &mut Budget) -> Result<Element, Fault> {
        if depth >= DEPTH {
            return Err(Fault::Limit("elements nested too deeply"));
        }
        if self.definition {
            self.skip(2)?;
        }
        self.skip(4)?;
        let name = self.name()?;
        budget.text(name.len())?;
        let attributes = if has_attributes { self.attributes(budget)? } else { Vec::new() };
        let mut element = Element { name, attributes, children: Vec::new() };
        match self.byte()? {
            0x02 => self.children(&mut element.children, depth + 1, budget)?,
            0x03 => {}
            _ => return Err(Fault::Unbalanced),
        }
        self.stopped |= self.only_system && &*element.name == "System";
        Ok(element)
    }

    fn children(&mut self, found: &mut Vec<Node>, depth: usize, budget: &mut Budget) -> Result<(), Fault> {
        while !self.stopped {
            match self.byte()? {
                0x04 => return Ok(()),
                0x00 | 0x02 | 0x03 => return Err(Fault::Unbalanced),
                0x0f => self.skip(3)?,
                token => self.node(token, found, depth, budget)?,
            }
        }
        Ok(())
    }

    fn attributes(&mut self, budget: &mut Budget) -> Result<Attributes, Fault> {
        self.skip(4)?;
        let mut found = Vec::new();
        while matches!(self.peek(), Some(0x06 | 0x46)) {
            budget.nodes(1)?;
            self.at += 1;
            let name = self.name()?;
            budget.text(name.len())?;
            let mut pieces = Vec::new();
            while let Some(token @ (0x05 | 0x45 | 0x07 | 0x47 | 0x08 | 0x48 | 0x09 | 0x49 | 0x0d | 0x0e)) = self.peek()
            {
                budget.nodes(1)?;
                self.at += 1;
                pieces.push(self.piece(token)?);
            }
            found.push((name, pieces));
        }
        Ok(found)
    }

    fn piece(&mut self, token: u8) -> Result<Piece, Fault> {
        match token {
            0x05 | 0x45 => self.literal(),
            0x07 | 0x47 => Ok(Piece::Section(self.counted()?)),
            0x08 | 0x48 => Ok(Piece::Character(self.short()?)),
            0x09 | 0x49 => Ok(Piece::Entity(self.name()?)),
            0x0a => self.instruction(),
            0x0d | 0x0e => {
                let index = self.short()?;
                Ok(Piece::Hole { index, kind: self.byte()?, optional: token == 0x0e })
            }
            _ => Err(Fault::Token(token, self.at as u32 - 1)),
        }
    }

    fn instruction(&mut self) -> Result<Piece, Fault> {
        let target = self.name()?;
        let data = if self.peek() == Some(0x0b) {
            self.at += 1;
            self.counted()?
        } else {
            Box::default()
        };
        Ok(Piece::Instruction(target, data))
    }

    /// Read a value that stands in the fragment; the standard allows only strings, files hold others.
    fn literal(&mut self) -> Result<Piece, Fault> {
        let kind = self.byte()?;
        if kind == value::STRING {
            return Ok(Piece::Text(self.counted()?));
        }
        let length = match value::width(kind) {
            Some(width) => width,
            None if kind == value::NULL => 0,
            None => usize::from(self.short()?),
        };
        let mut out = Vec::new();
        value::push(&mut out, kind, self.bytes(length)?, self.spelling);
        Ok(Piece::Text(String::from_utf8(out).unwrap_or_default().into()))
    }

    /// Read a template instance: its values go where its definition has holes.
    fn instance(&mut self, depth: usize, budget: &mut Budget) -> Result<Vec<Node>, Fault> {
        if depth >= DEPTH {
            return Err(Fault::Limit("templates nested too deeply"));
        }
        self.tied = true;
        let head = Instance::read(self.chunk, self.at, self.end)?;
        let nodes = self.templates.nodes(self.chunk, head.definition, depth + 1, budget)?;
        let mut slots = Vec::new();
        (self.at, _) = values(self.chunk, head.values, self.end, &mut slots)?;
        let filling = Filling { chunk: self.chunk, slots: &slots, spelling: self.spelling };
        filling.nodes(&nodes, self.templates, depth + 1, budget)
    }

    /// Read a name, which stands here or at another place of the chunk.
    fn name(&mut self) -> Result<Arc<str>, Fault> {
        let at = self.at;
        let place = self.long()?;
        let (text, end) = self.templates.name(self.chunk, place)?;
        let inline = place as usize == self.at;
        if inline {
            self.at = end;
        }
        if self.definition {
            self.names.push(NameUse { at: at as u32, place, inline });
        }
        Ok(text)
    }

    /// Read a text behind the count of its UTF-16 units.
    fn counted(&mut self) -> Result<Box<str>, Fault> {
        let units = usize::from(self.short()?);
        Ok(text::utf16(self.bytes(units * 2)?).into())
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let found = self.chunk.get(self.at..self.at + length).ok_or(Fault::Short)?;
        self.skip(length)?;
        Ok(found)
    }

    fn peek(&self) -> Option<u8> {
        (self.at < self.end).then(|| self.chunk[self.at])
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        let found = self.peek().ok_or(Fault::Short)?;
        self.at += 1;
        Ok(found)
    }

    fn short(&mut self) -> Result<u16, Fault> {
        let found = u16_at(self.chunk, self.at).ok_or(Fault::Short)?;
        self.skip(2)?;
        Ok(found)
    }

    fn long(&mut self) -> Result<u32, Fault> {
        let found = u32_at(self.chunk, self.at).ok_or(Fault::Short)?;
        self.skip(4)?;
        Ok(found)
    }

    fn skip(&mut self, count: usize) -> Result<(), Fault> {
        self.at += count;
        if self.at > self.end { Err(Fault::Short) } else { Ok(()) }
    }
}

/// The name at a place of the chunk, and where it ends: next, hash, count of units, units, NUL.
pub fn name_at(chunk: &[u8], place: u32) -> Result<(Arc<str>, usize), Fault> {
    let fault = Fault::Name(place);
    let start = place as usize + 8;
    let units = usize::from(u16_at(chunk, place as usize + 6).ok_or(fault)?);
    if units > NAME {
        return Err(Fault::Limit("a name too long"));
    }
    let bytes = chunk.get(start..start + units * 2).ok_or(fault)?;
    Ok((text::utf16(bytes).into(), start + units * 2 + 2))
}

/// The head of a template instance.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// Where the definition stands.
    pub definition: u32,
    /// Where the count of values stands.
    pub values: usize,
}

impl Instance {
    /// Read what follows the token 0x0c at `at`. The first instance in a chunk is followed by the definition.
    #[inline]
    pub fn read(chunk: &[u8], at: usize, end: usize) -> Result<Self, Fault> {
        let definition = u32_at(chunk, at + 5).ok_or(Fault::Short)?;
        let mut values = at + 9;
        if definition as usize == values {
            let size = u32_at(chunk, values + 20).ok_or(Fault::Short)?;
            values = values + 24 + size as usize;
        }
        if values > end { Err(Fault::Short) } else { Ok(Self { definition, values }) }
    }
}

/// Read the values of an instance from `at` on, and return where they end and how many of them are fragments.
#[inline]
pub fn values(chunk: &[u8], at: usize, end: usize, slots: &mut Vec<Slot>) -> Result<(usize, usize), Fault> {
    slots.clear();
    let mut fragments = 0;
    let count = u32_at(chunk, at).ok_or(Fault::Short)? as usize;
    let first = at + 4;
    if count > (end.saturating_sub(first)) / 4 {
        return Err(Fault::Short);
    }
    let mut start = first + count * 4;
    let descriptors = chunk.get(first..start).ok_or(Fault::Short)?;
    for &[low, high, kind, _] in descriptors.as_chunks::<4>().0 {
        let len = u16::from_le_bytes([low, high]);
        slots.push(Slot { start: start as u32, len, kind });
        fragments += usize::from(kind == value::BINXML && len > 0);
        start += usize::from(len);
    }
    if start > end { Err(Fault::Short) } else { Ok((start, fragments)) }
}

/// Puts values where a template has holes.
struct Filling<'a> {
    chunk: &'a [u8],
    slots: &'a [Slot],
    spelling: Spelling,
}

impl Filling<'_> {
    fn nodes<T: Templates>(
        &self,
        nodes: &[Node],
        templates: &mut T,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<Vec<Node>, Fault> {
        let mut found = Vec::with_capacity(nodes.len());
        for node in nodes {
            budget.nodes(1)?;
            match node {
                Node::Element(element) => {
                    let filled = self.element(element, templates, depth, budget)?;
                    found.push(Node::Element(Arc::new(filled)));
                }
                Node::Piece(piece) => self.piece_node(piece, &mut found, templates, depth, budget)?,
            }
        }
        Ok(found)
    }

    fn element<T: Templates>(
        &self,
        element: &Element,
        templates: &mut T,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<Element, Fault> {
        budget.nodes(element.attributes.len())?;
        let mut attributes = Vec::with_capacity(element.attributes.len());
        for (name, pieces) in &element.attributes {
            let filled: Result<_, _> = pieces.iter().map(|piece| self.piece(piece, budget)).collect();
            attributes.push((name.clone(), filled?));
        }
        let children = self.nodes(&element.children, templates, depth, budget)?;
        Ok(Element { name: element.name.clone(), attributes, children })
    }

    fn piece(&self, piece: &Piece, budget: &mut Budget) -> Result<Piece, Fault> {
        match piece {
            Piece::Hole { index, optional, .. } => {
                let slot = *self.slots.get(usize::from(*index)).ok_or(Fault::Hole(*index))?;
                Ok(Piece::Value { slot, optional: *optional })
            }
            other => {
                budget.text(other.literal_length())?;
                Ok(other.clone())
            }
        }
    }

    /// A hole may take a whole fragment, whose elements then stand there.
    fn piece_node<T: Templates>(
        &self,
        piece: &Piece,
        found: &mut Vec<Node>,
        templates: &mut T,
        depth: usize,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let filled = self.piece(piece, budget)?;
        let Piece::Value { slot, .. } = filled else {
            found.push(Node::Piece(filled));
            return Ok(());
        };
        if slot.kind != value::BINXML || slot.len == 0 {
            found.push(Node::Piece(filled));
            return Ok(());
        }
        let (start, end) = (slot.start as usize, slot.start as usize + usize::from(slot.len));
        let mut parser = Parser::new(self.chunk, start, end, false, self.spelling, templates);
        found.extend(parser.fragment(depth + 1, budget)?);
        Ok(())
    }
}
