//! Records of any form: each is built as a tree, and outlined like a template.

use std::sync::Arc;

use super::record::{Admitted, admitted};
use super::row::Given;
use super::table::Values;
use super::{Decoder, kind};
use crate::binxml::Parser;
use crate::chunk::Found;
use crate::limits::{Budget, Fault};
use crate::outline::Outline;
use crate::request::Answer;
use crate::take::{self, Plan};
use crate::template::Cache;
use crate::value::Spelling;

impl Decoder {
    /// Read a record of any form: build its tree, then outline that.
    #[cold]
    pub(super) fn general(
        &mut self,
        chunk: &[u8],
        found: &Found,
        budget: &mut Budget,
        known: Option<Admitted>,
    ) -> Result<(), Fault> {
        let chosen = match known {
            Some(chosen) => Some(chosen),
            None => self.peek(chunk, found, budget)?,
        };
        let Some((filter, who)) = chosen else {
            self.tally.ignored += 1;
            return Ok(());
        };
        let nodes = tree(chunk, found, false, self.request.spelling, &mut self.cache, budget)?;
        let outline = Outline::of(&nodes);
        let values = Values::default();
        let table = match &self.request.answer {
            Answer::Shapes(_) => filter,
            Answer::Kinds(_) => self.kind(who, &outline, kind::fields(&outline, None, false), values, chunk),
        };
        let table = self.activated(table);
        let plan = Arc::new(Plan::new(&self.tables[table].layout.specs, &outline, None));
        self.append(&Given { chunk, found, values }, budget, table, &plan, (&outline, None))
    }

    /// Read a record of a flat template whose body has a form of its own: only that becomes a tree.
    ///
    /// False where the two cannot be told apart, and nothing is appended.
    #[cold]
    pub(super) fn half(
        &mut self,
        given: &Given<'_>,
        budget: &mut Budget,
        (filter, who): Admitted,
        template: u32,
    ) -> Result<bool, Fault> {
        let Given { chunk, values, .. } = *given;
        let template = self.cache.known[template as usize].clone();
        let outer = &template.outline;
        let slots = &self.slots[values.outer as usize..values.inner as usize];
        let Some(body) = outer.body.and_then(|body| slots.get(usize::from(body))).copied() else { return Ok(false) };
        let (start, end) = (body.start as usize, body.start as usize + body.length());
        let nodes =
            Parser::new(chunk, start, end, false, self.request.spelling, &mut self.cache).fragment(0, budget)?;
        let inner = Outline::of(&nodes);
        if !inner.flat || inner.event || inner.body.is_some() || inner.user != outer.user {
            return Ok(false);
        }
        let table = match &self.request.answer {
            Answer::Shapes(_) => filter,
            Answer::Kinds(_) => self.kind(who, outer, kind::fields(outer, Some(&inner), false), values, chunk),
        };
        let table = self.activated(table);
        let plan = Arc::new(Plan::new(&self.tables[table].layout.specs, outer, Some(&inner)));
        self.append(given, budget, table, &plan, (outer, Some(&inner)))?;
        Ok(true)
    }

    /// Read no further than System, and see who asks for the record.
    fn peek(&mut self, chunk: &[u8], found: &Found, budget: &mut Budget) -> Result<Option<Admitted>, Fault> {
        let nodes = tree(chunk, found, true, self.request.spelling, &mut self.cache, budget)?;
        let outline = Outline::of(&nodes);
        if !take::has_event(&outline) {
            return Err(Fault::NoEvent);
        }
        admitted(&mut self.gate, &outline, &[], chunk, self.request.spelling, found)
    }
}

/// The nodes of a record.
pub fn tree(
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
