//! Which rows have a value, and how much room a batch gets.

use arrow_array::builder::BooleanBufferBuilder;
use arrow_buffer::NullBuffer;

/// Rows of a batch from which on the next one is thought to be as large, and gets its room at once.
pub const LARGE: usize = 1024;

/// Room for a batch that is as large as the one before, or somewhat larger.
pub fn as_many(count: usize) -> usize {
    count + count / 16
}

/// Which rows have a value; nothing is kept as long as all have.
#[derive(Debug, Default)]
pub struct Validity {
    flags: Option<Vec<bool>>,
}

impl Validity {
    #[inline(always)]
    pub fn push(&mut self, rows: usize, valid: bool) {
        if let Some(flags) = &mut self.flags {
            flags.push(valid);
        } else if !valid {
            let mut flags = vec![true; rows];
            flags.push(false);
            self.flags = Some(flags);
        }
    }

    /// Say that the rows so far have none.
    pub fn begin(&mut self, rows: usize) {
        self.flags = (rows > 0).then(|| vec![false; rows]);
    }

    pub fn valid(&mut self, count: usize) {
        if let Some(flags) = &mut self.flags {
            flags.resize(flags.len() + count, true);
        }
    }

    pub fn repeat(&mut self, count: usize) {
        if let Some(flags) = &mut self.flags {
            let last = flags.last().copied().unwrap_or(true);
            flags.resize(flags.len() + count, last);
        }
    }

    pub fn truncate(&mut self, rows: usize) {
        if let Some(flags) = &mut self.flags {
            flags.truncate(rows);
        }
    }

    pub fn finish(&mut self) -> Option<NullBuffer> {
        let flags = self.flags.take()?;
        let mut bits = BooleanBufferBuilder::new(flags.len());
        bits.append_slice(&flags);
        Some(NullBuffer::new(bits.finish()))
    }
}
