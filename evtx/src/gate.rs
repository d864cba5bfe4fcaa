//! Who gets in: whether a record is asked for, seen from its System values alone.

use std::collections::HashMap;

use crate::outline::{Outline, Source, System};
use crate::request::Filter;
use crate::text;
use crate::value::{self, Slot, Spelling};

/// Names that are remembered; a log has a handful.
const NAMES: usize = 4096;

/// Names of providers or channels, and which filters ask for each.
struct Names {
    wanted: Vec<Vec<String>>,
    known: HashMap<Vec<u8>, usize>,
    fits: Vec<Vec<bool>>,
    last: (Vec<u8>, usize),
    /// The name before that stood in a template, and its number.
    last_text: (Box<str>, usize),
}

impl Names {
    fn new(wanted: Vec<Vec<String>>) -> Self {
        let wanted: Vec<Vec<String>> =
            wanted.into_iter().map(|names| names.iter().map(|name| name.to_lowercase()).collect()).collect();
        let none = vec![false; wanted.len()];
        Self { wanted, known: HashMap::new(), fits: vec![none], last: (Vec::new(), 0), last_text: Default::default() }
    }

    /// The number of a name as UTF-16; 0 is no name.
    #[inline]
    fn number(&mut self, units: &[u8]) -> usize {
        if self.last.0 == units {
            return self.last.1;
        }
        let number = match self.known.get(units) {
            Some(number) => *number,
            None => self.learn(units),
        };
        self.last.0.clear();
        self.last.0.extend_from_slice(units);
        self.last.1 = number;
        number
    }

    /// The number of a name that stands in a template.
    #[inline]
    fn number_of_text(&mut self, text: &str) -> usize {
        if *self.last_text.0 != *text {
            self.last_text = (text.into(), self.number(&units(text)));
        }
        self.last_text.1
    }

    fn learn(&mut self, units: &[u8]) -> usize {
        let name = text::utf16(units);
        if name.is_empty() {
            return 0;
        }
        if self.fits.len() >= NAMES {
            self.known.clear();
            self.fits.truncate(1);
            self.last_text = Default::default();
        }
        let lower = name.to_lowercase();
        self.fits.push(self.wanted.iter().map(|names| names.contains(&lower)).collect());
        self.known.insert(units.to_vec(), self.fits.len() - 1);
        self.fits.len() - 1
    }
}

/// What a record is, as far as it matters for who wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    pub event: u32,
    pub version: Option<u32>,
    provider: usize,
    channel: usize,
    time: Option<u64>,
}

impl Identity {
    /// The same without its time.
    pub fn untimed(self) -> Self {
        Self { time: None, ..self }
    }
}

/// The filters of a request, ready to use.
pub struct Gate {
    filters: Vec<Filter>,
    providers: Names,
    channels: Names,
    /// Event ids below 65,536 that some filter asks for.
    events: Option<Box<[bool]>>,
    /// Whether a filter goes by the time.
    pub times: bool,
}

impl Gate {
    /// Prepare filters.
    pub fn new(filters: Vec<Filter>) -> Self {
        let providers = Names::new(filters.iter().map(|filter| filter.providers.clone()).collect());
        let channels = Names::new(filters.iter().map(|filter| filter.channels.clone()).collect());
        let times = filters.iter().any(|filter| filter.since.is_some() || filter.until.is_some());
        let mut events = None;
        if filters.iter().all(|filter| filter.events.is_some()) {
            let mut among = vec![false; 1 << 16];
            for event in filters.iter().filter_map(|filter| filter.events.as_ref()).flatten() {
                if let Some(flag) = among.get_mut(*event as usize) {
                    *flag = true;
                }
            }
            events = Some(among.into());
        }
        Self { filters, providers, channels, events, times }
    }

    /// True where no filter asks for events of that number.
    #[inline]
    pub fn refuses(&self, event: u32) -> bool {
        match &self.events {
            None => false,
            Some(among) => match among.get(event as usize) {
                Some(wanted) => !wanted,
                None => {
                    !self.filters.iter().any(|filter| filter.events.as_ref().is_none_or(|ids| ids.contains(&event)))
                }
            },
        }
    }

    /// What a record is; null where it has neither provider nor channel.
    #[inline]
    pub fn identity(
        &mut self,
        event: u32,
        outline: &Outline,
        slots: &[Slot],
        chunk: &[u8],
        spelling: Spelling,
    ) -> Option<Identity> {
        let source = |what: System| &outline.system[what as usize];
        let provider = name(&mut self.providers, source(System::ProviderName), slots, chunk, spelling);
        let channel = name(&mut self.channels, source(System::Channel), slots, chunk, spelling);
        if provider == 0 && channel == 0 {
            return None;
        }
        let version = number(source(System::Version), slots, chunk, spelling);
        let time = if self.times { moment(source(System::Time), slots, chunk, spelling) } else { None };
        Some(Identity { event, version, provider, channel, time })
    }

    /// The first filter that asks for a record.
    #[inline]
    pub fn first(&self, who: &Identity, written: u64) -> Option<usize> {
        self.next(0, who, written)
    }

    /// The first filter from a number on that asks for a record.
    #[inline]
    pub fn next(&self, from: usize, who: &Identity, written: u64) -> Option<usize> {
        (from..self.filters.len()).find(|index| self.fits(*index, &self.filters[*index], who, written))
    }

    fn fits(&self, index: usize, filter: &Filter, who: &Identity, written: u64) -> bool {
        let anyone = filter.providers.is_empty() && filter.channels.is_empty();
        let named = anyone || self.providers.fits[who.provider][index] || self.channels.fits[who.channel][index];
        let time = who.time.unwrap_or(written);
        named
            && filter.events.as_ref().is_none_or(|events| events.contains(&who.event))
            && filter
                .versions
                .as_ref()
                .is_none_or(|versions| who.version.is_some_and(|version| versions.contains(&version)))
            && filter.since.is_none_or(|since| time >= since)
            && filter.until.is_none_or(|until| time < until)
    }
}

fn name(names: &mut Names, source: &Source, slots: &[Slot], chunk: &[u8], spelling: Spelling) -> usize {
    match single(source, slots) {
        Some(slot) if slot.kind() == value::STRING => names.number(slot.bytes(chunk)),
        Some(slot) => names.number(&units(&spelled(slot, chunk, spelling))),
        None => match source {
            Source::Text(text) => names.number_of_text(text),
            _ => 0,
        },
    }
}

fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn spelled(slot: Slot, chunk: &[u8], spelling: Spelling) -> String {
    let mut out = Vec::new();
    value::push(&mut out, slot.kind(), slot.bytes(chunk), spelling);
    String::from_utf8(out).unwrap_or_default()
}

/// The value of a source that is a single value.
#[inline(always)]
pub fn single(source: &Source, slots: &[Slot]) -> Option<Slot> {
    match source {
        Source::Hole { index, .. } => slots.get(usize::from(*index)).copied(),
        Source::Value(slot) => Some(*slot),
        _ => None,
    }
}

/// A number that `System` says, also where it was written as text.
#[inline]
pub fn number(source: &Source, slots: &[Slot], chunk: &[u8], spelling: Spelling) -> Option<u32> {
    match single(source, slots) {
        Some(slot) => match (slot.kind(), slot.bytes(chunk)) {
            (value::UINT16, &[low, high]) => Some(u32::from(u16::from_le_bytes([low, high]))),
            (value::UINT8, &[byte]) => Some(u32::from(byte)),
            (value::UINT32 | value::UINT64, bytes) => text::unsigned(bytes)?.try_into().ok(),
            (value::NULL, _) => None,
            _ => text::parse_number(spelled(slot, chunk, spelling).as_bytes())?.try_into().ok(),
        },
        None => match source {
            Source::Text(text) => text::parse_number(text.as_bytes())?.try_into().ok(),
            _ => None,
        },
    }
}

fn moment(source: &Source, slots: &[Slot], chunk: &[u8], spelling: Spelling) -> Option<u64> {
    match single(source, slots) {
        Some(slot) if slot.kind() == value::FILETIME => text::unsigned(slot.bytes(chunk)),
        Some(slot) => text::parse_time(spelled(slot, chunk, spelling).as_bytes()),
        None => match source {
            Source::Text(text) => text::parse_time(text.as_bytes()),
            _ => None,
        },
    }
}
