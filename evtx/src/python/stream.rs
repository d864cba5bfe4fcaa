//! One table as an Arrow stream.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::batch::{SCHEMA, arrow_error};
use super::ledger::PyLedger;
use super::source::{Opened, Source};
use crate::decode::{Tally, schemas};
use crate::reader::{Message, Reader, guarded};
use crate::request::Request;

const STREAM: &std::ffi::CStr = c"arrow_array_stream";

/// One table that is read anew each time somebody takes it.
#[pyclass(frozen, module = "trackway_evtx")]
pub struct Stream {
    source: Arc<Source>,
    request: Arc<Request>,
    schema: SchemaRef,
    tally: Arc<Mutex<Tally>>,
}

impl Stream {
    pub fn new(source: Source, request: Arc<Request>) -> Self {
        let schema = schemas(&request).swap_remove(0);
        Self { source: Arc::new(source), request, schema, tally: Arc::default() }
    }
}

#[pymethods]
impl Stream {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let batches = Batches {
            source: self.source.clone(),
            request: self.request.clone(),
            schema: self.schema.clone(),
            tally: self.tally.clone(),
            reader: None,
            ended: false,
        };
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&*self.schema).map_err(arrow_error)?;
        PyCapsule::new_with_value(py, schema, SCHEMA)
    }

    /// What became of the records in the reading that began last.
    #[getter]
    fn ledger(&self) -> PyLedger {
        PyLedger::of(self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// The batches of a stream; the file is opened when the first is asked for.
struct Batches {
    source: Arc<Source>,
    request: Arc<Request>,
    schema: SchemaRef,
    tally: Arc<Mutex<Tally>>,
    reader: Option<Reader<Opened>>,
    ended: bool,
}

impl Batches {
    fn step(&mut self) -> std::io::Result<Option<RecordBatch>> {
        if self.reader.is_none() {
            *self.tally.lock().unwrap_or_else(PoisonError::into_inner) = Tally::default();
            self.reader = Some(Reader::new(self.source.open()?, self.request.clone())?.at(self.source.path()));
        }
        let Some(reader) = &mut self.reader else { return Ok(None) };
        loop {
            let message = reader.step()?;
            self.tally.lock().unwrap_or_else(PoisonError::into_inner).add(&mut reader.tally());
            match message {
                Some(Message::Rows(rows)) => return Ok(Some(rows.batch)),
                Some(Message::Tally) => {}
                None => return Ok(None),
            }
        }
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let found = guarded(|| self.step()).and_then(|found| found);
        self.ended = !matches!(found, Ok(Some(_)));
        found.map_err(|error| ArrowError::ExternalError(Box::new(error))).transpose()
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}
