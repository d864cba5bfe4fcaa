//! What of an event stands where: the System columns and the fields, without building a tree for each record.
//!
//! An outline is made once for a template. A record that fits it is read straight from its values; any
//! other is built as a tree first, and outlined in the same way.

mod system;

use std::sync::Arc;

pub use self::system::System;
use self::system::{PLACES, SYSTEM};
use crate::binxml::{Attributes, Element, Node, Piece};
use crate::value::{self, Slot};

/// What stands in `Event`, and is not named by a provider.
const PARTS: [&str; 7] =
    ["System", "EventData", "UserData", "RenderingInfo", "ProcessingErrorData", "DebugData", "BinaryEventData"];

/// Where a value comes from.
#[derive(Clone, Debug, Default)]
pub enum Source {
    /// There is none.
    #[default]
    Absent,
    /// Always the same text.
    Text(Box<str>),
    /// A value of the template, and the type that the template declares for it.
    Hole { index: u16, kind: u8 },
    /// A value at a place of the chunk.
    Value(Slot),
    /// Several pieces, one after the other.
    Mixed(Box<[Piece]>),
    /// An element that has elements in it.
    Tree(Arc<Element>),
}

/// A name and where its value comes from.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: Arc<str>,
    pub source: Source,
    /// Whether it is a `Data` without a name of its own.
    pub unnamed: bool,
}

/// Where everything of an event stands.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    pub system: [Source; SYSTEM],
    /// The text that a collector rendered.
    pub message: Source,
    pub fields: Vec<Field>,
    /// The value that is a fragment with the event's own fields.
    pub body: Option<u16>,
    /// Whether that fragment stands in `UserData`; of a fragment, whether it should.
    pub user: bool,
    /// Whether the root is `Event`.
    pub event: bool,
    /// Whether values alone make the difference between its records.
    pub flat: bool,
    /// One more than the last value that is referred to.
    pub holes: u16,
}

impl Outline {
    /// Outline an event, or the fields of one.
    pub fn of(nodes: &[Node]) -> Self {
        let mut outline = Self { flat: true, ..Self::default() };
        let mut roots = elements(nodes);
        match (roots.next(), roots.next()) {
            (Some(root), None) if &*root.name == "Event" => outline.event_element(root),
            (Some(root), None) if !PARTS.contains(&&*root.name) => outline.inside_user_data(root),
            (Some(root), None) => outline.part(root),
            _ => outline.flat = false,
        }
        outline.flat &= !nodes.iter().any(|node| matches!(node, Node::Piece(_)));
        outline.holes = holes(nodes);
        outline
    }

    fn event_element(&mut self, event: &Element) {
        self.event = true;
        for child in &event.children {
            match child {
                Node::Element(part) => self.part(part),
                Node::Piece(Piece::Hole { index, kind: value::BINXML, .. }) if self.body.is_none() => {
                    self.body = Some(*index);
                }
                Node::Piece(Piece::Value { slot, .. }) if slot.kind() == value::NULL || slot.length() == 0 => {}
                Node::Piece(_) => self.flat = false,
            }
        }
    }

    fn part(&mut self, part: &Element) {
        match &*part.name {
            "System" => self.system_element(part),
            "EventData" => self.data(part),
            "UserData" => self.user_data(part),
            "RenderingInfo" => {
                self.message = elements(&part.children)
                    .find(|element| &*element.name == "Message")
                    .map_or(Source::Absent, |element| self.content(&element.children));
                self.other(part);
            }
            _ => self.other(part),
        }
    }

    fn system_element(&mut self, system: &Element) {
        for element in elements(&system.children) {
            for (name, attribute, what) in PLACES {
                if *element.name != *name {
                    continue;
                }
                let found = if attribute.is_empty() {
                    Some(&element.children).map(|children| self.content(children))
                } else {
                    let value = element.attributes.iter().find(|(name, _)| **name == *attribute);
                    value.map(|(_, pieces)| self.pieces(pieces.iter()))
                };
                if let Some(source) = found {
                    self.system[what as usize] = source;
                }
            }
        }
    }

    /// The element that a provider names, and that stands in `UserData`.
    fn inside_user_data(&mut self, root: &Element) {
        self.user = true;
        if is_object(root) { self.data(root) } else { self.field(root) }
    }

    /// `UserData` has its fields one level down, in an element that the provider names.
    fn user_data(&mut self, part: &Element) {
        if let [Node::Piece(Piece::Hole { index, kind: value::BINXML, .. })] = part.children.as_slice()
            && self.body.is_none()
        {
            (self.body, self.user) = (Some(*index), true);
            return;
        }
        let mut inner = elements(&part.children);
        match (inner.next(), inner.next()) {
            (Some(only), None) if is_object(only) => self.data(only),
            _ => self.data(part),
        }
    }

    fn data(&mut self, part: &Element) {
        for child in &part.children {
            match child {
                Node::Element(element) => self.field(element),
                Node::Piece(Piece::Hole { kind: value::BINXML, .. }) => self.flat = false,
                Node::Piece(_) => {}
            }
        }
        if elements(&part.children).next().is_none() && !part.children.is_empty() {
            let source = self.content(&part.children);
            self.fields.push(Field { name: "Data".into(), source, unnamed: true });
        }
    }

    fn field(&mut self, element: &Element) {
        let source = if elements(&element.children).next().is_some() {
            let own = element.attributes.iter().filter(|(name, _)| &*element.name != "Data" || &**name != "Name");
            self.tree(&element.children, own.cloned().collect())
        } else {
            self.pieces(pieces(&element.children))
        };
        let named = element.attributes.iter().find(|(name, _)| &**name == "Name");
        let (name, unnamed) = match (&*element.name, named) {
            ("Data" | "ComplexData", Some((_, pieces))) => (self.name(pieces), false),
            ("Data", None) => ("Data".into(), true),
            _ => (element.name.clone(), false),
        };
        self.fields.push(Field { name, source, unnamed });
    }

    /// A name that is written into the template; one that comes with each record is for the general path.
    fn name(&mut self, pieces: &[Piece]) -> Arc<str> {
        match pieces {
            [Piece::Text(text)] => (&**text).into(),
            [] => "".into(),
            _ => {
                self.flat = false;
                "".into()
            }
        }
    }

    /// `ProcessingErrorData`, `DebugData`, `BinaryEventData` and what else an event may have beside its data:
    /// no fields of the event, but holes for fragments in it matter.
    fn other(&mut self, part: &Element) {
        self.flat &= !holds_fragment(&part.children);
    }

    fn content(&mut self, children: &[Node]) -> Source {
        if elements(children).next().is_some() {
            return self.tree(children, Vec::new());
        }
        self.pieces(pieces(children))
    }

    fn tree(&mut self, children: &[Node], attributes: Attributes) -> Source {
        self.flat &= !holds_fragment(children);
        Source::Tree(Arc::new(Element { name: Arc::default(), attributes, children: children.to_vec() }))
    }

    fn pieces<'a>(&mut self, mut pieces: impl Iterator<Item = &'a Piece> + Clone) -> Source {
        let all = pieces.clone();
        match (pieces.next(), pieces.next()) {
            (None, _) => Source::Absent,
            (Some(Piece::Text(text)), None) => Source::Text(text.clone()),
            (Some(Piece::Hole { kind: value::BINXML, .. }), None) => {
                self.flat = false;
                Source::Absent
            }
            (Some(Piece::Hole { index, kind, .. }), None) => Source::Hole { index: *index, kind: *kind },
            (Some(Piece::Value { slot, .. }), None) => Source::Value(*slot),
            _ => Source::Mixed(all.cloned().collect()),
        }
    }
}

/// Whether a template has a hole for a fragment somewhere in these nodes.
fn holds_fragment(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Piece(Piece::Hole { kind, .. }) => *kind == value::BINXML,
        Node::Piece(_) => false,
        Node::Element(element) => holds_fragment(&element.children),
    })
}

/// The elements among the nodes.
pub fn elements(nodes: &[Node]) -> impl Iterator<Item = &Element> {
    nodes.iter().filter_map(|node| match node {
        Node::Element(element) => Some(&**element),
        Node::Piece(_) => None,
    })
}

/// What stands among the nodes beside elements.
pub fn pieces(nodes: &[Node]) -> impl Iterator<Item = &Piece> + Clone {
    nodes.iter().filter_map(|node| match node {
        Node::Element(_) => None,
        Node::Piece(piece) => Some(piece),
    })
}

fn is_object(element: &Element) -> bool {
    !element.attributes.is_empty() || elements(&element.children).next().is_some()
}

/// One more than the last value that the nodes refer to.
fn holes(nodes: &[Node]) -> u16 {
    let of_piece = |piece: &Piece| match piece {
        Piece::Hole { index, .. } => index.saturating_add(1),
        _ => 0,
    };
    let of_node = |node: &Node| match node {
        Node::Piece(piece) => of_piece(piece),
        Node::Element(element) => {
            let attributes = element.attributes.iter().flat_map(|(_, pieces)| pieces).map(of_piece).max();
            holes(&element.children).max(attributes.unwrap_or(0))
        }
    };
    nodes.iter().map(of_node).max().unwrap_or(0)
}
