//! A whole event as XML, as `wevtutil` and EvtRender write it.
//!
//! An optional value that is NULL takes its element or attribute away; an array repeats its element
//! ([MS-EVEN6] 3.1.4.7.2 and 3.1.4.7.5).

use crate::binxml::{Element, Node, Piece};
use crate::json::push_piece;
use crate::limits::{Budget, Fault};
use crate::outline::elements;
use crate::value::{self, Slot, Spelling};

/// Writes XML for one record.
pub struct Writer<'a> {
    pub chunk: &'a [u8],
    pub spelling: Spelling,
    pub out: Vec<u8>,
}

impl Writer<'_> {
    /// Write what stands inside an element, or a whole fragment.
    pub fn nodes(&mut self, nodes: &[Node], budget: &mut Budget) -> Result<(), Fault> {
        for node in nodes {
            let before = self.out.len();
            match node {
                Node::Element(element) => self.repeated(element, budget)?,
                Node::Piece(piece) => self.piece(piece, false),
            }
            budget.text(self.out.len().saturating_sub(before))?;
        }
        Ok(())
    }

    /// Write an element, as many times as the array in it has values.
    fn repeated(&mut self, element: &Element, budget: &mut Budget) -> Result<(), Fault> {
        if vanishes(element.children.iter().filter_map(piece_of)) {
            return Ok(());
        }
        let Some((place, slot)) = array_in(element) else {
            return self.element(element, budget);
        };
        for item in value::items(slot, self.chunk) {
            budget.nodes(1 + element.children.len())?;
            let mut single = element.clone();
            single.children[place] = Node::Piece(Piece::Value { slot: item, optional: false });
            self.element(&single, budget)?;
        }
        Ok(())
    }

    fn element(&mut self, element: &Element, budget: &mut Budget) -> Result<(), Fault> {
        self.out.push(b'<');
        self.name(&element.name);
        for (name, pieces) in &element.attributes {
            if vanishes(pieces.iter()) {
                continue;
            }
            self.out.push(b' ');
            self.name(name);
            self.out.extend_from_slice(b"='");
            for piece in pieces {
                self.piece(piece, true);
            }
            self.out.push(b'\'');
        }
        if element.children.is_empty() {
            self.out.extend_from_slice(b"/>");
            return Ok(());
        }
        self.out.push(b'>');
        self.nodes(&element.children, budget)?;
        self.out.extend_from_slice(b"</");
        self.name(&element.name);
        self.out.push(b'>');
        Ok(())
    }

    /// Write a name; what XML does not allow in one becomes `_`.
    fn name(&mut self, name: &str) {
        for (number, character) in name.chars().enumerate() {
            let allowed = character.is_alphanumeric() && (number > 0 || !character.is_numeric())
                || matches!(character, '_' | ':')
                || number > 0 && matches!(character, '-' | '.');
            self.character(if allowed { character } else { '_' });
        }
        if name.is_empty() {
            self.out.push(b'_');
        }
    }

    fn piece(&mut self, piece: &Piece, attribute: bool) {
        match piece {
            Piece::Section(text) if !attribute => {
                self.out.extend_from_slice(b"<![CDATA[");
                self.out.extend_from_slice(text.replace("]]>", "]]]]><![CDATA[>").as_bytes());
                self.out.extend_from_slice(b"]]>");
            }
            Piece::Instruction(target, data) if !attribute => {
                self.out.extend_from_slice(b"<?");
                self.name(target);
                self.out.push(b' ');
                self.out.extend_from_slice(data.replace("?>", "? >").as_bytes());
                self.out.extend_from_slice(b"?>");
            }
            other => {
                let mut text = Vec::new();
                push_piece(&mut text, other, &[], self.chunk, self.spelling);
                self.escaped(std::str::from_utf8(&text).unwrap_or_default(), attribute);
            }
        }
    }

    /// Write a text; characters that XML cannot hold become U+FFFD.
    fn escaped(&mut self, text: &str, attribute: bool) {
        for character in text.chars() {
            match character {
                '&' => self.out.extend_from_slice(b"&amp;"),
                '<' => self.out.extend_from_slice(b"&lt;"),
                '>' => self.out.extend_from_slice(b"&gt;"),
                '\'' if attribute => self.out.extend_from_slice(b"&apos;"),
                '\r' => self.out.extend_from_slice(b"&#13;"),
                '\n' | '\t' if attribute => {
                    self.out.extend_from_slice(format!("&#{};", character as u32).as_bytes());
                }
                '\n' | '\t' => self.character(character),
                '\u{fffe}' | '\u{ffff}' => self.character('\u{fffd}'),
                control if control < ' ' => self.character('\u{fffd}'),
                other => self.character(other),
            }
        }
    }

    fn character(&mut self, character: char) {
        self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

fn piece_of(node: &Node) -> Option<&Piece> {
    match node {
        Node::Piece(piece) => Some(piece),
        Node::Element(_) => None,
    }
}

fn vanishes<'a>(mut pieces: impl Iterator<Item = &'a Piece>) -> bool {
    pieces.any(|piece| matches!(piece, Piece::Value { slot, optional: true } if slot.kind() == value::NULL))
}

fn array_in(element: &Element) -> Option<(usize, Slot)> {
    if elements(&element.children).next().is_some() {
        return None;
    }
    element.children.iter().enumerate().find_map(|(place, node)| match node {
        Node::Piece(Piece::Value { slot, .. }) if slot.is_array() => Some((place, *slot)),
        _ => None,
    })
}
