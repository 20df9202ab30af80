//! The class `Codec`: the layout of a struct in one byte order, and everything that is done with it.

use std::sync::OnceLock;

use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyType};
use pyo3::{Borrowed, PyTraverseError, PyVisit, ffi};

use super::buffer::{Input, Output, OwnedInput, new_bytes};
use super::call::Attached;
use super::decoding::Decoding;
use super::error::Fault;
use super::explain;
use super::general::General;
use super::object::Objects;
use super::plan::Binding;
use super::source::Reader;
use crate::decode::{Sink, decode, decode_at, decode_prefix};
use crate::encode::encode_at;
use crate::error::{Error, ErrorKind};
use crate::plan::Plan;

/// A struct class in one byte order.
#[pyclass(frozen, module = "bebytes._core")]
pub(super) struct Codec {
    class: Py<PyType>,
    byteorder: Py<PyString>,
    plan_factory: Py<PyAny>,
    /// Made at first use, where the plan is plain.
    binding: OnceLock<Binding>,
    /// The same of any other plan.
    general: OnceLock<General>,
}

/// Who does the work of a codec.
pub(super) enum Worker<'a> {
    /// The core.
    Core(&'a Binding),
    /// What takes plans that are not plain.
    General(&'a General),
}

impl Codec {
    /// Whether this is the codec of exactly this class.
    #[inline]
    pub(super) fn is_of(&self, class: *mut ffi::PyTypeObject) -> bool {
        self.class.as_ptr() == class.cast()
    }

    /// What the core runs.
    ///
    /// # Errors
    ///
    /// What making the plan raises; `TypeError` where it is not the core that runs it.
    #[inline]
    pub(super) fn binding(&self, py: Python<'_>) -> Result<&Binding, Fault> {
        match self.binding.get() {
            Some(binding) => Ok(binding),
            None => match self.worker(py)? {
                Worker::Core(binding) => Ok(binding),
                Worker::General(_) => Err(self.is_general(py)),
            },
        }
    }

    #[cold]
    fn is_general(&self, py: Python<'_>) -> Fault {
        PyTypeError::new_err(format!("{} has a layout of which that cannot be asked", self.class.bind(py))).into()
    }

    /// Who does the work.
    ///
    /// # Errors
    ///
    /// What making the plan raises.
    #[inline]
    pub(super) fn worker(&self, py: Python<'_>) -> Result<Worker<'_>, Fault> {
        self.binding.get().map_or_else(|| self.find_worker(py), |binding| Ok(Worker::Core(binding)))
    }

    /// The same where it is not the core, or the first time, when the plan is made: threads that meet here each make one, and the first is kept, as no
    /// lock is held while the user's code runs. A plan that cannot be made is tried again the next time.
    #[cold]
    fn find_worker(&self, py: Python<'_>) -> Result<Worker<'_>, Fault> {
        if let Some(general) = self.general.get() {
            return Ok(Worker::General(general));
        }
        let plan = self.plan_factory.bind(py).call1((&self.class, &self.byteorder))?;
        if plan.getattr("plain")?.is_truthy()? {
            let binding = Binding::new(&plan)?;
            return Ok(Worker::Core(self.binding.get_or_init(|| binding)));
        }
        let general = General::new(&plan)?;
        Ok(Worker::General(self.general.get_or_init(|| general)))
    }

    /// The value that `data` is the encoding of.
    #[inline]
    pub(super) fn decode<'py>(&self, data: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Fault> {
        match self.binding.get() {
            Some(binding) => read(binding, data, |plan, bytes, objects| decode(plan, bytes, objects)),
            None => self.decode_checked(data, true),
        }
    }

    /// The same, checksums checked where `verify`.
    #[cold]
    pub(super) fn decode_checked<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        verify: bool,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        match self.worker(data.py())? {
            Worker::Core(_) => self.decode(data),
            Worker::General(general) => general.decode(data, verify),
        }
    }

    /// The value at the start of `data`, and the number of bytes it takes.
    #[inline]
    pub(super) fn decode_prefix<'py>(&self, data: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Fault> {
        match self.binding.get() {
            Some(binding) => read(binding, data, |plan, bytes, objects| {
                let (value, consumed) = decode_prefix(plan, bytes, objects)?;
                objects.pair(value, consumed).map(Bound::into_any)
            }),
            None => self.decode_prefix_checked(data, true),
        }
    }

    /// The same, checksums checked where `verify`.
    #[cold]
    pub(super) fn decode_prefix_checked<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        verify: bool,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        match self.worker(data.py())? {
            Worker::Core(_) => self.decode_prefix(data),
            Worker::General(general) => general.decode_prefix(data, verify),
        }
    }

    /// The encoding of `value`.
    #[inline]
    pub(super) fn encode<'py>(&self, value: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Fault> {
        let py = value.py();
        match self.binding.get() {
            Some(binding) => with_scratch(py, |out| {
                write(binding, &mut Reader::new(py, binding), value, out, 0, None)?;
                new_bytes(py, out).map(Bound::into_any)
            }),
            None => self.encode_first(value),
        }
    }

    /// The same, where it is not known yet that the core does it.
    #[cold]
    fn encode_first<'py>(&self, value: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Fault> {
        match self.worker(value.py())? {
            Worker::Core(_) => self.encode(value),
            Worker::General(general) => {
                let py = value.py();
                with_scratch(py, |out| {
                    if general.write(value, out)? {
                        return new_bytes(py, out).map(Bound::into_any);
                    }
                    Ok(general.call("encode", value)?)
                })
            }
        }
    }
}

/// `encode_into` of a plan that is not plain.
fn encode_general_into(
    general: &General,
    value: &Bound<'_, PyAny>,
    buffer: &Bound<'_, PyAny>,
    offset: Offset,
) -> PyResult<usize> {
    let py = value.py();
    let output = Output::of(buffer)?;
    let offset = offset.within(py, output.len())?;
    with_scratch(py, |out| {
        if general.write(value, out)? && output.write(offset, out) {
            return Ok(out.len());
        }
        drop(output);
        general.encode_into(value, buffer, offset)
    })
}

/// Has the bytes of `data` decoded.
#[inline]
fn read<'py, T>(
    binding: &Binding,
    data: &Bound<'py, PyAny>,
    run: impl Fn(&Plan, &[u8], &mut Objects<'_, 'py>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    {
        let mut objects = Objects::new(data.py(), binding);
        match Input::plain(data) {
            Some(bytes) => run(binding.plan(), bytes, &mut objects),
            None => run(binding.plan(), Input::of(data)?.bytes(), &mut objects),
        }
    }
}

/// The encodings of all values, of a plan that is not plain.
fn encode_many<'py>(general: &General, values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = values.py();
    with_scratch(py, |out| {
        for (index, value) in values.try_iter()?.enumerate() {
            general.write_one(&value?, index, out)?;
        }
        Ok(new_bytes(py, out)?.into_any())
    })
}

/// The values that stand back to back, of a plan that is not plain.
fn decode_many<'py>(general: &General, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if !general.reads() {
        return general.call("decode_many", data);
    }
    let input = Input::of(data)?;
    let (list, bytes) = (PyList::empty(data.py()), input.bytes());
    let (mut start, mut index) = (0, 0);
    while start < bytes.len() {
        let (value, next) = general.decode_at(data.py(), bytes, start, index)?;
        list.append(value)?;
        (start, index) = (next, index + 1);
    }
    Ok(list.into_any())
}

#[pymethods]
impl Codec {
    #[new]
    fn new(cls: Py<PyType>, byteorder: Py<PyString>, plan_factory: Py<PyAny>) -> Self {
        Self { class: cls, byteorder, plan_factory, binding: OnceLock::new(), general: OnceLock::new() }
    }

    /// The class.
    #[getter]
    fn cls(&self, py: Python<'_>) -> Py<PyType> {
        self.class.clone_ref(py)
    }

    /// "big" or "little".
    #[getter]
    fn byteorder(&self, py: Python<'_>) -> Py<PyString> {
        self.byteorder.clone_ref(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Codec({}, {})", self.class.bind(py).qualname()?, self.byteorder.bind(py).repr()?))
    }

    /// Writes the encoding of `value` into `buffer` and gives its size.
    #[pyo3(signature = (value, buffer, offset = Offset::Start), text_signature = "($self, value, buffer, offset=0)")]
    pub(super) fn encode_into(
        &self,
        value: &Bound<'_, PyAny>,
        buffer: &Bound<'_, PyAny>,
        offset: Offset,
    ) -> PyResult<usize> {
        let py = value.py();
        let binding = match self.worker(py)? {
            Worker::Core(binding) => binding,
            Worker::General(general) => return encode_general_into(general, value, buffer, offset),
        };
        let output = Output::of(buffer)?;
        let offset = offset.within(py, output.len())?;
        with_scratch(py, |out| {
            write(binding, &mut Reader::new(py, binding), value, out, offset, None)?;
            if output.write(offset, out) {
                return Ok(out.len());
            }
            let kind = ErrorKind::BufferTooSmall { expected: size(out.len()), actual: size(output.len() - offset) };
            let error = Error::new(kind, size(offset).saturating_mul(8)).of(binding.name());
            Err(Fault::from(error).into())
        })
    }

    /// The values that stand back to back in `data`.
    fn decode_many<'py>(&self, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = data.py();
        let binding = match self.worker(py)? {
            Worker::Core(binding) => binding,
            Worker::General(general) => return decode_many(general, data),
        };
        let input = Input::of(data)?;
        let (plan, bytes) = (binding.plan(), input.bytes());
        let records = match usize::try_from(plan.minimum()) {
            Ok(minimum) if plan.is_fixed() && minimum > 0 => bytes.len() / minimum,
            _ => 0,
        };
        let mut objects = Objects::new(py, binding);
        let mut list = objects.begin_list(records)?;
        let (mut start, mut index) = (0, 0);
        while start < bytes.len() {
            let (value, next) = decode_at(plan, bytes, start, index, &mut objects)?;
            objects.push(&mut list, value)?;
            (start, index) = (next, index + 1);
        }
        Ok(list.into_any())
    }

    /// As `decode_many`, one value at a time.
    fn iter_decode<'py>(slf: &Bound<'py, Self>, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Worker::General(general) = slf.get().worker(slf.py())?
            && !general.reads()
        {
            return general.call("iter_decode", data);
        }
        let input = OwnedInput::of(data)?;
        Ok(Bound::new(slf.py(), Decoding::new(slf, input))?.into_any())
    }

    /// The encodings of all values, back to back.
    fn encode_many<'py>(&self, values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = values.py();
        let binding = match self.worker(py)? {
            Worker::Core(binding) => binding,
            Worker::General(general) => return encode_many(general, values),
        };
        with_scratch(py, |out| {
            let mut reader = Reader::new(py, binding);
            match values.cast_exact::<PyList>() {
                Ok(list) => {
                    let mut index = 0;
                    // The code of the user that runs for one value may change the list.
                    while index < list.len() {
                        write(binding, &mut reader, &list.get_item(index)?, out, 0, Some(index))?;
                        index += 1;
                    }
                }
                Err(_) => {
                    for (index, value) in values.try_iter()?.enumerate() {
                        write(binding, &mut reader, &value?, out, 0, Some(index))?;
                    }
                }
            }
            Ok(new_bytes(py, out)?.into_any())
        })
    }

    /// Whether the extension itself decodes the class, and whether it encodes it; else the readable runner does.
    fn runs(&self, py: Python<'_>) -> PyResult<(bool, bool)> {
        Ok(match self.worker(py)? {
            Worker::Core(_) => (true, true),
            Worker::General(general) => (general.reads(), general.writes()),
        })
    }

    /// What is done for the class, step by step.
    fn explain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        explain::explanation(py, &crate::explain::explain(self.binding(py)?.plan()))
    }

    // There is no `__clear__`: a cycle through a codec runs through its class too, which is cleared.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.class)?;
        visit.call(&self.plan_factory)?;
        self.general.get().map_or(Ok(()), |general| general.traverse(&visit))?;
        self.binding.get().map_or(Ok(()), |binding| binding.traverse(&visit))
    }
}

/// The byte of a buffer to start at: what was given, looked at only after the buffer.
pub(super) enum Offset {
    /// The first byte.
    Start,
    Given(Py<PyAny>),
}

impl Offset {
    /// The offset, if it lies in a buffer of `len` bytes, or at its end.
    fn within(self, py: Python<'_>, len: usize) -> PyResult<usize> {
        let Self::Given(object) = self else { return Ok(0) };
        let object = object.into_bound(py);
        match object.extract::<isize>() {
            Ok(offset) => {
                let place = usize::try_from(offset).ok().filter(|place| *place <= len);
                place.ok_or_else(|| outside(&offset.to_string(), len))
            }
            Err(error) if error.is_instance_of::<PyOverflowError>(py) => Err(outside(&object.str()?.to_string(), len)),
            Err(error) => Err(error),
        }
    }
}

#[cold]
fn outside(offset: &str, len: usize) -> PyErr {
    PyIndexError::new_err(format!("offset {offset} is outside the buffer of {len} bytes"))
}

impl FromPyObject<'_, '_> for Offset {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(Self::Given(object.to_owned().unbind()))
    }
}

/// The largest scratch buffer that is kept.
const KEPT: usize = 1 << 16;

/// Lends a buffer, empty, that is used again for the next encoding; one within another gets a new one.
#[inline]
fn with_scratch<R>(py: Python<'_>, body: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    static SCRATCH: Attached<Vec<u8>> = Attached::new(Vec::new());
    let mut buffer = SCRATCH.take(py);
    let outcome = body(&mut buffer);
    if buffer.capacity() <= KEPT {
        buffer.clear();
        SCRATCH.put(py, buffer);
    }
    outcome
}

/// Writes a value, number `index` of many, behind what is in `out`, which begins at byte `base` of the whole buffer.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
fn write<'py>(
    binding: &Binding,
    reader: &mut Reader<'_, 'py>,
    value: &Bound<'py, PyAny>,
    out: &mut Vec<u8>,
    base: usize,
    index: Option<usize>,
) -> Result<(), Fault> {
    encode_at(binding.plan(), value, reader, out, base, index).map_err(|fault| refused(value.py(), fault, reader))
}

/// Why a value was refused, with the object that the reader has kept for it.
#[cold]
#[inline(never)]
fn refused(py: Python<'_>, fault: Fault, reader: &mut Reader<'_, '_>) -> Fault {
    fault.into_exception(py, reader.take_offender()).into()
}

/// A length in memory as a figure.
fn size(length: usize) -> u64 {
    length as u64
}
