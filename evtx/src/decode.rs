//! Chunks to rows: the fast way for records whose templates are flat, the general way for all others.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema, SchemaRef};

use crate::binxml::{Instance, Parser, values};
use crate::chunk::{Found, Head, Item, Records, Status};
use crate::columns::{self, Cell};
use crate::gate::{self, Gate, Identity};
use crate::limits::{Budget, Fault, KIND_COLUMNS, KINDS, RECORD_TEXT};
use crate::outline::{Outline, Source, System};
use crate::request::{Answer, Column, Of, Request, Type, system_columns};
use crate::take::{self, Part, Plan, Record, Take};
use crate::template::Cache;
use crate::value::{self, Slot, Spelling};
use crate::xml;

/// Bytes of text that wait in a table before it is handed on.
const WAITING: usize = 16 << 20;
/// No template inside the template.
const NONE: u32 = u32::MAX;

/// What became of the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that were decoded, or refused before.
    pub seen: u64,
    /// Records that nobody asked for.
    pub ignored: u64,
    pub bad_checksum: u64,
    pub dirty: u64,
    pub recovered: u64,
    /// Values that did not fit the type that was asked for.
    pub misfits: u64,
    pub chunks: u64,
    pub lost: Vec<Loss>,
}

impl Tally {
    /// Add what another found.
    pub fn add(&mut self, other: &mut Self) {
        self.seen += other.seen;
        self.ignored += other.ignored;
        self.bad_checksum += other.bad_checksum;
        self.dirty += other.dirty;
        self.recovered += other.recovered;
        self.misfits += other.misfits;
        self.chunks += other.chunks;
        self.lost.append(&mut other.lost);
        *other = Self::default();
    }
}

/// Records that are there, or should be, and cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Number of the first record, where it is known.
    pub first: Option<u64>,
    /// Number of the last one.
    pub last: Option<u64>,
    /// Number of the chunk, counted from 0.
    pub chunk: u64,
    /// Where in the file.
    pub offset: u64,
    pub reason: String,
}

/// A kind of event, and its columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind {
    /// Empty for the events that have no table of their own.
    pub provider: String,
    pub event_id: Option<u32>,
    pub version: Option<u32>,
    /// Names and types of the event's own columns, in order.
    pub fields: Vec<(String, Type)>,
}

/// Rows of one shape or kind while they come together.
struct Table {
    specs: Arc<[Column]>,
    schema: SchemaRef,
    columns: Vec<columns::Column>,
    kind: Option<Arc<Kind>>,
    rows: usize,
    /// Bytes of records since the last count of what waits.
    loose: usize,
    /// Whether it had rows since the job began.
    active: bool,
    /// The plan of the last row; what is the same in all of its rows is filled in later.
    plan: Option<Arc<Plan>>,
    /// Rows that wait to be appended together, column by column, and their plan.
    waiting: Vec<Waiting>,
    next: Option<((u32, u32, u32), Arc<Plan>)>,
}

/// A record whose values are at hand in `Decoder::slots`: its own, then those of the template inside it.
#[derive(Clone, Copy)]
struct Waiting {
    outer: u32,
    inner: u32,
    end: u32,
    found: Found,
}

impl Table {
    fn new(specs: Vec<Column>, kind: Option<Arc<Kind>>) -> Self {
        let fields: Vec<_> = specs.iter().map(|spec| columns::field(&spec.name, &spec.of, spec.kind)).collect();
        let columns = specs.iter().map(|spec| columns::Column::new(&spec.of, spec.kind)).collect();
        Self {
            specs: specs.into(),
            schema: Arc::new(Schema::new(fields)),
            columns,
            kind,
            rows: 0,
            loose: 0,
            active: false,
            plan: None,
            waiting: Vec::new(),
            next: None,
        }
    }

    /// Get ready for rows of another plan.
    fn follow(&mut self, plan: &Arc<Plan>, spelling: Spelling) {
        if self.plan.as_ref().is_some_and(|last| Arc::ptr_eq(last, plan)) {
            return;
        }
        for column in &mut self.columns {
            column.reach(self.rows, spelling);
        }
        for (place, text) in &plan.constant {
            self.columns[*place].fill(text.as_deref());
        }
        self.plan = Some(plan.clone());
    }

    fn batch(&mut self, spelling: Spelling) -> Result<RecordBatch, ArrowError> {
        for column in &mut self.columns {
            column.reach(self.rows, spelling);
        }
        self.rows = 0;
        self.loose = 0;
        let arrays: Result<Vec<_>, _> = self.columns.iter_mut().map(columns::Column::finish).collect();
        RecordBatch::try_new(self.schema.clone(), arrays?)
    }

    fn truncate(&mut self, rows: usize) {
        for column in &mut self.columns {
            column.truncate(rows);
        }
    }
}

/// Rows that are ready.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Which shape, in the order of the request; 0 where kinds were asked for.
    pub shape: usize,
    /// Which kind, where kinds were asked for.
    pub kind: Option<Arc<Kind>>,
    pub batch: RecordBatch,
}

/// The columns of the shapes of a request, for who wants to know before there are rows.
pub fn schemas(request: &Request) -> Vec<SchemaRef> {
    tables(request).into_iter().map(|table| table.schema).collect()
}

fn tables(request: &Request) -> Vec<Table> {
    match &request.answer {
        Answer::Shapes(shapes) => shapes.iter().map(|shape| Table::new(shape.columns.clone(), None)).collect(),
        Answer::Kinds(_) => Vec::new(),
    }
}

/// Decodes chunks for one request.
pub struct Decoder {
    request: Arc<Request>,
    cache: Cache,
    gate: Gate,
    tables: Vec<Table>,
    by_kind: HashMap<Arc<Kind>, usize>,
    /// Plans by outer template, inner template and table.
    plans: HashMap<(u32, u32, u32), Arc<Plan>>,
    last_plan: Option<((u32, u32, u32), Arc<Plan>)>,
    /// Tables of kinds by outer template, inner template, event, version and provider.
    chosen: HashMap<(u32, u32, Identity), u32>,
    last_chosen: Option<((u32, u32, Identity), u32)>,
    outer: Vec<Slot>,
    inner: Vec<Slot>,
    /// Values of the rows that wait, and the tables that have some.
    slots: Vec<Slot>,
    busy: Vec<usize>,
    /// Number of the chunk, and where it starts.
    place: (u64, u64),
    scratch: Vec<u8>,
    full: bool,
    /// Tables that had rows since the job began, and their columns.
    active: (usize, usize),
    pub tally: Tally,
}

impl Decoder {
    /// Get ready for a request.
    pub fn new(request: Arc<Request>) -> Self {
        let gate = Gate::new(request.filters().into_iter().cloned().collect());
        Self {
            cache: Cache::new(request.spelling),
            gate,
            tables: tables(&request),
            by_kind: HashMap::new(),
            plans: HashMap::new(),
            last_plan: None,
            chosen: HashMap::new(),
            last_chosen: None,
            outer: Vec::new(),
            inner: Vec::new(),
            slots: Vec::new(),
            busy: Vec::new(),
            place: (0, 0),
            scratch: Vec::new(),
            full: false,
            active: (0, 0),
            tally: Tally::default(),
            request,
        }
    }

    /// Decode a chunk of 64 KiB.
    ///
    /// # Arguments
    /// * `number`: of the chunk in its file.
    /// * `base`: where the chunk starts in its file.
    pub fn chunk(&mut self, chunk: &[u8], head: Head, number: u64, base: u64) {
        if self.cache.begin() {
            self.forget_plans();
        }
        self.tally.chunks += 1;
        self.place = (number, base);
        let mut budget = Budget::chunk();
        for item in Records::new(chunk, head, self.request.recovered) {
            match item {
                Item::Record(found) => self.found(chunk, &found, &mut budget, number, base),
                Item::Lost { start, before, behind } => {
                    let first = before.and_then(|before| before.checked_add(1));
                    let last = behind.and_then(|behind| behind.checked_sub(1)).filter(|last| Some(*last) >= first);
                    let (offset, reason) = (base + start as u64, "no record where one should start".to_owned());
                    self.tally.lost.push(Loss { first, last, chunk: number, offset, reason });
                }
            }
        }
        self.settle_all(chunk, &mut budget);
    }

    /// Decode one record that stands alone; what cannot be decoded is counted with the lost.
    pub fn single(&mut self, chunk: &[u8], found: &Found, number: u64, base: u64) {
        if self.cache.begin() {
            self.forget_plans();
        }
        self.place = (number, base);
        let (seen, mut budget) = (self.tally.seen, Budget::chunk());
        self.found(chunk, found, &mut budget, number, base);
        self.settle_all(chunk, &mut budget);
        if self.tally.seen == seen {
            let reason = "stands outside a chunk, without its template".to_owned();
            let offset = base.wrapping_add(found.start as u64);
            let (first, last) = (Some(found.number), Some(found.number));
            self.tally.lost.push(Loss { first, last, chunk: number, offset, reason });
        }
    }

    /// True where rows should be handed on.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Hand on what has come together, in the order of the tables.
    pub fn take(&mut self) -> Result<Vec<Rows>, ArrowError> {
        self.full = false;
        let mut ready = Vec::new();
        for (shape, table) in self.tables.iter_mut().enumerate().filter(|(_, table)| table.rows > 0) {
            let shape = if table.kind.is_some() { 0 } else { shape };
            ready.push(Rows { shape, kind: table.kind.clone(), batch: table.batch(self.request.spelling)? });
        }
        ready.sort_by(|one, other| (one.shape, &one.kind).cmp(&(other.shape, &other.kind)));
        Ok(ready)
    }

    /// End a job: what comes behind does not depend on what was decoded before.
    pub fn end_job(&mut self) {
        self.active = (0, 0);
        for table in &mut self.tables {
            table.active = false;
        }
        if matches!(self.request.answer, Answer::Kinds(_)) && self.tables.len() > 2 * KINDS {
            self.tables.clear();
            self.by_kind.clear();
            self.forget_plans();
        }
    }

    fn forget_plans(&mut self) {
        self.plans.clear();
        self.last_plan = None;
        self.chosen.clear();
        self.last_chosen = None;
    }

    fn found(&mut self, chunk: &[u8], found: &Found, budget: &mut Budget, number: u64, base: u64) {
        budget.record();
        self.tally.seen += 1;
        let (seen, misfits) = (self.tally.ignored, self.tally.misfits);
        match self.record(chunk, found, budget, base) {
            Ok(()) if self.tally.ignored == seen => self.count(found.status, 1),
            Ok(()) => {}
            Err(fault) => {
                self.tally.misfits = misfits;
                self.lose(found, fault, number, base);
            }
        }
    }

    fn count(&mut self, status: Status, step: i64) {
        let counter = match status {
            Status::Sound => return,
            Status::BadChecksum => &mut self.tally.bad_checksum,
            Status::Dirty => &mut self.tally.dirty,
            Status::Recovered => &mut self.tally.recovered,
        };
        *counter = counter.wrapping_add_signed(step);
    }

    #[cold]
    fn lose(&mut self, found: &Found, fault: Fault, chunk: u64, base: u64) {
        self.tally.seen -= 1;
        if found.status == Status::Recovered {
            return; // what only looks like a record is no loss
        }
        self.tally.lost.push(Loss {
            first: Some(found.number),
            last: Some(found.number),
            chunk,
            offset: base + found.start as u64,
            reason: format!("cannot be decoded: {fault}"),
        });
    }

    fn record(&mut self, chunk: &[u8], found: &Found, budget: &mut Budget, base: u64) -> Result<(), Fault> {
        let Some(start) = instance_at(chunk, found.start + 24, found.end) else {
            return self.general(chunk, found, budget, base, None);
        };
        let head = Instance::read(chunk, start, found.end)?;
        let outer = self.cache.at(chunk, head.definition, 0, budget)?;
        let (end, fragments) = values(chunk, head.values, found.end, &mut self.outer)?;
        let template = self.cache.known[outer as usize].clone();
        let outline = &template.outline;
        if !take::has_event(outline) {
            return self.general(chunk, found, budget, base, None);
        }
        let Some(who) = self.admitted(outline, chunk)? else {
            self.tally.ignored += 1;
            return Ok(());
        };
        let Some(filter) = self.gate.first(&who, found.written) else {
            self.tally.ignored += 1;
            return Ok(());
        };
        let plain = outline.flat && self.outer.len() >= usize::from(outline.holes) && chunk[end] == 0;
        if !plain || fragments != self.inside(outline.body) {
            return self.general(chunk, found, budget, base, Some((filter, who)));
        }
        let inner = match outline.body.map(|body| self.outer[usize::from(body)]) {
            Some(slot) if slot.kind == value::BINXML && slot.len > 0 => self.body(chunk, slot, outline.user, budget)?,
            _ => Some(NONE),
        };
        let Some(inner) = inner else {
            return self.general(chunk, found, budget, base, Some((filter, who)));
        };
        let table = self.table(filter, who, outer, inner, chunk)?;
        let table = self.activated(table as usize) as u32;
        self.row(chunk, found, budget, base, (outer, inner, table))
    }

    /// What a record is, or null where its number alone tells that nobody asks for it.
    fn admitted(&mut self, outline: &Outline, chunk: &[u8]) -> Result<Option<Identity>, Fault> {
        let spelling = self.request.spelling;
        let source = &outline.system[System::EventId as usize];
        let event = gate::number(source, &self.outer, chunk, spelling).ok_or(Fault::NoEvent)?;
        if self.gate.refuses(event) {
            return Ok(None);
        }
        self.gate.identity(event, outline, &self.outer, chunk, spelling).map(Some).ok_or(Fault::NoEvent)
    }

    /// How many fragments there are where no value but the body is one.
    fn inside(&self, body: Option<u16>) -> usize {
        let body = body.and_then(|body| self.outer.get(usize::from(body)));
        usize::from(body.is_some_and(|slot| slot.kind == value::BINXML && slot.len > 0))
    }

    /// Read the template inside the template; null where that is none of the flat form.
    fn body(&mut self, chunk: &[u8], slot: Slot, user: bool, budget: &mut Budget) -> Result<Option<u32>, Fault> {
        let end = slot.start as usize + usize::from(slot.len);
        let Some(start) = instance_at(chunk, slot.start as usize, end) else { return Ok(None) };
        let head = Instance::read(chunk, start, end)?;
        let inner = self.cache.at(chunk, head.definition, 0, budget)?;
        let (after, fragments) = values(chunk, head.values, end, &mut self.inner)?;
        let outline = &self.cache.known[inner as usize].outline;
        let flat = outline.flat && !outline.event && outline.body.is_none() && outline.user == user;
        let whole = after >= end || chunk[after] == 0;
        let enough = self.inner.len() >= usize::from(outline.holes);
        Ok((flat && whole && enough && fragments == 0).then_some(inner))
    }

    /// The table of a record that is read the fast way.
    fn table(&mut self, filter: usize, who: Identity, outer: u32, inner: u32, chunk: &[u8]) -> Result<u32, Fault> {
        if matches!(self.request.answer, Answer::Shapes(_)) {
            return Ok(filter as u32);
        }
        let key = (outer, inner, who.untimed());
        if let Some((last, table)) = &self.last_chosen
            && *last == key
        {
            return Ok(*table);
        }
        let table = match self.chosen.get(&key) {
            Some(table) => *table,
            None => {
                let outer = self.cache.known[outer as usize].clone();
                let inside = (inner != NONE).then(|| self.cache.known[inner as usize].clone());
                let fields = kind_fields(&outer.outline, inside.as_ref().map(|inner| &inner.outline), true);
                let table = self.kind(who, &outer.outline, fields, chunk)?;
                self.chosen.insert(key, table);
                table
            }
        };
        self.last_chosen = Some((key, table));
        Ok(table)
    }

    /// The table of a kind, a new one where there is none.
    fn kind(
        &mut self,
        who: Identity,
        outline: &Outline,
        fields: Vec<(String, Type)>,
        chunk: &[u8],
    ) -> Result<u32, Fault> {
        let provider = self.system_text(outline, System::ProviderName, chunk);
        let kind = Kind { provider, event_id: Some(who.event), version: who.version, fields };
        Ok(self.table_of(kind) as u32)
    }

    fn table_of(&mut self, kind: Kind) -> usize {
        if let Some(table) = self.by_kind.get(&kind) {
            return *table;
        }
        let kind = Arc::new(kind);
        self.tables.push(Table::new(kind_columns(&kind), Some(kind.clone())));
        self.by_kind.insert(kind, self.tables.len() - 1);
        self.tables.len() - 1
    }

    /// The table itself, or where a job has too many kinds, the one for the rest.
    #[inline]
    fn activated(&mut self, table: usize) -> usize {
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
        self.table_of(Kind { provider: String::new(), event_id: None, version: None, fields: Vec::new() })
    }

    fn system_text(&self, outline: &Outline, what: System, chunk: &[u8]) -> String {
        let mut out = Vec::new();
        match gate::single(&outline.system[what as usize], &self.outer) {
            Some(slot) => value::push(&mut out, slot.kind, slot.bytes(chunk), self.request.spelling),
            None => {
                if let Source::Text(text) = &outline.system[what as usize] {
                    return text.to_string();
                }
            }
        }
        String::from_utf8(out).unwrap_or_default()
    }

    /// Keep the row of a record that is read the fast way, or append it at once where it is none of single values.
    fn row(
        &mut self,
        chunk: &[u8],
        found: &Found,
        budget: &mut Budget,
        base: u64,
        key: (u32, u32, u32),
    ) -> Result<(), Fault> {
        let plan = match self.last_plan.take() {
            Some((last, plan)) if last == key => plan,
            _ => self.planned(key),
        };
        let table = key.2 as usize;
        if self.tables[table].next.as_ref().is_some_and(|(next, _)| *next != key) {
            self.settle(table, chunk, budget);
        }
        let long = (found.end - found.start) * plan.varying.len() > RECORD_TEXT;
        if !plan.simple || long {
            let appended = self.row_now(chunk, found, budget, base, key, &plan);
            self.last_plan = Some((key, plan));
            return appended;
        }
        let into = &mut self.tables[table];
        if into.next.is_none() {
            into.next = Some((key, plan.clone()));
            self.busy.push(table);
        }
        let outer = self.slots.len() as u32;
        self.slots.extend_from_slice(&self.outer);
        let inner = self.slots.len() as u32;
        if key.1 != NONE {
            self.slots.extend_from_slice(&self.inner);
        }
        into.waiting.push(Waiting { outer, inner, end: self.slots.len() as u32, found: *found });
        self.last_plan = Some((key, plan));
        Ok(())
    }

    fn row_now(
        &mut self,
        chunk: &[u8],
        found: &Found,
        budget: &mut Budget,
        base: u64,
        key: (u32, u32, u32),
        plan: &Arc<Plan>,
    ) -> Result<(), Fault> {
        let outer = self.cache.known[key.0 as usize].clone();
        let inner = (key.1 != NONE).then(|| self.cache.known[key.1 as usize].clone());
        let outlines = (&outer.outline, inner.as_ref().map(|inner| &inner.outline));
        self.append(chunk, found, budget, base, key.2 as usize, plan, outlines)
    }

    /// Append the rows that wait in all tables.
    fn settle_all(&mut self, chunk: &[u8], budget: &mut Budget) {
        while let Some(table) = self.busy.pop() {
            self.settle(table, chunk, budget);
        }
        self.slots.clear();
    }

    /// Append the rows that wait in a table, column by column; where a value does not fit, row by row.
    fn settle(&mut self, table: usize, chunk: &[u8], budget: &mut Budget) {
        let into = &mut self.tables[table];
        let Some((key, plan)) = into.next.take() else { return };
        let waiting = std::mem::take(&mut into.waiting);
        let rows = into.rows;
        into.follow(&plan, self.request.spelling);
        if push_block(into, &plan, &waiting, &self.slots, chunk, self.place.1, self.request.spelling) {
            into.rows += waiting.len();
            let bytes = waiting.iter().map(|row| row.found.end - row.found.start).sum();
            self.grown(table, bytes);
        } else {
            into.truncate(rows);
            self.settle_rows(table, &waiting, key, &plan, chunk, budget);
        }
        let mut waiting = waiting;
        waiting.clear();
        self.tables[table].waiting = waiting;
    }

    #[cold]
    fn settle_rows(
        &mut self,
        table: usize,
        waiting: &[Waiting],
        key: (u32, u32, u32),
        plan: &Arc<Plan>,
        chunk: &[u8],
        budget: &mut Budget,
    ) {
        let (number, base) = self.place;
        let held = (std::mem::take(&mut self.outer), std::mem::take(&mut self.inner));
        for row in waiting {
            self.outer = self.slots[row.outer as usize..row.inner as usize].to_vec();
            self.inner = self.slots[row.inner as usize..row.end as usize].to_vec();
            budget.record();
            let key = (key.0, key.1, table as u32);
            if let Err(fault) = self.row_now(chunk, &row.found, budget, base, key, plan) {
                self.count(row.found.status, -1);
                self.lose(&row.found, fault, number, base);
            }
        }
        (self.outer, self.inner) = held;
    }

    /// See whether a table should be handed on.
    #[inline]
    fn grown(&mut self, table: usize, bytes: usize) {
        let into = &mut self.tables[table];
        into.loose += bytes;
        self.full |= into.rows >= self.request.rows;
        if into.loose > WAITING / 4 {
            into.loose = 0;
            self.full |= into.columns.iter().map(columns::Column::bytes).sum::<usize>() > WAITING;
        }
    }

    #[cold]
    fn planned(&mut self, key: (u32, u32, u32)) -> Arc<Plan> {
        let outer = &self.cache.known[key.0 as usize].outline;
        let inner = (key.1 != NONE).then(|| &self.cache.known[key.1 as usize].outline);
        let specs = &self.tables[key.2 as usize].specs;
        self.plans.entry(key).or_insert_with(|| Arc::new(Plan::new(specs, outer, inner))).clone()
    }

    /// Append a row; where a value does not fit the type of its kind, to the table of the same kind in text.
    #[allow(clippy::too_many_arguments)]
    fn append(
        &mut self,
        chunk: &[u8],
        found: &Found,
        budget: &mut Budget,
        base: u64,
        table: usize,
        plan: &Arc<Plan>,
        outlines: (&Outline, Option<&Outline>),
    ) -> Result<(), Fault> {
        self.settle(table, chunk, budget);
        let length = (found.end - found.start) * plan.varying.len();
        if length > RECORD_TEXT {
            budget.text(spelled_length(plan, &self.outer, &self.inner))?;
        }
        let record =
            Record { chunk, outer: &self.outer, inner: &self.inner, found, base, spelling: self.request.spelling };
        let xml = if plan.xml { xml_of(&record, &mut self.cache, budget)? } else { String::new() };
        let into = &mut self.tables[table];
        let rows = into.rows;
        into.follow(plan, self.request.spelling);
        let misfits = match push_row(into, plan, &record, outlines, &mut self.scratch, &xml, budget) {
            Ok(misfits) => misfits,
            Err(fault) => {
                into.truncate(rows);
                return Err(fault);
            }
        };
        if misfits.fields > 0 && into.kind.is_some() {
            into.truncate(rows);
            return self.append_as_text(chunk, found, budget, base, table, outlines);
        }
        self.tally.misfits += misfits.all();
        into.rows += 1;
        self.grown(table, found.end - found.start);
        Ok(())
    }

    #[cold]
    fn append_as_text(
        &mut self,
        chunk: &[u8],
        found: &Found,
        budget: &mut Budget,
        base: u64,
        table: usize,
        outlines: (&Outline, Option<&Outline>),
    ) -> Result<(), Fault> {
        let Some(kind) = self.tables[table].kind.clone() else { return Ok(()) };
        let fields = kind.fields.iter().map(|(name, _)| (name.clone(), Type::Text)).collect();
        let other = self.table_of(Kind { fields, ..(*kind).clone() });
        let other = self.activated(other);
        let plan = Arc::new(Plan::new(&self.tables[other].specs, outlines.0, outlines.1));
        self.append(chunk, found, budget, base, other, &plan, outlines)
    }

    /// Read a record of any form: build its tree, then outline that.
    #[cold]
    fn general(
        &mut self,
        chunk: &[u8],
        found: &Found,
        budget: &mut Budget,
        base: u64,
        admitted: Option<(usize, Identity)>,
    ) -> Result<(), Fault> {
        let chosen = match admitted {
            Some(chosen) => Some(chosen),
            None => self.peek(chunk, found, budget)?,
        };
        let Some((filter, who)) = chosen else {
            self.tally.ignored += 1;
            return Ok(());
        };
        let nodes = tree(chunk, found, false, self.request.spelling, &mut self.cache, budget)?;
        let outline = Outline::of(&nodes);
        self.outer.clear();
        self.inner.clear();
        let table = match &self.request.answer {
            Answer::Shapes(_) => filter,
            Answer::Kinds(_) => self.kind(who, &outline, kind_fields(&outline, None, false), chunk)? as usize,
        };
        let table = self.activated(table);
        let plan = Arc::new(Plan::new(&self.tables[table].specs, &outline, None));
        self.append(chunk, found, budget, base, table, &plan, (&outline, None))
    }

    /// Read no further than System, and see who asks for the record.
    fn peek(&mut self, chunk: &[u8], found: &Found, budget: &mut Budget) -> Result<Option<(usize, Identity)>, Fault> {
        let nodes = tree(chunk, found, true, self.request.spelling, &mut self.cache, budget)?;
        let outline = Outline::of(&nodes);
        if !take::has_event(&outline) {
            return Err(Fault::NoEvent);
        }
        let Some(who) = self.admitted(&outline, chunk)? else { return Ok(None) };
        Ok(self.gate.first(&who, found.written).map(|filter| (filter, who)))
    }
}

/// Where a template instance begins behind its token, with a fragment header in front or without.
#[inline]
fn instance_at(chunk: &[u8], start: usize, end: usize) -> Option<usize> {
    match chunk.get(start..end)? {
        [0x0f, _, _, _, 0x0c, ..] => Some(start + 5),
        [0x0c, ..] => Some(start + 1),
        _ => None,
    }
}

/// The nodes of a record.
fn tree(
    chunk: &[u8],
    found: &Found,
    only_system: bool,
    spelling: Spelling,
    cache: &mut Cache,
    budget: &mut Budget,
) -> Result<take::Nodes, Fault> {
    let mut parser = Parser::new(chunk, found.start + 24, found.end, false, spelling, cache);
    parser.only_system = only_system;
    parser.fragment(0, budget)
}

/// Bytes of the values that a plan takes.
fn spelled_length(plan: &Plan, outer: &[Slot], inner: &[Slot]) -> usize {
    let length = |inside: bool, index: u16| {
        let slots = if inside { inner } else { outer };
        slots.get(usize::from(index)).map_or(0, |slot| usize::from(slot.len) * 2)
    };
    plan.varying
        .iter()
        .map(|(_, _, take)| match take {
            Take::Slot { inner, index } => length(*inner, *index),
            _ => 0,
        })
        .sum()
}

#[derive(Clone, Copy, Default)]
struct Misfits {
    system: u64,
    fields: u64,
}

impl Misfits {
    fn all(self) -> u64 {
        self.system + self.fields
    }
}

/// Append values of many rows to each column that differs from row to row; false where one does not fit.
fn push_block(
    into: &mut Table,
    plan: &Plan,
    waiting: &[Waiting],
    slots: &[Slot],
    chunk: &[u8],
    base: u64,
    spelling: Spelling,
) -> bool {
    let mut fits = true;
    for (place, _, take) in &plan.varying {
        let column = &mut into.columns[*place];
        let mut each = |cell: fn(&Found, u64) -> Cell<'static>| {
            waiting.iter().fold(true, |fits, row| fits & column.push(cell(&row.found, base), spelling))
        };
        fits &= match take {
            Take::Number => each(|found, _| Cell::Number(found.number)),
            Take::Written => each(|found, _| Cell::Filetime(found.written)),
            Take::Status => each(|found, _| Cell::Text(found.status.words())),
            Take::Offset => each(|found, base| Cell::Number(base.wrapping_add(found.start as u64))),
            Take::Slot { inner, index } => {
                let start = |row: &Waiting| if *inner { row.inner } else { row.outer };
                let found = waiting.iter().map(|row| slots[start(row) as usize + usize::from(*index)]);
                column.extend(found, chunk, spelling)
            }
            _ => false,
        };
    }
    fits
}

/// Append a value to each column that differs from row to row; return how many did not fit.
#[inline]
fn push_row(
    into: &mut Table,
    plan: &Plan,
    record: &Record<'_>,
    outlines: (&Outline, Option<&Outline>),
    scratch: &mut Vec<u8>,
    xml: &str,
    budget: &mut Budget,
) -> Result<Misfits, Fault> {
    let mut misfits = Misfits::default();
    for (place, own, take) in &plan.varying {
        let column = &mut into.columns[*place];
        let fits = match take {
            Take::Slot { inner, index } => {
                let slot = record.slot(*inner, *index);
                if slot.is_array() {
                    let part = Part { inner: *inner, source: Source::Value(slot) };
                    column.push(record.part(&part, scratch, budget)?, record.spelling)
                } else {
                    column.push(columns::present(slot, record.chunk), record.spelling)
                }
            }
            other => push_other(column, other, record, outlines, scratch, xml, budget)?,
        };
        if !fits {
            if *own { misfits.fields += 1 } else { misfits.system += 1 }
        }
    }
    Ok(misfits)
}

fn push_other(
    column: &mut columns::Column,
    take: &Take,
    record: &Record<'_>,
    outlines: (&Outline, Option<&Outline>),
    scratch: &mut Vec<u8>,
    xml: &str,
    budget: &mut Budget,
) -> Result<bool, Fault> {
    let cell = match take {
        Take::Number => Cell::Number(record.found.number),
        Take::Written => Cell::Filetime(record.found.written),
        Take::Status => Cell::Text(record.found.status.words()),
        Take::Offset => Cell::Number(record.base.wrapping_add(record.found.start as u64)),
        Take::Part(part) => record.part(part, scratch, budget)?,
        Take::Lines(parts) => record.lines(parts, false, scratch, budget)?,
        Take::Numbered(parts) => record.lines(parts, true, scratch, budget)?,
        Take::Xml => Cell::Text(xml),
        Take::Fields => return push_fields(column, record, outlines, budget),
        Take::Text(text) => Cell::Text(text),
        Take::Slot { .. } | Take::Absent => Cell::Null,
    };
    Ok(column.push(cell, record.spelling))
}

fn push_fields(
    column: &mut columns::Column,
    record: &Record<'_>,
    outlines: (&Outline, Option<&Outline>),
    budget: &mut Budget,
) -> Result<bool, Fault> {
    let mut names = Vec::new();
    let mut spelled: Vec<Option<Vec<u8>>> = Vec::new();
    let mut slots = Vec::new();
    for (inner, field) in take::fields(outlines.0, outlines.1) {
        let part = Part { inner, source: field.source.clone() };
        for single in record.each(&part) {
            let mut text = None;
            if single.is_none() {
                let mut scratch = Vec::new();
                if let Cell::Text(found) = record.part(&part, &mut scratch, budget)? {
                    text = Some(found.as_bytes().to_vec());
                }
            }
            budget.nodes(1)?;
            budget.text(field.name.len() + single.map_or(0, |slot| usize::from(slot.len)))?;
            names.push(&*field.name);
            slots.push(single);
            spelled.push(text);
        }
    }
    let cells = slots.iter().zip(&spelled).map(|(slot, text)| match (slot, text) {
        (Some(slot), _) => columns::present(*slot, record.chunk),
        (None, Some(text)) => Cell::Text(std::str::from_utf8(text).unwrap_or_default()),
        (None, None) => Cell::Null,
    });
    column.pairs(names.into_iter().zip(cells), record.spelling);
    Ok(true)
}

fn xml_of(record: &Record<'_>, cache: &mut Cache, budget: &mut Budget) -> Result<String, Fault> {
    let nodes = tree(record.chunk, record.found, false, record.spelling, cache, budget)?;
    let mut writer = xml::Writer { chunk: record.chunk, spelling: record.spelling, out: Vec::new() };
    writer.nodes(&nodes, budget)?;
    Ok(String::from_utf8(writer.out).unwrap_or_default())
}

/// The event's own columns: each field once, `Data` for all without a name.
fn kind_fields(outer: &Outline, inner: Option<&Outline>, typed: bool) -> Vec<(String, Type)> {
    let mut found: Vec<(String, Type)> = Vec::new();
    for (_, field) in take::fields(outer, inner) {
        if found.iter().any(|(name, _)| **name == *field.name) {
            continue;
        }
        let kind = match (&field.source, field.unnamed || !typed) {
            (Source::Hole { kind, .. }, false) => columns::declared(*kind),
            _ => Type::Text,
        };
        found.push((field.name.to_string(), kind));
    }
    found
}

/// System columns, then the event's own; a name that is taken gets a number.
fn kind_columns(kind: &Kind) -> Vec<Column> {
    let mut found = system_columns();
    for (name, kind) in &kind.fields {
        let mut free = name.clone();
        let mut number = 2;
        while found.iter().any(|column| column.name.eq_ignore_ascii_case(&free)) {
            free = format!("{name}_{number}");
            number += 1;
        }
        found.push(Column { name: free, of: Of::Field(name.clone()), kind: *kind });
    }
    if kind.event_id.is_none() {
        found.push(Column { name: "fields".to_owned(), of: Of::Fields, kind: Type::Text });
    }
    found
}
