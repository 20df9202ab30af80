//! The class `Probe`: a codec that notes where its time goes; see [`crate::probe`].

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use super::buffer::{Input, new_bytes};
use super::clock::Ticks;
use super::codec::Codec;
use super::object::Objects;
use super::source::Reader;
use crate::decode;
use crate::encode;
use crate::probe::{At, Probe as Around, Tracer};
use crate::trace::{Clock, Tally, Trace, Work};

/// A codec that notes where its time goes.
#[pyclass(module = "bebytes._core")]
pub(super) struct Probe {
    codec: Py<Codec>,
    trace: Trace<Ticks>,
    out: Vec<u8>,
}

#[pymethods]
impl Probe {
    #[new]
    fn new(codec: Py<Codec>) -> Self {
        Self { codec, trace: Trace::new(Ticks::new()), out: Vec::new() }
    }

    /// Decodes as `Codec.decode` does, and releases the value.
    fn decode(&mut self, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = data.py();
        let binding = self.codec.get().binding(py)?;
        let input = Input::of(data)?;
        self.trace.begin();
        let mut objects = Objects::new(py, binding);
        let mut around = Around::new(&mut objects, &mut self.trace);
        let value = decode::decode(binding.plan(), input.bytes(), &mut around)
            .map_err(|fault| fault.into_exception(py, None))?;
        self.trace.outside();
        drop(value);
        self.trace.released();
        Ok(())
    }

    /// Encodes as `Codec.encode` does, and releases the bytes.
    fn encode(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = value.py();
        let binding = self.codec.get().binding(py)?;
        self.trace.begin();
        self.out.clear();
        let mut reader = Reader::new(py, binding);
        let root = At::root(value.clone());
        let mut tracer = Tracer::new(&mut reader, &mut self.trace);
        encode::encode(binding.plan(), &root, &mut tracer, &mut self.out)
            .map_err(|fault| fault.into_exception(py, reader.take_offender()))?;
        self.trace.written();
        let bytes: Bound<'_, PyBytes> = new_bytes(py, &self.out)?;
        self.trace.wrapped();
        drop(bytes);
        self.trace.released();
        Ok(())
    }

    /// The count of the clock now.
    fn now(&mut self) -> u64 {
        self.trace.clock().now()
    }

    /// The counts that `times` readings of the clock take, with nothing between them.
    #[staticmethod]
    fn empty(times: u64) -> u64 {
        let mut trace = Trace::new(Ticks::new());
        trace.begin();
        let before = trace.clock().now();
        for _ in 0..times {
            trace.written();
        }
        trace.clock().now().saturating_sub(before)
    }

    /// All tallies since the last time.
    fn take<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let taken = PyDict::new(py);
        let (outside, release) = self.trace.around();
        taken.set_item("call", pair(outside))?;
        taken.set_item("release", pair(release))?;
        let spots = PyDict::new(py);
        for (path, spot) in self.trace.spots() {
            let works = [Work::Run, Work::Make, Work::Derive].map(|work| pair(spot.tally(work)));
            spots.set_item(PyTuple::new(py, path)?, works)?;
        }
        taken.set_item("spots", spots)?;
        self.trace.reset();
        Ok(taken)
    }
}

fn pair(tally: Tally) -> (u64, u64) {
    (tally.ticks, tally.marks)
}
