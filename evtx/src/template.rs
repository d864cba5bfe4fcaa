//! Templates, parsed once and found again by their content: across chunks, files and readers.
//!
//! A definition refers to its names by their place in the chunk, and holds those that the chunk sees for
//! the first time. So two definitions are one if their bytes agree but for these places, and the names
//! at these places agree.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::binxml::{NameUse, Node, Parser, Templates, name_at};
use crate::bytes::{array, u16_at, u32_at};
use crate::limits::{Budget, Fault, TEMPLATE_BYTES, TEMPLATES};
use crate::outline::Outline;
use crate::value::Spelling;

const HEAD: usize = 24;

/// Templates of one GUID and length that are told apart; Windows makes a handful, by which names come first.
const ALIKE: usize = 64;

/// A parsed definition.
#[derive(Debug)]
pub struct Template {
    body: Box<[u8]>,
    names: Box<[Name]>,
    pub nodes: Arc<[Node]>,
    pub outline: Outline,
    /// Whether it means the same in every chunk.
    portable: bool,
}

#[derive(Debug)]
struct Name {
    at: usize,
    inline: bool,
    /// Hash, count of units, units.
    content: Box<[u8]>,
}

impl Template {
    /// True where the definition at `offset` of the chunk, of the same length, is this one.
    fn is_at(&self, chunk: &[u8], offset: usize) -> bool {
        let start = offset + HEAD;
        let Some(body) = chunk.get(start..start + self.body.len()) else { return false };
        let mut done = 0;
        for name in &self.names {
            if body[done..name.at] != self.body[done..name.at] {
                return false;
            }
            let Some(place) = u32_at(body, name.at) else { return false };
            let content = place as usize + 4;
            let inline = content == start + name.at + 8;
            if inline != name.inline || chunk.get(content..content + name.content.len()) != Some(&*name.content) {
                return false;
            }
            done = if inline { name.at + 8 + name.content.len() } else { name.at + 4 };
        }
        body[done..] == self.body[done..]
    }
}

type Key = ([u8; 16], usize, Spelling);

/// What all readers of the process have learnt.
#[derive(Default)]
struct Shared {
    by_key: HashMap<Key, Vec<Arc<Template>>>,
    bytes: usize,
    count: usize,
}

fn shared() -> &'static Mutex<Shared> {
    static SHARED: OnceLock<Mutex<Shared>> = OnceLock::new();
    SHARED.get_or_init(Mutex::default)
}

impl Shared {
    fn found(&self, key: &Key, chunk: &[u8], offset: usize) -> Option<Arc<Template>> {
        self.by_key.get(key)?.iter().find(|template| template.is_at(chunk, offset)).cloned()
    }

    fn add(&mut self, key: Key, template: &Arc<Template>) {
        if self.count >= TEMPLATES || self.bytes >= TEMPLATE_BYTES {
            *self = Self::default();
        }
        self.count += 1;
        self.bytes += template.body.len();
        let alike = self.by_key.entry(key).or_default();
        if alike.len() < ALIKE {
            alike.push(template.clone());
        }
    }
}

/// The templates that one reader knows.
pub struct Cache {
    spelling: Spelling,
    pub known: Vec<Arc<Template>>,
    by_key: HashMap<Key, Vec<u32>>,
    /// Of the chunk at hand: place of a definition and its number in `known`.
    here: Vec<(u32, u32)>,
    bytes: usize,
    /// Names of the chunk at hand, by their place: number of the chunk, place, name, end.
    names: Vec<(u64, u32, Arc<str>, usize)>,
    chunk: u64,
}

/// Names that are at hand at once; two at places that differ by a multiple of it drive each other out.
const NAMES: usize = 251;

impl Cache {
    /// Know nothing yet.
    pub fn new(spelling: Spelling) -> Self {
        Self {
            spelling,
            known: Vec::new(),
            by_key: HashMap::new(),
            here: Vec::new(),
            bytes: 0,
            names: Vec::new(),
            chunk: 1,
        }
    }

    /// Begin another chunk; true where all that was known had to be forgotten.
    pub fn begin(&mut self) -> bool {
        self.here.clear();
        self.chunk += 1;
        let full = self.known.len() >= TEMPLATES || self.bytes >= TEMPLATE_BYTES;
        if full {
            *self = Self::new(self.spelling);
        }
        full
    }

    /// Templates by the first four bytes of their GUID, which is what an instance says; none that are ambiguous.
    pub fn by_beginning(&self) -> HashMap<u32, u32> {
        let mut found: HashMap<u32, Option<u32>> = HashMap::new();
        for ((guid, ..), numbers) in &self.by_key {
            for number in numbers {
                let held = found.entry(u32_at(guid, 0).unwrap_or_default()).or_insert(Some(*number));
                let same = |known: u32| self.known[known as usize].nodes == self.known[*number as usize].nodes;
                *held = held.filter(|known| same(*known)).map(|known| known.min(*number));
            }
        }
        found.into_iter().filter_map(|(beginning, number)| Some((beginning, number?))).collect()
    }

    /// Of the chunk at hand: say which template stands, or stood, at a place.
    pub fn lend(&mut self, lent: &[(u32, u32)]) {
        self.here.extend_from_slice(lent);
    }

    /// The number in `known` of the definition at `offset`.
    #[inline]
    pub fn at(&mut self, chunk: &[u8], offset: u32, depth: usize, budget: &mut Budget) -> Result<u32, Fault> {
        if let Some((_, number)) = self.here.iter().find(|(place, _)| *place == offset) {
            return Ok(*number);
        }
        let number = self.learn(chunk, offset, depth, budget)?;
        self.here.push((offset, number));
        Ok(number)
    }

    #[cold]
    fn learn(&mut self, chunk: &[u8], offset: u32, depth: usize, budget: &mut Budget) -> Result<u32, Fault> {
        let fault = Fault::Template(offset);
        let start = offset as usize;
        let guid = array::<16>(chunk, start + 4).ok_or(fault)?;
        let size = u32_at(chunk, start + 20).ok_or(fault)? as usize;
        let body =
            chunk.get(start + HEAD..start + HEAD + size).filter(|body| body.first() == Some(&0x0f)).ok_or(fault)?;
        budget.text(size)?;
        let key = (guid, size, self.spelling);
        let candidates = self.by_key.get(&key).map(Vec::as_slice).unwrap_or_default();
        if let Some(number) = candidates.iter().find(|number| self.known[**number as usize].is_at(chunk, start)) {
            return Ok(*number);
        }
        let held = shared().lock().unwrap_or_else(PoisonError::into_inner).found(&key, chunk, start);
        let template = match held {
            Some(template) => template,
            None => self.parse(chunk, start + HEAD, body, depth, budget, key)?,
        };
        let number = self.known.len() as u32;
        self.bytes += size;
        let alike = self.by_key.entry(key).or_default();
        if template.portable && alike.len() < ALIKE {
            alike.push(number);
        }
        self.known.push(template);
        Ok(number)
    }

    fn parse(
        &mut self,
        chunk: &[u8],
        start: usize,
        body: &[u8],
        depth: usize,
        budget: &mut Budget,
        key: Key,
    ) -> Result<Arc<Template>, Fault> {
        let spelling = self.spelling;
        let mut parser = Parser::new(chunk, start, start + body.len(), true, spelling, self);
        let nodes = parser.fragment(depth, budget)?;
        let (uses, tied) = (std::mem::take(&mut parser.names), parser.tied);
        let names: Option<Box<[Name]>> = uses.iter().map(|name| known_name(chunk, start, name)).collect();
        let portable = !tied && names.is_some();
        let mut outline = Outline::of(&nodes);
        outline.flat &= !tied;
        let template = Arc::new(Template {
            body: body.into(),
            names: names.unwrap_or_default(),
            nodes: nodes.into(),
            outline,
            portable,
        });
        if portable {
            shared().lock().unwrap_or_else(PoisonError::into_inner).add(key, &template);
        }
        Ok(template)
    }
}

fn known_name(chunk: &[u8], start: usize, name: &NameUse) -> Option<Name> {
    let place = name.place as usize + 4;
    let units = usize::from(u16_at(chunk, place + 2)?);
    let content = chunk.get(place..place + 4 + units * 2)?;
    Some(Name { at: (name.at as usize).checked_sub(start)?, inline: name.inline, content: content.into() })
}

impl Templates for Cache {
    fn nodes(&mut self, chunk: &[u8], offset: u32, depth: usize, budget: &mut Budget) -> Result<Arc<[Node]>, Fault> {
        let number = self.at(chunk, offset, depth, budget)?;
        Ok(self.known[number as usize].nodes.clone())
    }

    fn name(&mut self, chunk: &[u8], place: u32) -> Result<(Arc<str>, usize), Fault> {
        if self.names.is_empty() {
            self.names = vec![(0, 0, "".into(), 0); NAMES];
        }
        let held = &mut self.names[place as usize % NAMES];
        if held.0 != self.chunk || held.1 != place {
            let (name, end) = name_at(chunk, place)?;
            *held = (self.chunk, place, name, end);
        }
        Ok((held.2.clone(), held.3))
    }
}
