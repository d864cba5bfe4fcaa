//! Texts that some value of an event must hold, looked for in the bytes of its record before anything is built.
//!
//! Nothing is refused that may hold what is asked for: a text that a number, a time or an identifier could be spelled
//! as, a record with text in a code page, and a template that says it itself or puts texts together are let through.

use memchr::{memchr2_iter, memmem};

use crate::binxml::{Node, Piece};
use crate::request::{Filter, Needle};
use crate::value::{self, Slot};

/// Needles that are looked for; more are let through.
const MOST: usize = 64;
/// What occurs often in logs, the most frequent first.
const FREQUENT: &str = "eiastnorcldmp\\0u.g12wfhv3y4b-8x5:7 96/";
/// What values are spelled with that are no text.
const SPELLED: &str = "0123456789abcdefx-{}.:tzs";
const WORDS: [&str; 4] = ["true", "false", "nan", "inf"];

/// What all filters look for, and where the chunk at hand has it.
pub struct Sought {
    finders: Vec<Finder>,
    /// Of each filter: of each of these some must be there.
    filters: Vec<Vec<Vec<usize>>>,
    hits: Vec<Vec<u32>>,
    /// Of each template, by its number: a bit for each needle that it may hold by itself.
    templates: Vec<Option<u64>>,
}

impl Sought {
    /// Get ready; null where nothing is looked for.
    pub fn new(filters: &[&Filter]) -> Option<Self> {
        let mut found = Self { finders: Vec::new(), filters: Vec::new(), hits: Vec::new(), templates: Vec::new() };
        for filter in filters {
            let wanted = filter.holds.iter().filter_map(|some| found.numbers(some)).collect();
            found.filters.push(wanted);
        }
        found.hits = vec![Vec::new(); found.finders.len()];
        (!found.finders.is_empty()).then_some(found)
    }

    /// The numbers of needles, null where one of them cannot be looked for.
    fn numbers(&mut self, needles: &[Needle]) -> Option<Vec<usize>> {
        let finders: Vec<Finder> = needles.iter().map(Finder::new).collect::<Option<_>>()?;
        let first = self.finders.len();
        if first + finders.len() > MOST {
            return None;
        }
        self.finders.extend(finders);
        Some((first..self.finders.len()).collect())
    }

    /// Forget what templates hold.
    pub fn forget(&mut self) {
        self.templates.clear();
    }

    /// Look through a chunk.
    pub fn look(&mut self, chunk: &[u8]) {
        for (finder, hits) in self.finders.iter().zip(&mut self.hits) {
            hits.clear();
            finder.all(chunk, hits);
        }
    }

    /// Whether a filter looks for anything.
    #[inline]
    pub fn asks(&self, filter: usize) -> bool {
        !self.filters[filter].is_empty()
    }

    /// Whether a record may hold what a filter looks for.
    ///
    /// # Arguments
    /// * `place`: where its content starts and ends in the chunk.
    /// * `templates`: numbers of its templates.
    /// * `known`: the nodes of a template by its number.
    pub fn may_hold<'a>(
        &mut self,
        filter: usize,
        place: (usize, usize),
        slots: &[Slot],
        templates: &[u32],
        known: impl Fn(u32) -> &'a [Node],
    ) -> bool {
        let mut told = 0;
        for number in templates {
            told |= self.told(*number, &known);
        }
        let there = |needle: &usize| {
            let hits = &self.hits[*needle];
            let next = hits.partition_point(|hit| (*hit as usize) < place.0);
            told & 1 << needle != 0 || hits.get(next).is_some_and(|hit| (*hit as usize) < place.1)
        };
        let holds = self.filters[filter].iter().all(|some| some.iter().any(there));
        holds || slots.iter().any(|slot| slot.kind() & !value::ARRAY == value::ANSI && slot.length() > 0)
    }

    fn told<'a>(&mut self, template: u32, known: impl Fn(u32) -> &'a [Node]) -> u64 {
        let place = template as usize;
        if self.templates.len() <= place {
            self.templates.resize(place + 1, None);
        }
        *self.templates[place].get_or_insert_with(|| {
            let nodes = known(template);
            self.finders.iter().enumerate().map(|(bit, finder)| u64::from(nodes_tell(nodes, finder)) << bit).sum()
        })
    }
}

fn nodes_tell(nodes: &[Node], finder: &Finder) -> bool {
    let pieces: Vec<&Piece> =
        nodes.iter().filter_map(|node| if let Node::Piece(piece) = node { Some(piece) } else { None }).collect();
    pieces_tell(&pieces, finder)
        || nodes.iter().any(|node| match node {
            Node::Element(element) => {
                let mut attributes = element.attributes.iter();
                attributes.any(|(_, pieces)| pieces_tell(&pieces.iter().collect::<Vec<_>>(), finder))
                    || nodes_tell(&element.children, finder)
            }
            Node::Piece(_) => false,
        })
}

/// What is made of several pieces may hold anything.
fn pieces_tell(pieces: &[&Piece], finder: &Finder) -> bool {
    match pieces {
        [] | [Piece::Hole { .. }] => false,
        [Piece::Text(text)] => finder.is_in(text),
        _ => true,
    }
}

/// Looks for one text in UTF-16.
enum Finder {
    Exact(Box<memmem::Finder<'static>>),
    /// Units in lower case, and the unit of them that is looked for first.
    AnyCase(Vec<u16>, usize),
}

impl Finder {
    /// Null for a text that may stand in a record in another form.
    fn new(needle: &Needle) -> Option<Self> {
        let lower = needle.text.to_ascii_lowercase();
        let spelled =
            lower.chars().all(|letter| SPELLED.contains(letter)) || WORDS.iter().any(|word| word.contains(&lower));
        let units: Vec<u16> = if needle.any_case { &lower } else { &needle.text }.encode_utf16().collect();
        if spelled || units.len() < 2 || units.contains(&0xfffd) {
            return None;
        }
        if !needle.any_case {
            let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            return Some(Self::Exact(Box::new(memmem::Finder::new(&bytes).into_owned())));
        }
        let rarity = |letter: char| FREQUENT.find(letter).unwrap_or(FREQUENT.len());
        // these have a third form each
        let first = (0..units.len()).filter(|place| !matches!(lower.as_bytes()[*place], b'i' | b'k' | b's'));
        let first = first.max_by_key(|place| rarity(char::from(lower.as_bytes()[*place])));
        first.filter(|_| lower.is_ascii()).map(|first| Self::AnyCase(units, first))
    }

    fn all(&self, data: &[u8], hits: &mut Vec<u32>) {
        match self {
            Self::Exact(finder) => hits.extend(finder.find_iter(data).map(|place| place as u32)),
            Self::AnyCase(units, first) => {
                let letter = units[*first] as u8;
                let starts = memchr2_iter(letter, letter.to_ascii_uppercase(), data);
                let starts = starts.filter_map(|place| place.checked_sub(first * 2));
                hits.extend(starts.filter(|start| is_at(units, &data[*start..])).map(|start| start as u32));
            }
        }
    }

    /// Whether a text holds it.
    fn is_in(&self, text: &str) -> bool {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut hits = Vec::new();
        self.all(&bytes, &mut hits);
        !hits.is_empty()
    }
}

#[inline]
fn is_at(units: &[u16], data: &[u8]) -> bool {
    let (pairs, _) = data.as_chunks::<2>();
    pairs.len() >= units.len()
        && units.iter().zip(pairs).all(|(unit, pair)| *unit == lowered(u16::from_le_bytes(*pair)))
}

/// A letter in lower case where that is ASCII: also KELVIN SIGN, LATIN SMALL LETTER LONG S, and I WITH DOT ABOVE.
#[inline]
fn lowered(unit: u16) -> u16 {
    match unit {
        0x41..=0x5a => unit | 0x20,
        0x0130 => u16::from(b'i'),
        0x212a => u16::from(b'k'),
        0x017f => u16::from(b's'),
        _ => unit,
    }
}

#[cfg(test)]
mod tests {
    use super::Finder;
    use crate::request::Needle;

    fn finder(text: &str, any_case: bool) -> Option<Finder> {
        Finder::new(&Needle { text: text.to_owned(), any_case })
    }

    #[test]
    fn a_text_is_found_in_any_letter_case_where_that_does_not_matter() {
        for (text, any_case, there) in [
            ("C:\\Windows\\svchost.exe", false, true),
            ("c:\\windows\\SVCHOST.EXE", false, false),
            ("c:\\windows\\SVCHOST.EXE", true, true),
            ("WINDOWS\\SVC", true, true),
            ("windows\\svd", true, false),
        ] {
            assert_eq!(finder(text, any_case).unwrap().is_in("at C:\\Windows\\svchost.exe -k"), there, "{text}");
        }
        assert!(finder("hosts.k", true).unwrap().is_in("HO\u{17f}TS.\u{212a}"));
    }

    #[test]
    fn what_a_value_may_be_spelled_as_is_not_looked_for() {
        for text in
            ["", "q", "443", "0x1f4", "S-1-5-18", "{94F748D5", "2021-11-27T03:17", "True", "als", "NaN", "dead.beef"]
        {
            assert!(finder(text, true).is_none() && finder(text, false).is_none(), "{text}");
        }
        assert!(finder("gr\u{fc}n", true).is_none() && finder("gr\u{fc}n", false).is_some());
        assert!(finder("sk", true).is_none() && finder("sk", false).is_some());
    }
}
