//! A record by its templates: whether it is wanted, in which table its row goes, and where its values stand.

use super::kind::{self, Kind};
use super::layout::Layout;
use super::table::{Table, Values};
use super::{Decoder, row::Given};
use crate::binxml::{Instance, instance_at, values};
use crate::chunk::Found;
use crate::gate::{self, Gate, Identity};
use crate::limits::{Budget, Fault, KIND_COLUMNS, KINDS};
use crate::outline::{Outline, Source, System};
use crate::request::{Answer, Type};
use crate::take;
use crate::value::{self, Slot, Spelling};

/// No template inside the template.
pub const NONE: u32 = u32::MAX;

/// Which filter asks for a record, and what it is.
pub type Admitted = (usize, Identity);

/// What to do with a record.
pub enum Way {
    /// Its values are at hand, and are kept until the others of its kind are.
    Waits,
    /// Its row is there, or nobody asks for it.
    Done,
    /// It is none of the flat form.
    General(Option<Admitted>),
}

impl Decoder {
    /// Read a record, whatever its form.
    pub(super) fn record(&mut self, chunk: &[u8], found: &Found, budget: &mut Budget) -> Result<(), Fault> {
        let before = self.slots.len();
        let way = self.flat(chunk, found, budget);
        if !matches!(way, Ok(Way::Waits)) {
            self.slots.truncate(before);
        }
        match way? {
            Way::Waits | Way::Done => Ok(()),
            Way::General(admitted) => self.general(chunk, found, budget, admitted),
        }
    }

    /// Read a record of the flat form.
    fn flat(&mut self, chunk: &[u8], found: &Found, budget: &mut Budget) -> Result<Way, Fault> {
        let Some(start) = instance_at(chunk, found.start + 24, found.end) else { return Ok(Way::General(None)) };
        let head = Instance::read(chunk, start, found.end)?;
        let outer = self.cache.at(chunk, head.definition, 0, budget)?;
        let before = self.slots.len();
        let (end, fragments) = values(chunk, head.values, found.end, &mut self.slots)?;
        let own = self.slots.len();
        let outline = &self.cache.known[outer as usize].outline;
        if !take::has_event(outline) {
            return Ok(Way::General(None));
        }
        let slots = &self.slots[before..];
        let admitted = match self.again.decision(outer, slots, chunk) {
            Some(admitted) => admitted,
            None => {
                let admitted = admitted(&mut self.gate, outline, slots, chunk, self.request.spelling, found)?;
                if !self.gate.times {
                    self.again.remember(outer, outline, slots, chunk, admitted);
                }
                admitted
            }
        };
        let Some(admitted) = admitted else {
            self.tally.ignored += 1;
            return Ok(Way::Done);
        };
        let body = outline.body.and_then(|body| slots.get(usize::from(body))).copied();
        let body = body.filter(|slot| slot.kind() == value::BINXML && slot.length() > 0);
        let plain = outline.flat && slots.len() >= usize::from(outline.holes) && chunk[end] == 0;
        if !plain || fragments != usize::from(body.is_some()) {
            return Ok(Way::General(Some(admitted)));
        }
        let user = outline.user;
        let inner = match body {
            Some(slot) => self.body(chunk, slot, user, budget)?,
            None => Some(NONE),
        };
        let Some(inner) = inner else {
            self.slots.truncate(own);
            let values = Values { outer: before as u32, inner: own as u32, end: own as u32 };
            let done = self.half(&Given { chunk, found, values }, budget, admitted, outer)?;
            return Ok(if done { Way::Done } else { Way::General(Some(admitted)) });
        };
        let Some(admitted) = self.holding(admitted, found, before, (outer, inner)) else {
            self.tally.ignored += 1;
            return Ok(Way::Done);
        };
        let values = Values { outer: before as u32, inner: own as u32, end: self.slots.len() as u32 };
        let table = self.table(admitted, (outer, inner), values, chunk);
        let table = self.activated(table);
        self.row(&Given { chunk, found, values }, budget, (outer, inner, table as u32))
    }

    /// The first filter from the admitted one on for which a record may hold what it looks for.
    #[inline]
    fn holding(
        &mut self,
        admitted: Admitted,
        found: &Found,
        slots: usize,
        (outer, inner): (u32, u32),
    ) -> Option<Admitted> {
        let Some(sought) = &mut self.sought else { return Some(admitted) };
        let (mut filter, who) = admitted;
        let templates = [outer, inner];
        let templates = if inner == NONE { &templates[..1] } else { &templates };
        let nodes = |number: u32| &*self.cache.known[number as usize].nodes;
        let place = (found.start + 24, found.end);
        while sought.asks(filter) && !sought.may_hold(filter, place, &self.slots[slots..], templates, nodes) {
            filter = self.gate.next(filter + 1, &who, found.written)?;
        }
        Some((filter, who))
    }

    /// Read the template inside the template; null where that is none of the flat form.
    fn body(&mut self, chunk: &[u8], slot: Slot, user: bool, budget: &mut Budget) -> Result<Option<u32>, Fault> {
        let end = slot.start as usize + slot.length();
        let Some(start) = instance_at(chunk, slot.start as usize, end) else { return Ok(None) };
        let head = Instance::read(chunk, start, end)?;
        let inner = self.cache.at(chunk, head.definition, 0, budget)?;
        let before = self.slots.len();
        let (after, fragments) = values(chunk, head.values, end, &mut self.slots)?;
        let outline = &self.cache.known[inner as usize].outline;
        let flat = outline.flat && !outline.event && outline.body.is_none() && outline.user == user;
        let whole = after >= end || chunk[after] == 0;
        let enough = self.slots.len() - before >= usize::from(outline.holes);
        Ok((flat && whole && enough && fragments == 0).then_some(inner))
    }

    /// The table of a record that is read the fast way.
    fn table(&mut self, admitted: Admitted, templates: (u32, u32), values: Values, chunk: &[u8]) -> usize {
        let (filter, who) = admitted;
        if matches!(self.request.answer, Answer::Shapes(_)) {
            return filter;
        }
        let key = (templates.0, templates.1, who.untimed());
        if let Some((last, table)) = &self.last_chosen
            && *last == key
        {
            return *table as usize;
        }
        let table = match self.chosen.get(&key) {
            Some(table) => *table,
            None => {
                let outer = self.cache.known[templates.0 as usize].clone();
                let inner = (templates.1 != NONE).then(|| self.cache.known[templates.1 as usize].clone());
                let fields = kind::fields(&outer.outline, inner.as_ref().map(|inner| &inner.outline), true);
                let table = self.kind(who, &outer.outline, fields, values, chunk) as u32;
                self.chosen.insert(key, table);
                table
            }
        };
        self.last_chosen = Some((key, table));
        table as usize
    }

    /// The table of a kind, a new one where there is none.
    pub(super) fn kind(
        &mut self,
        who: Identity,
        outline: &Outline,
        fields: Vec<(String, Type)>,
        values: Values,
        chunk: &[u8],
    ) -> usize {
        let slots = &self.slots[values.outer as usize..values.inner as usize];
        let provider = text(&outline.system[System::ProviderName as usize], slots, chunk, self.request.spelling);
        self.table_of(Kind { provider, event_id: Some(who.event), version: who.version, fields })
    }

    pub(super) fn table_of(&mut self, kind: Kind) -> usize {
        if let Some(table) = self.by_kind.get(&kind) {
            return *table;
        }
        let (kind, layout) = Layout::of(kind);
        self.tables.push(Table::new(layout, Some(kind.clone())));
        self.by_kind.insert(kind, self.tables.len() - 1);
        self.tables.len() - 1
    }

    /// The table itself, or where a job has too many kinds, the one for the rest.
    #[inline]
    pub(super) fn activated(&mut self, table: usize) -> usize {
        if self.tables[table].active || self.tables[table].kind.is_none() {
            return table;
        }
        let (tables, columns) = self.active;
        let more = self.tables[table].columns.len();
        if tables < KINDS && columns + more < KIND_COLUMNS {
            self.active = (tables + 1, columns + more);
            self.tables[table].active = true;
            return table;
        }
        self.table_of(Kind::rest())
    }
}

/// Who asks for a record; null where its number, or what else System says, tells that nobody does.
#[inline]
pub fn admitted(
    gate: &mut Gate,
    outline: &Outline,
    slots: &[Slot],
    chunk: &[u8],
    spelling: Spelling,
    found: &Found,
) -> Result<Option<Admitted>, Fault> {
    let source = &outline.system[System::EventId as usize];
    let event = gate::number(source, slots, chunk, spelling).ok_or(Fault::NoEvent)?;
    if gate.refuses(event) {
        return Ok(None);
    }
    let who = gate.identity(event, outline, slots, chunk, spelling).ok_or(Fault::NoEvent)?;
    Ok(gate.first(&who, found.written).map(|filter| (filter, who)))
}

fn text(source: &Source, slots: &[Slot], chunk: &[u8], spelling: Spelling) -> String {
    match (gate::single(source, slots), source) {
        (Some(slot), _) => {
            let mut out = Vec::new();
            value::push(&mut out, slot.kind(), slot.bytes(chunk), spelling);
            String::from_utf8(out).unwrap_or_default()
        }
        (None, Source::Text(text)) => text.to_string(),
        _ => String::new(),
    }
}
