//! Chunks to rows: the fast way for records whose templates are flat, the general way for all others.

mod again;
mod general;
mod kind;
mod layout;
mod record;
mod row;
mod settle;
mod table;
mod tally;

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use self::again::Again;
pub use self::kind::Kind;
use self::layout::Layout;
use self::table::{Key, Table};
pub use self::tally::{Loss, Tally};
use crate::chunk::{Found, Head, Item, Records, Status};
use crate::gate::{Gate, Identity};
use crate::limits::{Budget, Fault, KINDS};
use crate::request::{Answer, Request};
use crate::sought::Sought;
use crate::take::Plan;
use crate::template::Cache;
use crate::value::Slot;

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
    tables(request).into_iter().map(|table| table.layout.schema.clone()).collect()
}

fn tables(request: &Request) -> Vec<Table> {
    match &request.answer {
        Answer::Shapes(shapes) => {
            shapes.iter().map(|shape| Table::new(Arc::new(Layout::new(shape.columns.clone())), None)).collect()
        }
        Answer::Kinds(_) => Vec::new(),
    }
}

/// Decodes chunks for one request.
pub struct Decoder {
    request: Arc<Request>,
    cache: Cache,
    gate: Gate,
    sought: Option<Sought>,
    tables: Vec<Table>,
    by_kind: HashMap<Arc<Kind>, usize, RandomState>,
    /// Plans by templates and table.
    plans: HashMap<Key, Arc<Plan>, RandomState>,
    last_plan: Option<(Key, Arc<Plan>)>,
    /// Tables of kinds by outer template, inner template, event, version and provider.
    chosen: HashMap<(u32, u32, Identity), u32, RandomState>,
    last_chosen: Option<((u32, u32, Identity), u32)>,
    again: Again,
    /// Values of the record at hand, behind those of the rows that wait, and the tables that have some.
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
        Self {
            cache: Cache::new(request.spelling),
            gate: Gate::new(request.filters().into_iter().cloned().collect()),
            sought: Sought::new(&request.filters()),
            tables: tables(&request),
            by_kind: HashMap::default(),
            plans: HashMap::default(),
            last_plan: None,
            chosen: HashMap::default(),
            last_chosen: None,
            again: Again::default(),
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
        self.begin(number, base);
        self.items(chunk, Records::new(chunk, head, self.request.recovered), None);
    }

    /// Decode what is left of a chunk whose head was cut off: records from `at` on.
    ///
    /// # Arguments
    /// * `lent`: place and number of templates of other chunks, which this one had too.
    pub fn rest(&mut self, chunk: &[u8], at: usize, base: u64, lent: &[(u32, u32)]) {
        self.begin(0, base);
        self.cache.lend(lent);
        self.items(chunk, Records::of_rest(chunk, at, self.request.recovered), Some(Status::Recovered));
    }

    /// Decode records; `status` is how they were got where the chunk cannot tell.
    fn items(&mut self, chunk: &[u8], records: Records<'_>, status: Option<Status>) {
        self.tally.chunks += 1;
        if let Some(sought) = &mut self.sought {
            sought.look(chunk);
        }
        let mut budget = Budget::chunk();
        for item in records {
            match item {
                Item::Record(found) => {
                    let status = status.unwrap_or(found.status);
                    self.found(chunk, &Found { status, ..found }, &mut budget);
                }
                Item::Lost { start, before, behind } => {
                    let first = before.and_then(|before| before.checked_add(1));
                    let last = behind.and_then(|behind| behind.checked_sub(1)).filter(|last| Some(*last) >= first);
                    self.lost(first, last, start, "no record where one should start".to_owned());
                }
            }
        }
        self.settle_all(chunk, &mut budget);
    }

    /// Take over what another decoder has learnt.
    pub fn learn_of(&mut self, other: Self) {
        self.cache = other.cache;
        self.forget_plans();
    }

    /// Templates by the first bytes of their GUID, as far as one is meant.
    pub fn templates(&self) -> HashMap<u32, u32> {
        self.cache.by_beginning()
    }

    /// Decode one record that stands alone; what cannot be decoded is counted with the lost.
    pub fn single(&mut self, chunk: &[u8], found: &Found, number: u64, base: u64) {
        self.begin(number, base);
        if let Some(sought) = &mut self.sought {
            sought.look(chunk);
        }
        let (seen, lost, mut budget) = (self.tally.seen, self.tally.lost.len(), Budget::chunk());
        self.found(chunk, found, &mut budget);
        self.settle_all(chunk, &mut budget);
        if self.tally.seen == seen {
            self.tally.lost.truncate(lost);
            let number = Some(found.number);
            self.lost(number, number, found.start, "stands outside a chunk, without its template".to_owned());
        }
    }

    fn begin(&mut self, number: u64, base: u64) {
        if self.cache.begin() {
            self.forget_plans();
        }
        self.place = (number, base);
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
        self.sought.as_mut().map(Sought::forget);
        self.plans.clear();
        self.last_plan = None;
        self.chosen.clear();
        self.last_chosen = None;
        self.again.forget();
    }

    fn found(&mut self, chunk: &[u8], found: &Found, budget: &mut Budget) {
        budget.record();
        self.tally.seen += 1;
        if let Some(wanted) = &self.request.offsets
            && wanted.binary_search(&self.place.1.wrapping_add(found.start as u64)).is_err()
        {
            self.tally.ignored += 1;
            return;
        }
        let (ignored, misfits) = (self.tally.ignored, self.tally.misfits);
        match self.record(chunk, found, budget) {
            Ok(()) if self.tally.ignored == ignored => self.count(found.status, 1),
            Ok(()) => {}
            Err(fault) => {
                self.tally.misfits = misfits;
                self.lose(found, fault);
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
    fn lose(&mut self, found: &Found, fault: Fault) {
        self.tally.seen -= 1;
        self.lost(Some(found.number), Some(found.number), found.start, format!("cannot be decoded: {fault}"));
    }

    #[cold]
    fn lost(&mut self, first: Option<u64>, last: Option<u64>, start: usize, reason: String) {
        let (chunk, offset) = (self.place.0, self.place.1.wrapping_add(start as u64));
        self.tally.lost.push(Loss { first, last, chunk, offset, reason });
    }
}
