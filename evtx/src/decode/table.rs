//! Rows of one shape or kind while they come together.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use super::{Kind, layout::Layout};
use crate::chunk::Found;
use crate::columns;
use crate::take::{Plan, Take};
use crate::value::{Slot, Spelling};

/// Outer template, template inside it, table.
pub type Key = (u32, u32, u32);

/// Where the values of a record stand among those of its chunk: its own, then those of the template inside it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Values {
    pub outer: u32,
    pub inner: u32,
    pub end: u32,
}

/// A record that waits for the others of its kind.
#[derive(Clone, Copy)]
pub struct Waiting {
    pub found: Found,
    pub values: Values,
}

/// Rows of one shape or kind while they come together.
pub struct Table {
    pub layout: Arc<Layout>,
    pub columns: Vec<columns::Column>,
    pub kind: Option<Arc<Kind>>,
    pub rows: usize,
    /// Bytes of records since the last count of what waits.
    pub loose: usize,
    /// Whether it had rows since the job began.
    pub active: bool,
    /// The plan of the last row; what is the same in all of its rows is filled in later.
    plan: Option<Arc<Plan>>,
    /// Rows that wait to be appended together, column by column, and their plan.
    pub waiting: Vec<Waiting>,
    pub next: Option<(Key, Arc<Plan>)>,
}

impl Table {
    /// An empty table.
    pub fn new(layout: Arc<Layout>, kind: Option<Arc<Kind>>) -> Self {
        let columns = layout.specs.iter().map(|spec| columns::Column::new(&spec.of, spec.kind)).collect();
        Self { layout, columns, kind, rows: 0, loose: 0, active: false, plan: None, waiting: Vec::new(), next: None }
    }

    /// Get ready for rows of another plan; what stays the same is filled in later.
    pub fn follow(&mut self, plan: &Arc<Plan>, spelling: Spelling) {
        if self.plan.as_ref().is_some_and(|last| Arc::ptr_eq(last, plan)) {
            return;
        }
        for (place, text) in &plan.constant {
            self.columns[*place].fill(text.as_deref(), self.rows, spelling);
        }
        for (place, ..) in &plan.varying {
            self.columns[*place].reach(self.rows, spelling);
        }
        self.plan = Some(plan.clone());
    }

    fn reach(&mut self, spelling: Spelling) {
        for column in &mut self.columns {
            column.reach(self.rows, spelling);
        }
    }

    /// Hand on the rows; the table is empty then.
    pub fn batch(&mut self, spelling: Spelling) -> Result<RecordBatch, ArrowError> {
        self.reach(spelling);
        self.rows = 0;
        self.loose = 0;
        let arrays: Result<Vec<_>, _> = self.columns.iter_mut().map(columns::Column::finish).collect();
        RecordBatch::try_new(self.layout.schema.clone(), arrays?)
    }

    /// Take rows away again.
    pub fn truncate(&mut self, rows: usize) {
        for column in &mut self.columns {
            column.truncate(rows);
        }
    }

    /// Append values of many rows to each column that differs from row to row; false where one does not fit.
    pub fn block(
        &mut self,
        plan: &Plan,
        waiting: &[Waiting],
        slots: &[Slot],
        chunk: &[u8],
        base: u64,
        spelling: Spelling,
    ) -> bool {
        plan.varying.iter().all(|(place, _, take)| {
            let column = &mut self.columns[*place];
            let found = waiting.iter().map(|row| &row.found);
            match take {
                Take::Number => column.numbers(found.map(|found| found.number), spelling),
                Take::Offset => column.numbers(found.map(|found| base.wrapping_add(found.start as u64)), spelling),
                Take::Size => column.numbers(found.map(Found::size), spelling),
                Take::Written => column.times(found.map(|found| found.written), spelling),
                Take::Status => column.statuses(found.map(|found| found.status), spelling),
                Take::Slot { inner: false, index } => {
                    let place = |row: &Waiting| row.values.outer as usize + usize::from(*index);
                    column.extend(waiting.iter().map(|row| slots[place(row)]), chunk, spelling)
                }
                Take::Slot { inner: true, index } => {
                    let place = |row: &Waiting| row.values.inner as usize + usize::from(*index);
                    column.extend(waiting.iter().map(|row| slots[place(row)]), chunk, spelling)
                }
                _ => false,
            }
        })
    }
}
