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
