//! Python's way to ask: filters, fields and shapes.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::request::{Column, Filter, Needle, Of, Shape, Type, of_name};
use crate::text::CodePage;
use crate::value::Spelling;

/// Which events, as arguments.
pub struct Filters<'py> {
    pub providers: Vec<String>,
    pub channels: Vec<String>,
    pub events: Option<Vec<u32>>,
    pub versions: Option<Vec<u32>>,
    pub since: Option<Bound<'py, PyAny>>,
    pub until: Option<Bound<'py, PyAny>>,
}

impl Filters<'_> {
    /// The filter they make.
    pub fn filter(self) -> PyResult<Filter> {
        Ok(Filter {
            providers: self.providers,
            channels: self.channels,
            events: self.events.map(|events| events.into_iter().collect()),
            versions: self.versions.map(|versions| versions.into_iter().collect()),
            since: self.since.as_ref().map(filetime).transpose()?,
            until: self.until.as_ref().map(filetime).transpose()?,
            holds: Vec::new(),
        })
    }
}

/// The FILETIME of a `datetime` with a time zone.
fn filetime(moment: &Bound<'_, PyAny>) -> PyResult<u64> {
    let datetime = moment.py().import("datetime")?;
    if moment.getattr("tzinfo")?.is_none() {
        return Err(PyValueError::new_err("since and until need a time zone"));
    }
    let zone = datetime.getattr("timezone")?.getattr("utc")?;
    let epoch = datetime.getattr("datetime")?.call1((1601, 1, 1, 0, 0, 0, 0, zone))?;
    let microsecond = datetime.getattr("timedelta")?.call1((0, 0, 1))?;
    let steps = moment.sub(epoch)?.floor_div(microsecond)?.extract::<i64>()?;
    Ok(u64::try_from(steps).unwrap_or_default() * 10)
}

/// How values are spelled.
pub fn spelling(code_page: &str, time_digits: u32) -> PyResult<Spelling> {
    let code_page = CodePage::named(code_page)
        .ok_or_else(|| PyValueError::new_err(format!("code page {code_page} is not known")))?;
    if !(3..=7).contains(&time_digits) {
        return Err(PyValueError::new_err("time_digits is 3 to 7"));
    }
    Ok(Spelling { code_page, time_digits })
}

fn kind(name: &str) -> PyResult<Type> {
    Type::named(name).ok_or_else(|| PyValueError::new_err(format!("no type of column is called {name}")))
}

/// Names of fields, or names and types: one column for each.
pub struct Fields {
    pub columns: Vec<Column>,
}

impl<'py> FromPyObject<'_, 'py> for Fields {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let column = |name: String, kind: Type| Column { name: name.clone(), of: Of::Field(name), kind };
        if let Ok(typed) = object.cast::<PyDict>() {
            let typed = typed.iter().map(|(name, of)| Ok(column(name.extract()?, kind(&of.extract::<String>()?)?)));
            return Ok(Self { columns: typed.collect::<PyResult<_>>()? });
        }
        let names = object.extract::<Vec<String>>()?;
        Ok(Self { columns: names.into_iter().map(|name| column(name, Type::Text)).collect() })
    }
}

/// Some events, and the columns wanted of them; see `trackway_evtx.pyi`.
#[pyclass(frozen, name = "Shape", module = "trackway_evtx")]
pub struct PyShape {
    pub shape: Shape,
}

#[pymethods]
impl PyShape {
    #[new]
    #[pyo3(signature = (
        *, system = Vec::new(), fields = Vec::new(), providers = Vec::new(), channels = Vec::new(), events = None,
        versions = None, since = None, until = None, holds = Vec::new()
    ))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        system: Vec<(String, String)>,
        fields: Vec<(String, String)>,
        providers: Vec<String>,
        channels: Vec<String>,
        events: Option<Vec<u32>>,
        versions: Option<Vec<u32>>,
        since: Option<Bound<'_, PyAny>>,
        until: Option<Bound<'_, PyAny>>,
        holds: Vec<Vec<(String, bool)>>,
    ) -> PyResult<Self> {
        let mut filter = Filters { providers, channels, events, versions, since, until }.filter()?;
        let needle = |(text, any_case)| Needle { text, any_case };
        filter.holds = holds.into_iter().map(|some| some.into_iter().map(needle).collect()).collect();
        let mut columns = Vec::new();
        for (name, type_name) in system {
            let of = of_name(&name);
            let of = of.ok_or_else(|| PyValueError::new_err(format!("no System column is called {name}")))?;
            columns.push(Column { name, of, kind: kind(&type_name)? });
        }
        for (name, type_name) in fields {
            columns.push(Column { name: name.clone(), of: Of::Field(name), kind: kind(&type_name)? });
        }
        Ok(Self { shape: Shape { filter, columns } })
    }
}
