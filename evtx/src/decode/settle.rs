//! Rows that wait: those of one plan and one chunk are appended together, column by column.

use std::sync::Arc;

use super::Decoder;
use super::record::{NONE, Way};
use super::row::Given;
use super::table::{Key, Waiting};
use crate::columns::Column;
use crate::limits::{Budget, Fault, RECORD_TEXT};
use crate::take::Plan;

/// Bytes of text that wait in a table before it is handed on.
const WAITING: usize = 16 << 20;

impl Decoder {
    /// Keep the row of a record that is read the fast way, or append it at once where it is none of single values.
    #[inline]
    pub(super) fn row(&mut self, given: &Given<'_>, budget: &mut Budget, key: Key) -> Result<Way, Fault> {
        let into = &mut self.tables[key.2 as usize];
        if let Some((next, plan)) = &into.next
            && *next == key
            && !is_long(given, plan)
        {
            into.waiting.push(Waiting { found: *given.found, values: given.values });
            return Ok(Way::Waits);
        }
        self.first_row(given, budget, key)
    }

    /// The same for one of another plan than the row before it.
    fn first_row(&mut self, given: &Given<'_>, budget: &mut Budget, key: Key) -> Result<Way, Fault> {
        let plan = self.planned(key);
        let table = key.2 as usize;
        if self.tables[table].next.as_ref().is_some_and(|(next, _)| *next != key) {
            self.settle(table, given.chunk, budget);
        }
        if !plan.simple || is_long(given, &plan) {
            return self.row_now(given, budget, key, &plan).map(|()| Way::Done);
        }
        let into = &mut self.tables[table];
        if into.next.is_none() {
            into.next = Some((key, plan));
            self.busy.push(table);
        }
        into.waiting.push(Waiting { found: *given.found, values: given.values });
        Ok(Way::Waits)
    }

    fn row_now(&mut self, given: &Given<'_>, budget: &mut Budget, key: Key, plan: &Arc<Plan>) -> Result<(), Fault> {
        let outer = self.cache.known[key.0 as usize].clone();
        let inner = (key.1 != NONE).then(|| self.cache.known[key.1 as usize].clone());
        let outlines = (&outer.outline, inner.as_ref().map(|inner| &inner.outline));
        self.append(given, budget, key.2 as usize, plan, outlines)
    }

    /// Append the rows that wait in all tables.
    pub(super) fn settle_all(&mut self, chunk: &[u8], budget: &mut Budget) {
        while let Some(table) = self.busy.pop() {
            self.settle(table, chunk, budget);
        }
        self.slots.clear();
    }

    /// Append the rows that wait in a table; where a value does not fit, row by row.
    pub(super) fn settle(&mut self, table: usize, chunk: &[u8], budget: &mut Budget) {
        let into = &mut self.tables[table];
        let Some((key, plan)) = into.next.take() else { return };
        let mut waiting = std::mem::take(&mut into.waiting);
        let rows = into.rows;
        into.follow(&plan, self.request.spelling);
        if into.block(&plan, &waiting, &self.slots, chunk, self.place.1, self.request.spelling) {
            into.rows += waiting.len();
            let bytes = waiting.iter().map(|row| row.found.end - row.found.start).sum();
            self.grown(table, bytes);
        } else {
            into.truncate(rows);
            self.settle_rows(&waiting, (key.0, key.1, table as u32), &plan, chunk, budget);
        }
        waiting.clear();
        self.tables[table].waiting = waiting;
    }

    #[cold]
    fn settle_rows(&mut self, waiting: &[Waiting], key: Key, plan: &Arc<Plan>, chunk: &[u8], budget: &mut Budget) {
        for row in waiting {
            budget.record();
            let given = Given { chunk, found: &row.found, values: row.values };
            if let Err(fault) = self.row_now(&given, budget, key, plan) {
                self.count(row.found.status, -1);
                self.lose(&row.found, fault);
            }
        }
    }

    /// See whether a table should be handed on.
    #[inline]
    pub(super) fn grown(&mut self, table: usize, bytes: usize) {
        let into = &mut self.tables[table];
        into.loose += bytes;
        self.full |= into.rows >= self.request.rows;
        if into.loose > WAITING / 4 {
            into.loose = 0;
            self.full |= into.columns.iter().map(Column::bytes).sum::<usize>() > WAITING;
        }
    }

    fn planned(&mut self, key: Key) -> Arc<Plan> {
        if let Some((last, plan)) = &self.last_plan
            && *last == key
        {
            return plan.clone();
        }
        let plan = self.plan(key);
        self.last_plan = Some((key, plan.clone()));
        plan
    }

    fn plan(&mut self, key: Key) -> Arc<Plan> {
        let outer = &self.cache.known[key.0 as usize];
        let inner = (key.1 != NONE).then(|| &self.cache.known[key.1 as usize]);
        let layout = &self.tables[key.2 as usize].layout;
        self.plans.entry(key).or_insert_with(|| layout.plan(outer, inner)).clone()
    }
}

/// Whether the values of a record might become more text than one record may.
#[inline]
fn is_long(given: &Given<'_>, plan: &Plan) -> bool {
    (given.found.end - given.found.start) * plan.varying.len() > RECORD_TEXT
}
