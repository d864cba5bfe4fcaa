//! Tokens to nodes.

use std::sync::Arc;

use super::filling::Filling;
use super::{Attributes, Element, Instance, NameUse, Node, Piece, Templates, values};
use crate::bytes::{u16_at, u32_at};
use crate::limits::{Budget, DEPTH, Fault};
use crate::text;
use crate::value::{self, Spelling};

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
