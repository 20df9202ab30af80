//! Errors of the core as exceptions of `bebytes.errors`.

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::error::{Bound as End, Error, ErrorKind, Offender, Step, Wide};

/// Why a call into the core failed; one pointer wide, so that results stay small where nothing fails.
pub(super) struct Fault(Box<Reason>);

enum Reason {
    Core(Error),
    Python(PyErr),
}

impl From<Error> for Fault {
    #[cold]
    fn from(error: Error) -> Self {
        Self(Box::new(Reason::Core(error)))
    }
}

impl From<PyErr> for Fault {
    #[cold]
    fn from(error: PyErr) -> Self {
        Self(Box::new(Reason::Python(error)))
    }
}

impl From<Fault> for PyErr {
    #[cold]
    fn from(fault: Fault) -> Self {
        Python::attach(|py| fault.into_exception(py, None))
    }
}

impl Fault {
    /// The exception that the interpreter has set.
    #[cold]
    pub(super) fn raised(py: Python<'_>) -> Self {
        PyErr::fetch(py).into()
    }

    /// Whether it is an exception that code may be expected to raise, and not the end of the program.
    #[cold]
    pub(super) fn is_ordinary(&self, py: Python<'_>) -> bool {
        match &*self.0 {
            Reason::Core(_) => true,
            Reason::Python(error) => error.is_instance_of::<PyException>(py),
        }
    }

    /// As an exception; `offender` is the value that the source kept for [`Offender::Foreign`].
    #[cold]
    pub(super) fn into_exception(self, py: Python<'_>, offender: Option<Bound<'_, PyAny>>) -> PyErr {
        match *self.0 {
            Reason::Core(error) => exception(py, &error, offender).unwrap_or_else(|failure| failure),
            Reason::Python(error) => error,
        }
    }
}

/// The class `name` of `bebytes.errors`.
pub(super) fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("bebytes.errors")?.getattr(name)
}

fn exception(py: Python<'_>, error: &Error, offender: Option<Bound<'_, PyAny>>) -> PyResult<PyErr> {
    let place = PyDict::new(py);
    let steps = error.path().iter().map(|step| match step {
        Step::Name(name) => name.into_bound_py_any(py),
        Step::Index(index) => index.into_bound_py_any(py),
    });
    place.set_item("path", PyTuple::new(py, steps.collect::<PyResult<Vec<_>>>()?)?)?;
    place.set_item("offset", error.bit())?;
    place.set_item("struct", error.root().map_or("", |name| &**name))?;
    let figures = figures(py, error.kind(), offender)?;
    let exception = class(py, error.kind().class())?.call(figures, Some(&place))?;
    Ok(PyErr::from_value(exception))
}

/// The figures of an error, in the order of its class.
fn figures<'py>(
    py: Python<'py>,
    kind: &ErrorKind,
    offender: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyTuple>> {
    match kind {
        ErrorKind::OutOfRange { value, range } => {
            let value = match value {
                Offender::Integer(number) => integer(py, *number)?,
                Offender::Float(number) => number.into_bound_py_any(py)?,
                Offender::Text(text) => text.into_bound_py_any(py)?,
                Offender::Foreign => offender.unwrap_or_else(|| py.None().into_bound(py)),
            };
            let (minimum, maximum) = match range {
                Some((minimum, maximum)) => (end(py, *minimum)?, end(py, *maximum)?),
                None => (py.None().into_bound(py), py.None().into_bound(py)),
            };
            (value, minimum, maximum).into_pyobject(py)
        }
        ErrorKind::LengthMismatch { expected, actual } => (optional(py, *expected)?, *actual).into_pyobject(py),
        ErrorKind::MarkerInData { marker } | ErrorKind::MarkerNotFound { marker } => (*marker,).into_pyobject(py),
        ErrorKind::WrongType { expected, actual } => (expected, actual).into_pyobject(py),
        ErrorKind::BufferTooSmall { expected, actual } | ErrorKind::InsufficientData { expected, actual } => {
            (*expected, *actual).into_pyobject(py)
        }
        ErrorKind::EmptyBuffer { expected } => (*expected, 0).into_pyobject(py),
        ErrorKind::TrailingData { consumed, actual } => (*consumed, *actual).into_pyobject(py),
        ErrorKind::InvalidDiscriminant { value, type_name } => (integer(py, *value)?, &**type_name).into_pyobject(py),
        ErrorKind::InvalidChar { value } => (*value,).into_pyobject(py),
        ErrorKind::InvalidUtf8 => Ok(PyTuple::empty(py)),
        ErrorKind::InvalidSize { value } => (optional(py, *value)?,).into_pyobject(py),
        ErrorKind::LimitExceeded { depth } => (*depth,).into_pyobject(py),
    }
}

fn integer(py: Python<'_>, number: Wide) -> PyResult<Bound<'_, PyAny>> {
    match number {
        Wide::Natural(number) => number.into_bound_py_any(py),
        Wide::Negative(number) => number.into_bound_py_any(py),
    }
}

fn optional(py: Python<'_>, number: Option<Wide>) -> PyResult<Bound<'_, PyAny>> {
    number.map_or_else(|| Ok(py.None().into_bound(py)), |number| integer(py, number))
}

fn end(py: Python<'_>, end: End) -> PyResult<Bound<'_, PyAny>> {
    match end {
        End::Integer(number) => integer(py, number),
        End::Float(number) => number.into_bound_py_any(py),
        End::Char(character) => character.into_bound_py_any(py),
    }
}
