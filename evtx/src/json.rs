//! Values that are no single text: arrays and elements in elements, as compact JSON.

use crate::binxml::{Element, Node, Piece};
use crate::limits::{Budget, Fault};
use crate::outline::{elements, pieces};
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
        match slot.kind() {
            value::NULL => self.out.extend_from_slice(b"null"),
            value::INT8..=value::BOOL => value::push(&mut self.out, slot.kind(), bytes, self.spelling),
            _ => {
                let spelling = self.spelling;
                self.quoted(|out| value::push(out, slot.kind(), bytes, spelling));
            }
        }
    }

    /// Write a text in quotation marks.
    pub fn string(&mut self, text: &str) {
        self.quoted(|out| out.extend_from_slice(text.as_bytes()));
    }

    /// Write quotation marks around what is appended, which few texts need more for.
    fn quoted(&mut self, append: impl FnOnce(&mut Vec<u8>)) {
        self.out.push(b'"');
        let start = self.out.len();
        append(&mut self.out);
        if self.out[start..].iter().any(|byte| is_escaped(*byte)) {
            let plain = self.out.split_off(start);
            self.escape(&plain);
        }
        self.out.push(b'"');
    }

    fn escape(&mut self, mut text: &[u8]) {
        while let Some(place) = text.iter().position(|byte| is_escaped(*byte)) {
            self.out.extend_from_slice(&text[..place]);
            match text[place] {
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                8 => self.out.extend_from_slice(b"\\b"),
                12 => self.out.extend_from_slice(b"\\f"),
                control @ 0..b' ' => self.out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
                mark => self.out.extend_from_slice(&[b'\\', mark]),
            }
            text = &text[place + 1..];
        }
        self.out.extend_from_slice(text);
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
        let mut keys = Vec::new();
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
            self.pieces(pieces.iter());
        }
        self.out.push(b'}');
    }

    /// Write a key; of equal names the second becomes `name_1`.
    fn key<'b>(&mut self, name: &'b str, keys: &mut Vec<&'b str>) {
        if !keys.is_empty() {
            self.out.push(b',');
        }
        let times = keys.iter().filter(|key| **key == name).count();
        keys.push(name);
        if times == 0 {
            self.string(name)
        } else {
            self.string(&format!("{name}_{times}"))
        }
        self.out.push(b':');
    }

    fn content(&mut self, children: &[Node]) {
        self.pieces(pieces(children));
    }

    fn pieces<'b>(&mut self, mut pieces: impl Iterator<Item = &'b Piece> + Clone) {
        let all = pieces.clone();
        match (pieces.next(), pieces.next()) {
            (None, _) => self.out.extend_from_slice(b"null"),
            (Some(Piece::Value { slot, .. }), None) => self.value(*slot),
            (Some(Piece::Hole { index, .. }), None) => self.value(hole(self.slots, *index)),
            _ => {
                let (slots, chunk, spelling) = (self.slots, self.chunk, self.spelling);
                self.quoted(|out| {
                    for piece in all {
                        push_piece(out, piece, slots, chunk, spelling);
                    }
                });
            }
        }
    }

    fn value(&mut self, slot: Slot) {
        if slot.is_array() { self.array(slot) } else { self.single(slot) }
    }
}

/// What goes into a hole.
fn hole(values: &[Slot], index: u16) -> Slot {
    values.get(usize::from(index)).copied().unwrap_or_default()
}

/// What JSON has a way of its own to write.
fn is_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// Append what a piece stands for, as text; a hole takes one of the values.
pub fn push_piece(out: &mut Vec<u8>, piece: &Piece, values: &[Slot], chunk: &[u8], spelling: Spelling) {
    match piece {
        Piece::Text(text) | Piece::Section(text) => out.extend_from_slice(text.as_bytes()),
        Piece::Value { slot, .. } => push_slot(out, *slot, chunk, spelling),
        Piece::Hole { index, .. } => push_slot(out, hole(values, *index), chunk, spelling),
        Piece::Character(unit) => {
            let character = char::from_u32(u32::from(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Piece::Entity(name) => out.extend_from_slice(entity(name).as_bytes()),
        Piece::Instruction(..) => {}
    }
}

fn push_slot(out: &mut Vec<u8>, slot: Slot, chunk: &[u8], spelling: Spelling) {
    if !slot.is_array() {
        return value::push(out, slot.kind(), slot.bytes(chunk), spelling);
    }
    for (number, item) in value::items(slot, chunk).into_iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        value::push(out, item.kind(), item.bytes(chunk), spelling);
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
