//! The Python module `trackway_evtx`.

mod ask;
mod batch;
mod ledger;
mod scanning;
mod source;
mod stream;

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::request::{Answer, Column, Of, Request, Shape, Type, system_columns};
use ask::{Fields, Filters, PyShape};
use batch::{PyBatch, PyKind};
use ledger::{PyLedger, PyLoss};
use scanning::{Carving, Scan};
use source::Source;
use stream::Stream;

/// Batches are made by one thread and let go by another, for which the allocators of most systems lock.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What applies to every request.
fn request(
    answer: Answer,
    recovered: bool,
    code_page: &str,
    time_digits: u32,
    threads: usize,
) -> PyResult<Arc<Request>> {
    let mut request = Request::new(answer);
    request.recovered = recovered;
    request.threads = threads.clamp(1, 64);
    request.spelling = ask::spelling(code_page, time_digits)?;
    Ok(Arc::new(request))
}

/// Read a log as one table; see `trackway_evtx.pyi`.
#[pyfunction]
#[pyo3(signature = (
    source, *, fields = None, system = None, xml = false, providers = Vec::new(), channels = Vec::new(), events = None,
    versions = None, since = None, until = None, recovered = false, code_page = "windows-1252", time_digits = 7,
    threads = 1
))]
#[allow(clippy::too_many_arguments)]
fn read(
    source: Source,
    fields: Option<Fields>,
    system: Option<Vec<String>>,
    xml: bool,
    providers: Vec<String>,
    channels: Vec<String>,
    events: Option<Vec<u32>>,
    versions: Option<Vec<u32>>,
    since: Option<Bound<'_, PyAny>>,
    until: Option<Bound<'_, PyAny>>,
    recovered: bool,
    code_page: &str,
    time_digits: u32,
    threads: usize,
) -> PyResult<Stream> {
    let filter = Filters { providers, channels, events, versions, since, until }.filter()?;
    let mut columns = chosen(system)?;
    match fields {
        Some(fields) => columns.extend(fields.columns),
        None => columns.push(Column { name: "fields".to_owned(), of: Of::Fields, kind: Type::Text }),
    }
    if xml {
        columns.push(Column { name: "xml".to_owned(), of: Of::Xml, kind: Type::Text });
    }
    let answer = Answer::Shapes(vec![Shape { filter, columns }]);
    Ok(Stream::new(source, request(answer, recovered, code_page, time_digits, threads)?))
}

fn chosen(system: Option<Vec<String>>) -> PyResult<Vec<Column>> {
    let Some(names) = system else { return Ok(system_columns()) };
    names
        .iter()
        .map(|name| {
            let found = system_columns().into_iter().find(|column| column.name == *name);
            found.ok_or_else(|| PyValueError::new_err(format!("no System column is called {name}")))
        })
        .collect()
}

/// Read a log as batches of several shapes, or of every kind; see `trackway_evtx.pyi`.
#[pyfunction]
#[pyo3(signature = (
    source, shapes = None, *, providers = Vec::new(), channels = Vec::new(), events = None, versions = None,
    since = None, until = None, recovered = false, code_page = "windows-1252", time_digits = 7, threads = 1,
    offsets = None
))]
#[allow(clippy::too_many_arguments)]
fn scan(
    source: Source,
    shapes: Option<Vec<PyRef<'_, PyShape>>>,
    providers: Vec<String>,
    channels: Vec<String>,
    events: Option<Vec<u32>>,
    versions: Option<Vec<u32>>,
    since: Option<Bound<'_, PyAny>>,
    until: Option<Bound<'_, PyAny>>,
    recovered: bool,
    code_page: &str,
    time_digits: u32,
    threads: usize,
    offsets: Option<Vec<u64>>,
) -> PyResult<Scan> {
    let answer = match shapes {
        Some(shapes) => Answer::Shapes(shapes.iter().map(|shape| shape.shape.clone()).collect()),
        None => Answer::Kinds(Filters { providers, channels, events, versions, since, until }.filter()?),
    };
    let mut request = Arc::unwrap_or_clone(request(answer, recovered, code_page, time_digits, threads)?);
    request.offsets = offsets.map(|mut offsets| {
        offsets.sort_unstable();
        offsets.into()
    });
    Scan::new(source, Arc::new(request))
}

/// Look through anything for chunks and records; see `trackway_evtx.pyi`.
#[pyfunction]
#[pyo3(signature = (source, shapes = None, *, code_page = "windows-1252", time_digits = 7))]
fn carve(
    source: Source,
    shapes: Option<Vec<PyRef<'_, PyShape>>>,
    code_page: &str,
    time_digits: u32,
) -> PyResult<Carving> {
    let answer = match shapes {
        Some(shapes) => Answer::Shapes(shapes.iter().map(|shape| shape.shape.clone()).collect()),
        None => Answer::Kinds(crate::request::Filter::default()),
    };
    let request = request(answer, true, code_page, time_digits, 1)?;
    Carving::new(source, &request)
}

/// Windows event logs (EVTX) to Arrow.
#[pymodule]
fn trackway_evtx(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("SYSTEM", system_columns().into_iter().map(|column| column.name).collect::<Vec<_>>())?;
    module.add_class::<PyShape>()?;
    module.add_class::<PyBatch>()?;
    module.add_class::<PyKind>()?;
    module.add_class::<PyLedger>()?;
    module.add_class::<PyLoss>()?;
    module.add_class::<Scan>()?;
    module.add_class::<Stream>()?;
    module.add_class::<Carving>()?;
    module.add_function(wrap_pyfunction!(read, module)?)?;
    module.add_function(wrap_pyfunction!(scan, module)?)?;
    module.add_function(wrap_pyfunction!(carve, module)?)?;
    Ok(())
}
