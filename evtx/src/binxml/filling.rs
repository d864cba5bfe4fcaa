//! Templates filled with the values of an instance.

use std::sync::Arc;

use super::{Element, Node, Parser, Piece, Templates};
use crate::limits::{Budget, Fault};
use crate::value::{self, Slot, Spelling};

/// Puts values where a template has holes.
pub struct Filling<'a> {
    pub chunk: &'a [u8],
    pub slots: &'a [Slot],
    pub spelling: Spelling,
}

impl Filling<'_> {
    /// The nodes of a template with the values of an instance.
    pub fn nodes<T: Templates>(
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
        if slot.kind() != value::BINXML || slot.length() == 0 {
            found.push(Node::Piece(filled));
            return Ok(());
        }
        let (start, end) = (slot.start as usize, slot.start as usize + slot.length());
        let mut parser = Parser::new(self.chunk, start, end, false, self.spelling, templates);
        found.extend(parser.fragment(depth + 1, budget)?);
        Ok(())
    }
}
