//! Classes whose plans are not plain: by the core as far as that goes, and else by the readable runner.

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};

use super::adapt::General as Sink;
use super::buffer::Input;
use super::codec::Offset;
use super::error::Fault;
use super::object::Objects;
use super::plan::Binding;
use super::plan_general::GeneralReader;
use crate::general::Layout;
use crate::general_read;

/// A plan that is not plain.
pub(super) struct General {
    /// A `bebytes._python.Runner`.
    runner: Py<PyAny>,
    /// The same for the core, where that reads it.
    reading: Option<Reading>,
}

/// What decoding takes.
struct Reading {
    binding: Binding,
    layout: Layout,
    foreign: Vec<Py<PyAny>>,
}

impl General {
    /// Takes over a `_plan.Plan`.
    ///
    /// # Errors
    ///
    /// `TypeError` for what is no such plan.
    pub(super) fn new(plan: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = plan.py();
        let runner = py.import("bebytes._python")?.getattr("Runner")?.call1((plan,))?.unbind();
        // What is decoded is encoded again there, to see whether that gives the same.
        let reading = if plan.getattr("lossless")?.is_truthy()? {
            None
        } else {
            match Reading::new(plan) {
                Ok(reading) => Some(reading),
                Err(error) if error.is_instance_of::<PyNotImplementedError>(py) => None,
                Err(error) => return Err(error),
            }
        };
        Ok(Self { runner, reading })
    }

    /// Whether the core decodes it.
    pub(super) fn reads(&self) -> bool {
        self.reading.is_some()
    }

    /// The value that `data` is the encoding of.
    pub(super) fn decode<'py>(&self, data: &Bound<'py, PyAny>, verify: bool) -> Result<Bound<'py, PyAny>, Fault> {
        let Some(reading) = &self.reading else { return self.delegate("decode", data, verify) };
        reading.run(data, |sink, bytes| general_read::decode(&reading.layout, bytes, verify, sink))
    }

    /// The value at the start of `data`, and the number of bytes it takes.
    pub(super) fn decode_prefix<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        verify: bool,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        let Some(reading) = &self.reading else { return self.delegate("decode_prefix", data, verify) };
        reading.run(data, |sink, bytes| {
            let (value, consumed) = general_read::decode_prefix(&reading.layout, bytes, verify, sink)?;
            sink.objects.pair(value, consumed).map(Bound::into_any)
        })
    }

    /// Record number `index` of many, and where the next one begins.
    pub(super) fn decode_at<'py>(
        &self,
        py: Python<'py>,
        bytes: &[u8],
        start: usize,
        index: usize,
    ) -> Result<(Bound<'py, PyAny>, usize), Fault> {
        let Some(reading) = &self.reading else {
            return Err(PyNotImplementedError::new_err("not run by the extension").into());
        };
        general_read::decode_at(&reading.layout, bytes, start, Some(index), true, &mut reading.sink(py))
    }

    /// Has a method of the runner do the work.
    pub(super) fn call<'py>(&self, method: &str, argument: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.runner.bind(argument.py()).call_method1(method, (argument,))
    }

    /// Has the runner encode into a buffer.
    pub(super) fn encode_into(
        &self,
        value: &Bound<'_, PyAny>,
        buffer: &Bound<'_, PyAny>,
        offset: Offset,
    ) -> PyResult<usize> {
        let runner = self.runner.bind(value.py());
        let arguments = match offset {
            Offset::Start => (value, buffer).into_pyobject(value.py())?,
            Offset::Given(offset) => (value, buffer, offset).into_pyobject(value.py())?,
        };
        runner.getattr("encode_into")?.call1(arguments.cast::<PyTuple>()?)?.extract()
    }

    fn delegate<'py>(&self, method: &str, data: &Bound<'py, PyAny>, verify: bool) -> Result<Bound<'py, PyAny>, Fault> {
        let runner = self.runner.bind(data.py());
        if verify {
            return Ok(runner.call_method1(method, (data,))?);
        }
        let keywords = PyDict::new(data.py());
        keywords.set_item("verify", false)?;
        Ok(runner.call_method(method, (data,), Some(&keywords))?)
    }

    /// Shows the collector all that is held.
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.runner)?;
        let Some(reading) = &self.reading else { return Ok(()) };
        reading.foreign.iter().try_for_each(|object| visit.call(object))?;
        reading.binding.traverse(visit)
    }
}

impl Reading {
    fn new(plan: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (reader, layout) = GeneralReader::read(plan)?;
        let root = layout.root().map(|root| root.shell.clone());
        let root = root.ok_or_else(|| PyNotImplementedError::new_err("not run by the extension"))?;
        Ok(Self { binding: Binding::of(plan.py(), root, reader.plain)?, layout, foreign: reader.foreign })
    }

    fn sink<'a, 'py>(&'a self, py: Python<'py>) -> Sink<'a, 'py> {
        Sink { objects: Objects::new(py, &self.binding), foreign: &self.foreign }
    }

    fn run<'py, T>(
        &self,
        data: &Bound<'py, PyAny>,
        read: impl Fn(&mut Sink<'_, 'py>, &[u8]) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut sink = self.sink(data.py());
        match Input::plain(data) {
            Some(bytes) => read(&mut sink, bytes),
            None => read(&mut sink, Input::of(data)?.bytes()),
        }
    }
}
