//! Errors of the core as exceptions of `bebytes.errors`.

use std::sync::Arc;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::error::{Bound as End, Error, ErrorKind, Figure, Foreign, Offender, Step, Wide};

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

/// An object in an error, and what was raised for it.
struct Kept {
    object: Py<PyAny>,
    cause: Option<PyErr>,
}

/// A figure that is an object.
pub(super) fn kept(object: &Bound<'_, PyAny>, cause: Option<PyErr>) -> Figure {
    Figure::Foreign(Foreign(Arc::new(Kept { object: object.clone().unbind(), cause })))
}

/// A figure as an object.
fn object<'py>(py: Python<'py>, figure: &Figure) -> PyResult<Bound<'py, PyAny>> {
    match figure {
        Figure::None => Ok(py.None().into_bound(py)),
        Figure::Integer(number) => integer(py, *number),
        Figure::Big(number) => {
            let [high, low] = number.magnitude;
            let magnitude = integer(py, high.into())?.lshift(128)?.bitor(low)?;
            if number.negative { magnitude.neg() } else { Ok(magnitude) }
        }
        Figure::Bytes(bytes) => Ok(PyBytes::new(py, bytes).into_any()),
        Figure::Foreign(Foreign(kept)) => match kept.downcast_ref::<Kept>() {
            Some(kept) => Ok(kept.object.bind(py).clone()),
            None => Ok(py.None().into_bound(py)),
        },
    }
}

/// What was raised for the value that an error is about.
fn cause(py: Python<'_>, kind: &ErrorKind) -> Option<PyErr> {
    match kind {
        ErrorKind::InvalidValue { value: Figure::Foreign(Foreign(kept)), .. } => {
            kept.downcast_ref::<Kept>()?.cause.as_ref().map(|cause| cause.clone_ref(py))
        }
        _ => None,
    }
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
    let exception = PyErr::from_value(exception);
    if let Some(cause) = cause(py, error.kind()) {
        exception.set_cause(py, Some(cause));
    }
    Ok(exception)
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
        ErrorKind::MarkersNotFound { marker } => (PyBytes::new(py, marker),).into_pyobject(py),
        ErrorKind::InvalidLength { value } => (object(py, value)?,).into_pyobject(py),
        ErrorKind::UnknownSelector { value, type_name } => (object(py, value)?, &**type_name).into_pyobject(py),
        ErrorKind::InvalidConstant { value, expected } => (object(py, value)?, object(py, expected)?).into_pyobject(py),
        ErrorKind::InvalidValue { value, rule } => (object(py, value)?, &**rule).into_pyobject(py),
        ErrorKind::ChecksumMismatch { expected, actual } => {
            (object(py, expected)?, object(py, actual)?).into_pyobject(py)
        }
        ErrorKind::InvalidText { encoding } => (&**encoding,).into_pyobject(py),
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
