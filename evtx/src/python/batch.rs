//! A batch and its kind.

use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowSchema, to_ffi};
use arrow_array::{Array, StructArray};
use arrow_schema::ArrowError;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use crate::decode::{Kind, Rows};
use crate::request::Type;

pub const SCHEMA: &std::ffi::CStr = c"arrow_schema";
const ARRAY: &std::ffi::CStr = c"arrow_array";

/// Rows of one shape or kind; none where only the ledger has grown.
#[pyclass(frozen, name = "Batch", module = "trackway_evtx")]
pub struct PyBatch {
    pub rows: Option<Rows>,
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

/// An error of Arrow as Python's.
pub fn arrow_error(error: ArrowError) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}
