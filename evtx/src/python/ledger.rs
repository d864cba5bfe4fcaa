//! What became of the records.

use pyo3::prelude::*;

use crate::decode::{Loss, Tally};

/// What became of the records.
#[pyclass(frozen, get_all, name = "Ledger", module = "trackway_evtx")]
pub struct PyLedger {
    seen: u64,
    ignored: u64,
    bad_checksum: u64,
    dirty: u64,
    recovered: u64,
    misfits: u64,
    chunks: u64,
    lost: Vec<PyLoss>,
}

impl PyLedger {
    /// The ledger of a tally.
    pub fn of(tally: Tally) -> Self {
        Self {
            seen: tally.seen,
            ignored: tally.ignored,
            bad_checksum: tally.bad_checksum,
            dirty: tally.dirty,
            recovered: tally.recovered,
            misfits: tally.misfits,
            chunks: tally.chunks,
            lost: tally.lost.into_iter().map(PyLoss::from).collect(),
        }
    }
}

/// Records that are there, or should be, and cannot be had.
#[pyclass(frozen, get_all, name = "Loss", module = "trackway_evtx")]
#[derive(Clone)]
pub struct PyLoss {
    first: Option<u64>,
    last: Option<u64>,
    chunk: u64,
    offset: u64,
    reason: String,
}

impl From<Loss> for PyLoss {
    fn from(loss: Loss) -> Self {
        Self { first: loss.first, last: loss.last, chunk: loss.chunk, offset: loss.offset, reason: loss.reason }
    }
}
