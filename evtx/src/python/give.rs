//! Python's way to get: streams, batches and ledgers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::ffi::{FFI_ArrowSchema, to_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, RecordBatch, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use super::source::{Opened, Source};
use crate::carve::Carver;
use crate::decode::{Kind, Loss, Rows, Tally, schemas};
use crate::reader::{Message, Reader};
use crate::request::{Request, Type};

const SCHEMA: &std::ffi::CStr = c"arrow_schema";
const ARRAY: &std::ffi::CStr = c"arrow_array";
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
            self.reader = Some(Reader::new(self.source.open()?, self.request.clone())?);
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
        let stepped = catch_unwind(AssertUnwindSafe(|| self.step()));
        let found =
            stepped.unwrap_or_else(|_| Err(std::io::Error::other("a defect of the EVTX reader, please report it")));
        self.ended = !matches!(found, Ok(Some(_)));
        found.map_err(|error| ArrowError::ExternalError(Box::new(error))).transpose()
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// Batches of several shapes or kinds, in the order of the log.
#[pyclass(module = "trackway_evtx")]
pub struct Scan {
    reader: Mutex<Reader<Opened>>,
}

impl Scan {
    pub fn new(source: Source, request: Arc<Request>) -> PyResult<Self> {
        Ok(Self { reader: Mutex::new(Reader::new(source.open()?, request)?) })
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
        match py.detach(|| reader.step())? {
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
        let step = || catch_unwind(AssertUnwindSafe(|| self.carver.step()));
        let found =
            py.detach(step).map_err(|_| PyRuntimeError::new_err("a defect of the EVTX reader, please report it"))??;
        Ok(found.map(|rows| PyBatch { rows: Some(rows) }))
    }

    /// Take what became of the records since the last time.
    fn take_ledger(&mut self) -> PyLedger {
        PyLedger::of(self.carver.tally())
    }
}

/// Rows of one shape or kind; none where only the ledger has grown.
#[pyclass(frozen, name = "Batch", module = "trackway_evtx")]
pub struct PyBatch {
    rows: Option<Rows>,
}

#[pymethods]
impl PyBatch {
    /// Number of the shape, in the order in which shapes were given; null without rows.
    #[getter]
    fn shape(&self) -> Option<usize> {
        self.rows.as_ref().map(|rows| rows.shape)
    }

    /// Which kind of event, where no shapes were given.
    #[getter]
    fn kind(&self) -> Option<PyKind> {
        self.rows.as_ref().and_then(|rows| rows.kind.clone()).map(|kind| PyKind { kind })
    }

    #[getter]
    fn num_rows(&self) -> usize {
        self.rows.as_ref().map_or(0, |rows| rows.batch.num_rows())
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _ = requested_schema;
        let Some(rows) = &self.rows else { return Err(PyRuntimeError::new_err("a batch without rows")) };
        let (array, _) = to_ffi(&StructArray::from(rows.batch.clone()).to_data()).map_err(arrow_error)?;
        let schema = FFI_ArrowSchema::try_from(&*rows.batch.schema()).map_err(arrow_error)?;
        let schema = PyCapsule::new_with_value(py, schema, SCHEMA)?;
        let array = PyCapsule::new_with_value(py, array, ARRAY)?;
        PyTuple::new(py, [schema, array])
    }
}

/// A kind of event.
#[pyclass(frozen, eq, hash, name = "Kind", module = "trackway_evtx")]
#[derive(PartialEq, Eq, Hash)]
pub struct PyKind {
    kind: Arc<Kind>,
}

#[pymethods]
impl PyKind {
    #[getter]
    fn provider(&self) -> &str {
        &self.kind.provider
    }

    #[getter]
    fn event_id(&self) -> Option<u32> {
        self.kind.event_id
    }

    #[getter]
    fn version(&self) -> Option<u32> {
        self.kind.version
    }

    /// Names and types of the event's own columns.
    #[getter]
    fn fields(&self) -> Vec<(String, &'static str)> {
        self.kind.fields.iter().map(|(name, kind)| (name.clone(), Type::name(*kind))).collect()
    }

    fn __repr__(&self) -> String {
        format!("Kind({:?}, {:?}, {:?})", self.kind.provider, self.kind.event_id, self.kind.version)
    }
}

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
    fn of(tally: Tally) -> Self {
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

fn arrow_error(error: ArrowError) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}
