//! Classes whose plans are not plain: by the core as far as that goes, and else by the readable runner.

use pyo3::exceptions::{PyBaseException, PyNotImplementedError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use pyo3::{PyTraverseError, PyVisit};

use super::buffer::Input;
use super::error::Fault;
use super::object::Objects;
use super::plan::Binding;
use super::plan_general::GeneralReader;
use super::source::Reader;
use crate::general::Layout;
use crate::general_read;
use crate::general_write;

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
    /// The plan, where what is decoded has to give the same when it is encoded.
    lossless: Option<Py<PyAny>>,
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
        let reading = match Reading::new(plan) {
            Ok(reading) => Some(reading),
            Err(error) if error.is_instance_of::<PyNotImplementedError>(py) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { runner, reading })
    }

    /// Whether the core decodes it.
    pub(super) fn reads(&self) -> bool {
        self.reading.is_some()
    }

    /// Whether the core encodes it, where all goes well.
    pub(super) fn writes(&self) -> bool {
        self.reading.as_ref().is_some_and(|reading| reading.layout.writes())
    }

    /// Has the core write `value` behind what is in `out`; says whether it could.
    ///
    /// # Errors
    ///
    /// What an adapter raises that ends the program.
    pub(super) fn write(&self, value: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> PyResult<bool> {
        self.reading.as_ref().map_or(Ok(false), |reading| reading.write(value, out))
    }

    /// Writes record number `index` of many.
    pub(super) fn write_one(&self, value: &Bound<'_, PyAny>, index: usize, out: &mut Vec<u8>) -> PyResult<()> {
        if self.write(value, out)? {
            return Ok(());
        }
        let runner = self.runner.bind(value.py());
        let written = runner.call_method1("_written", (value, out.len().saturating_mul(8), (index,)))?;
        out.extend_from_slice(Input::of(&written)?.bytes());
        Ok(())
    }

    /// The value that `data` is the encoding of.
    pub(super) fn decode<'py>(&self, data: &Bound<'py, PyAny>, verify: bool) -> Result<Bound<'py, PyAny>, Fault> {
        let Some(reading) = &self.reading else { return self.delegate("decode", data, verify) };
        reading.run(data, |sink, bytes| {
            let (value, consumed) = general_read::decode_prefix(&reading.layout, bytes, verify, sink)?;
            reading.check(&value, bytes, 0, consumed, None)?;
            general_read::check_end(&reading.layout, consumed, bytes.len())?;
            Ok(value)
        })
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
            reading.check(&value, bytes, 0, consumed, None)?;
            sink.pair(value, consumed).map(Bound::into_any)
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
        let mut sink = Objects::new(py, &reading.binding);
        let (value, end) = general_read::decode_at(&reading.layout, bytes, start, Some(index), true, &mut sink)?;
        reading.check(&value, bytes, start, end, Some(index))?;
        Ok((value, end))
    }

    /// Has a method of the runner do the work.
    pub(super) fn call<'py>(&self, method: &str, argument: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.runner.bind(argument.py()).call_method1(method, (argument,))
    }

    /// Has the runner encode into a buffer, from byte `offset` on.
    pub(super) fn encode_into(
        &self,
        value: &Bound<'_, PyAny>,
        buffer: &Bound<'_, PyAny>,
        offset: usize,
    ) -> PyResult<usize> {
        self.runner.bind(value.py()).call_method1("encode_into", (value, buffer, offset))?.extract()
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
        reading.lossless.as_ref().map_or(Ok(()), |plan| visit.call(plan))?;
        reading.binding.traverse(visit)
    }
}

impl Reading {
    fn new(plan: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (reader, layout) = GeneralReader::read(plan)?;
        let root = layout.root().map(|root| root.shell.clone());
        let root = root.ok_or_else(|| PyNotImplementedError::new_err("not run by the extension"))?;
        let lossless = plan.getattr("lossless")?.is_truthy()?.then(|| plan.clone().unbind());
        Ok(Self { binding: Binding::of(plan.py(), root, reader.plain, reader.foreign)?, layout, lossless })
    }

    fn write(&self, value: &Bound<'_, PyAny>, out: &mut Vec<u8>) -> PyResult<bool> {
        if !self.layout.writes() {
            return Ok(false);
        }
        let mut reader = Reader::new(value.py(), &self.binding);
        if general_write::write(&self.layout, value, &mut reader, out) {
            return Ok(true);
        }
        match reader.take_offender() {
            Some(error) if error.is_instance_of::<PyBaseException>() => Err(PyErr::from_value(error)),
            _ => Ok(false),
        }
    }

    /// Checks that encoding the value gives bytes `start` to `end` again, where the class asks for that.
    fn check(
        &self,
        value: &Bound<'_, PyAny>,
        bytes: &[u8],
        start: usize,
        end: usize,
        index: Option<usize>,
    ) -> Result<(), Fault> {
        let Some(plan) = &self.lossless else { return Ok(()) };
        let mut again = Vec::new();
        if self.write(value, &mut again)? && bytes.get(start..end) == Some(&again) {
            return Ok(());
        }
        let check = value.py().import("bebytes._native_general")?.getattr("check_lossless")?;
        check.call1((plan, value, PyBytes::new(value.py(), bytes), start, end, index))?;
        Ok(())
    }

    fn run<'py, T>(
        &self,
        data: &Bound<'py, PyAny>,
        read: impl Fn(&mut Objects<'_, 'py>, &[u8]) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut sink = Objects::new(data.py(), &self.binding);
        match Input::plain(data) {
            Some(bytes) => read(&mut sink, bytes),
            None => read(&mut sink, Input::of(data)?.bytes()),
        }
    }
}
