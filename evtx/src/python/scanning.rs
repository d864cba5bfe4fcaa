//! Batches of several shapes or kinds, out of a log or out of anything.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;

use super::batch::PyBatch;
use super::ledger::PyLedger;
use super::source::{Opened, Source};
use crate::carve::Carver;
use crate::reader::{Message, Reader, guarded};
use crate::request::Request;

/// Batches of several shapes or kinds, in the order of the log.
#[pyclass(module = "trackway_evtx")]
pub struct Scan {
    reader: Mutex<Reader<Opened>>,
}

impl Scan {
    pub fn new(source: Source, request: Arc<Request>) -> PyResult<Self> {
        Ok(Self { reader: Mutex::new(Reader::new(source.open()?, request)?.at(source.path())) })
    }

    fn reader(&mut self) -> &mut Reader<Opened> {
        self.reader.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Scan {
    fn __iter__(scan: PyRef<'_, Self>) -> PyRef<'_, Self> {
        scan
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<PyBatch>> {
        let reader = self.reader();
        match py.detach(|| guarded(|| reader.step()))?? {
            None => Ok(None),
            Some(Message::Tally) => Ok(Some(PyBatch { rows: None })),
            Some(Message::Rows(rows)) => Ok(Some(PyBatch { rows: Some(rows) })),
        }
    }

    /// Take what became of the records since the last time.
    fn take_ledger(&mut self) -> PyLedger {
        PyLedger::of(self.reader().tally())
    }

    /// Whether the file has a header.
    #[getter]
    fn has_header(&mut self) -> bool {
        self.reader().head().is_some()
    }

    /// Whether the header says that the log was not closed.
    #[getter]
    fn dirty(&mut self) -> bool {
        self.reader().head().is_some_and(|head| head.dirty)
    }

    /// Chunks that the header counts.
    #[getter]
    fn counted(&mut self) -> Option<u16> {
        self.reader().head().map(|head| head.chunks)
    }

    /// Bytes of the file.
    #[getter]
    fn length(&mut self) -> u64 {
        self.reader().length()
    }
}

/// Batches out of a raw image.
#[pyclass(module = "trackway_evtx")]
pub struct Carving {
    carver: Carver<Opened>,
}

impl Carving {
    pub fn new(source: Source, request: &Request) -> PyResult<Self> {
        Ok(Self { carver: Carver::new(source.open()?, request)? })
    }
}

#[pymethods]
impl Carving {
    fn __iter__(carving: PyRef<'_, Self>) -> PyRef<'_, Self> {
        carving
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<PyBatch>> {
        let found = py.detach(|| guarded(|| self.carver.step()))??;
        Ok(found.map(|rows| PyBatch { rows: Some(rows) }))
    }

    /// Take what became of the records since the last time.
    fn take_ledger(&mut self) -> PyLedger {
        PyLedger::of(self.carver.tally())
    }
}
