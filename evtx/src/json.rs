//! Values that are no single text: arrays and elements in elements, as compact JSON.

use crate::binxml::{Element, Node, Piece};
use crate::limits::{Budget, Fault};
use crate::outline::elements;
use crate::value::{self, Slot, Spelling};

/// Writes JSON for one record.
pub struct Writer<'a> {
    pub chunk: &'a [u8],
    pub spelling: Spelling,
    /// What goes where a template has holes.
    pub slots: &'a [Slot],
    pub out: Vec<u8>,
}

impl Writer<'_> {
    /// Write an array of values.
    pub fn array(&mut self, slot: Slot) {
        self.out.push(b'[');
        for (number, item) in value::items(slot, self.chunk).into_iter().enumerate() {
            if number > 0 {
                self.out.push(b',');
            }
            self.single(item);
        }
        self.out.push(b']');
    }

    fn single(&mut self, slot: Slot) {
        let bytes = slot.bytes(self.chunk);
        match slot.kind {
            value::NULL => self.out.extend_from_slice(b"null"),
            value::INT8..=value::BOOL => value::push(&mut self.out, slot.kind, bytes, self.spelling),
            _ => {
                let mut text = Vec::new();
                value::push(&mut text, slot.kind, bytes, self.spelling);
                self.string(std::str::from_utf8(&text).unwrap_or_default());
            }
        }
    }

    /// Write a text in quotation marks.
    pub fn string(&mut self, text: &str) {
        self.out.push(b'"');
        for character in text.chars() {
            match character {
                '"' => self.out.extend_from_slice(b"\\\""),
                '\\' => self.out.extend_from_slice(b"\\\\"),
                '\n' => self.out.extend_from_slice(b"\\n"),
                '\r' => self.out.extend_from_slice(b"\\r"),
                '\t' => self.out.extend_from_slice(b"\\t"),
                '\u{8}' => self.out.extend_from_slice(b"\\b"),
                '\u{c}' => self.out.extend_from_slice(b"\\f"),
                control if control < ' ' => {
                    self.out.extend_from_slice(format!("\\u{:04x}", control as u32).as_bytes());
                }
                other => self.out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        self.out.push(b'"');
    }

    /// Write an element: null, its text, or an object of its attributes, elements and text.
    pub fn element(&mut self, element: &Element, budget: &mut Budget) -> Result<(), Fault> {
        let before = self.out.len();
        let plain = element.attributes.is_empty() && elements(&element.children).next().is_none();
        if plain {
            self.content(&element.children);
        } else {
            self.object(element, budget)?;
        }
        budget.text(self.out.len() - before)
    }

    fn object(&mut self, element: &Element, budget: &mut Budget) -> Result<(), Fault> {
        let mut keys: Vec<String> = Vec::new();
        self.out.push(b'{');
        if !element.attributes.is_empty() {
            self.key("#attributes", &mut keys);
            self.attributes(element);
        }
        for child in elements(&element.children) {
            self.key(&child.name, &mut keys);
            self.element(child, budget)?;
        }
        if element.children.iter().any(|node| matches!(node, Node::Piece(_))) {
            self.key("#text", &mut keys);
            self.content(&element.children);
        }
        self.out.push(b'}');
        Ok(())
    }

    fn attributes(&mut self, element: &Element) {
        self.out.push(b'{');
        for (number, (name, pieces)) in element.attributes.iter().enumerate() {
            if number > 0 {
                self.out.push(b',');
            }
            self.string(name);
            self.out.push(b':');
            self.pieces(&pieces.iter().collect::<Vec<_>>());
        }
        self.out.push(b'}');
    }

    /// Write a key; of equal names the second becomes `name_1`.
    fn key(&mut self, name: &str, keys: &mut Vec<String>) {
        if !keys.is_empty() {
            self.out.push(b',');
        }
        let times = keys.iter().filter(|key| *key == name).count();
        keys.push(name.to_owned());
        if times == 0 {
            self.string(name)
        } else {
            self.string(&format!("{name}_{times}"))
        }
        self.out.push(b':');
    }

    fn content(&mut self, children: &[Node]) {
        let pieces: Vec<&Piece> = children
            .iter()
            .filter_map(|node| match node {
                Node::Piece(piece) => Some(piece),
                Node::Element(_) => None,
            })
            .collect();
        self.pieces(&pieces);
    }

    fn pieces(&mut self, pieces: &[&Piece]) {
        let filled: Vec<Piece> = pieces.iter().map(|piece| self.filled(piece)).collect();
        match filled.as_slice() {
            [] => self.out.extend_from_slice(b"null"),
            [Piece::Value { slot, .. }] if slot.is_array() => self.array(*slot),
            [Piece::Value { slot, .. }] => self.single(*slot),
            several => {
                let mut text = Vec::new();
                for piece in several {
                    push_piece(&mut text, piece, self.chunk, self.spelling);
                }
                self.string(std::str::from_utf8(&text).unwrap_or_default());
            }
        }
    }
}

impl Writer<'_> {
    fn filled(&self, piece: &Piece) -> Piece {
        match piece {
            Piece::Hole { index, optional, .. } => {
                let slot = self.slots.get(usize::from(*index)).copied().unwrap_or_default();
                Piece::Value { slot, optional: *optional }
            }
            other => other.clone(),
        }
    }
}

/// Append what a piece stands for, as text.
pub fn push_piece(out: &mut Vec<u8>, piece: &Piece, chunk: &[u8], spelling: Spelling) {
    match piece {
        Piece::Text(text) | Piece::Section(text) => out.extend_from_slice(text.as_bytes()),
        Piece::Value { slot, .. } if slot.is_array() => {
            for (number, item) in value::items(*slot, chunk).into_iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                value::push(out, item.kind, item.bytes(chunk), spelling);
            }
        }
        Piece::Value { slot, .. } => value::push(out, slot.kind, slot.bytes(chunk), spelling),
        Piece::Character(unit) => {
            let character = char::from_u32(u32::from(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Piece::Entity(name) => out.extend_from_slice(entity(name).as_bytes()),
        Piece::Hole { .. } | Piece::Instruction(..) => {}
    }
}

/// What an entity of XML stands for; one that XML does not know stays as it is written.
fn entity(name: &str) -> String {
    match name {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        other => format!("&{other};"),
    }
}
