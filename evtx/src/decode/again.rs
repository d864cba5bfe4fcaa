//! What was decided of the record before: it holds for the next one too, if that says the same of itself.

use super::record::Admitted;
use crate::bytes::same;
use crate::outline::{Outline, Source, System};
use crate::value::Slot;

/// What a filter may go by, besides the time.
const SAID: [System; 4] = [System::EventId, System::Version, System::ProviderName, System::Channel];

/// A decision, and the values that it was made by.
#[derive(Default)]
pub struct Again {
    /// Number of the template; null where nothing is remembered.
    template: Option<u32>,
    /// Place among the values, type and length, and where the bytes end in `bytes`.
    said: Vec<(u16, u32, usize)>,
    bytes: Vec<u8>,
    decision: Option<Admitted>,
}

impl Again {
    /// Forget it.
    pub fn forget(&mut self) {
        self.template = None;
    }

    /// Remember what was decided of a record.
    pub fn remember(
        &mut self,
        template: u32,
        outline: &Outline,
        slots: &[Slot],
        chunk: &[u8],
        decision: Option<Admitted>,
    ) {
        self.said.clear();
        self.bytes.clear();
        for what in SAID {
            match &outline.system[what as usize] {
                Source::Absent | Source::Text(_) => {}
                Source::Hole { index, .. } if usize::from(*index) < slots.len() => {
                    let slot = slots[usize::from(*index)];
                    self.bytes.extend_from_slice(slot.bytes(chunk));
                    self.said.push((*index, slot.form, self.bytes.len()));
                }
                _ => return self.forget(),
            }
        }
        (self.template, self.decision) = (Some(template), decision);
    }

    /// What was decided, where a record says the same as the one before.
    #[inline]
    pub fn decision(&self, template: u32, slots: &[Slot], chunk: &[u8]) -> Option<Option<Admitted>> {
        if self.template != Some(template) {
            return None;
        }
        let mut start = 0;
        for (index, form, end) in &self.said {
            let slot = slots.get(usize::from(*index)).filter(|slot| slot.form == *form)?;
            let (said, before) = (slot.bytes(chunk), self.bytes.get(start..*end)?);
            if !same(said, before) {
                return None;
            }
            start = *end;
        }
        Some(self.decision)
    }
}
