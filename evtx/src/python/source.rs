//! What Python can hand over to be read: a path, or an object with `read` and `seek`.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Bytes asked of a file object at once.
const BLOCK: usize = 1 << 18;

/// Where a log is; it can be opened again and again.
pub enum Source {
    Path(PathBuf),
    Object(Py<PyAny>),
}

impl<'py> FromPyObject<'_, 'py> for Source {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.hasattr("read")? && object.hasattr("seek")? {
            return Ok(Self::Object(object.to_owned().unbind()));
        }
        let path = object.extract::<PathBuf>();
        path.map(Self::Path).map_err(|_| PyTypeError::new_err("give a path, or a binary file that can seek"))
    }
}

impl Source {
    /// Where it stands, if that is known.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Path(path) => Some(path.clone()),
            Self::Object(_) => None,
        }
    }

    /// Open it, at its start.
    pub fn open(&self) -> io::Result<Opened> {
        match self {
            Self::Path(path) => File::open(path).map(Opened::File),
            Self::Object(object) => {
                let object = Python::attach(|py| object.clone_ref(py));
                Ok(Opened::Object { object, position: 0, block: Vec::new(), used: 0 })
            }
        }
    }
}

/// An open source. A file object may be shared: each reader goes to its own place before it reads.
pub enum Opened {
    File(File),
    Object { object: Py<PyAny>, position: u64, block: Vec<u8>, used: usize },
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Object { object, position, block, used } => {
                if *used == block.len() {
                    *block = Python::attach(|py| block_of(object.bind(py), *position))?;
                    *used = 0;
                }
                let count = buffer.len().min(block.len() - *used);
                buffer[..count].copy_from_slice(&block[*used..*used + count]);
                *used += count;
                *position += count as u64;
                Ok(count)
            }
        }
    }
}

fn block_of(object: &Bound<'_, PyAny>, position: u64) -> io::Result<Vec<u8>> {
    let read = || -> PyResult<Vec<u8>> {
        object.call_method1("seek", (position,))?;
        let found = object.call_method1("read", (BLOCK,))?;
        Ok(found.cast::<PyBytes>()?.as_bytes().to_vec())
    };
    read().map_err(io::Error::other)
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Object { object, position, block, used } => {
                let place = match to {
                    SeekFrom::Start(place) => place,
                    SeekFrom::Current(step) => position.saturating_add_signed(step),
                    SeekFrom::End(step) => end_of(object)?.saturating_add_signed(step),
                };
                block.clear();
                *used = 0;
                *position = place;
                Ok(place)
            }
        }
    }
}

fn end_of(object: &Py<PyAny>) -> io::Result<u64> {
    Python::attach(|py| object.call_method1(py, "seek", (0, 2))?.extract::<u64>(py)).map_err(io::Error::other)
}
