//! The memory that Python objects lend: input to read, output to write into.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;

use pyo3::exceptions::{PyBufferError, PyValueError};
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit, ffi};

/// The bytes of an object, borrowed from `bytes` as they are and from everything else through the buffer protocol.
pub(super) struct Input<'py> {
    data: *const u8,
    len: usize,
    /// Held for as long as the bytes are used; `bytes` need none.
    _view: Option<View>,
    _object: Bound<'py, PyAny>,
}

impl<'py> Input<'py> {
    /// Borrows the bytes of `object`.
    ///
    /// # Errors
    ///
    /// `TypeError` without the buffer protocol, `BufferError` where the buffer is not contiguous, and whatever the
    /// exporter raises.
    #[inline]
    pub(super) fn of(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        // SAFETY: the object is alive and the interpreter attached; the size and the pointer are read from exact `bytes`.
        unsafe {
            if ffi::PyBytes_CheckExact(object.as_ptr()) != 0 {
                return Ok(Self {
                    data: ffi::PyBytes_AS_STRING(object.as_ptr()).cast(),
                    len: length(ffi::PyBytes_Size(object.as_ptr())),
                    _view: None,
                    _object: object.clone(),
                });
            }
        }
        let view = View::of(object, ffi::PyBUF_SIMPLE)?;
        let (data, len) = view.region();
        Ok(Self { data, len, _view: Some(view), _object: object.clone() })
    }

    /// The bytes.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: `bytes` never move or change, and `_object` keeps them alive; a view keeps its memory in place until it
        // is dropped. See `View` for memory that others may write to.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }
}

impl AsRef<[u8]> for Input<'_> {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

/// Input that outlives the call it came in with: it owns what it borrows from.
pub(super) struct OwnedInput(View);

impl OwnedInput {
    /// Exports the buffer of `object` and keeps it.
    ///
    /// # Errors
    ///
    /// As those of [`Input::of`].
    pub(super) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        View::of(object, ffi::PyBUF_SIMPLE).map(Self)
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        let (data, len) = self.0.region();
        // SAFETY: the view keeps the memory in place while `self` is alive.
        unsafe { std::slice::from_raw_parts(data, len) }
    }

    /// Shows the collector whose buffer is held.
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        // SAFETY: the view owns a reference to the exporter, or none; reading a borrowed pointer changes no count.
        let owner = unsafe { (&raw const self.0.buffer.obj).cast::<Option<Py<PyAny>>>().as_ref() };
        visit.call(owner.and_then(Option::as_ref))
    }
}

/// A buffer to write into.
pub(super) struct Output(View);

impl Output {
    /// Exports the writable buffer of `object`.
    ///
    /// # Errors
    ///
    /// `TypeError` without the buffer protocol, `BufferError` where the buffer is read-only or not contiguous, and
    /// whatever the exporter raises.
    pub(super) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        View::of(object, ffi::PyBUF_WRITABLE).map(Self)
    }

    /// The number of bytes.
    pub(super) fn len(&self) -> usize {
        self.0.region().1
    }

    /// Copies `data` to `at`; does nothing and says false where it does not fit.
    pub(super) fn write(&self, at: usize, data: &[u8]) -> bool {
        let (memory, len) = self.0.region();
        if at > len || data.len() > len - at {
            return false;
        }
        // SAFETY: the view was exported as writable and keeps its memory in place; the range was checked just now;
        // `copy` permits that `data` is part of it.
        unsafe { ptr::copy(data.as_ptr(), memory.cast_mut().add(at), data.len()) };
        true
    }
}

/// One export of a C-contiguous buffer, released when dropped.
///
/// While it is held, the exporter keeps the memory in place, but what stands there may change under us: through a
/// finalizer or an enum's `_missing_` that runs while we decode, or, for shared mappings, at any time. Therefore the
/// runners never rely on two reads of a byte to agree: numbers are loaded once and then checked, lengths are checked
/// against the size of the region and not its contents, and text is handed to `PyUnicode_DecodeUTF8`, which validates
/// what it copies.
struct View {
    /// Boxed: exporters may keep pointers into the structure itself (`shape` often points at `len`).
    buffer: Box<ffi::Py_buffer>,
}

// SAFETY: a `Py_buffer` may be read and released on any thread that is attached to the interpreter; `drop` attaches.
unsafe impl Send for View {}
// SAFETY: nothing in it changes between its making and its release.
unsafe impl Sync for View {}

impl View {
    fn of(object: &Bound<'_, PyAny>, flags: c_int) -> PyResult<Self> {
        match Self::export(object, flags) {
            Err(error) if error.is_instance_of::<PyValueError>(object.py()) => {
                // NumPy raises ValueError for what the protocol calls a BufferError, but so do closed mappings and
                // released memoryviews for being closed: only the former lend a buffer that asks for nothing.
                Self::export(object, ffi::PyBUF_FULL_RO)?;
                Err(PyBufferError::new_err(error.value(object.py()).to_string()))
            }
            other => other,
        }
    }

    fn export(object: &Bound<'_, PyAny>, flags: c_int) -> PyResult<Self> {
        let mut buffer = Box::new(MaybeUninit::<ffi::Py_buffer>::zeroed());
        // SAFETY: the object is alive, the interpreter attached and the structure writable; on success it is filled in.
        let buffer = unsafe {
            if ffi::PyObject_GetBuffer(object.as_ptr(), buffer.as_mut_ptr(), flags) < 0 {
                return Err(PyErr::fetch(object.py()));
            }
            buffer.assume_init()
        };
        Ok(Self { buffer })
    }

    #[inline]
    fn region(&self) -> (*const u8, usize) {
        let data = if self.buffer.buf.is_null() {
            ptr::NonNull::<u8>::dangling().as_ptr().cast_const()
        } else {
            self.buffer.buf.cast::<u8>().cast_const()
        };
        (data, length(self.buffer.len))
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: the buffer was exported once, by `export`, and is released once, here, with the interpreter attached.
        Python::attach(|_| unsafe { ffi::PyBuffer_Release(&raw mut *self.buffer) });
    }
}

/// A size as Rust counts it; the interpreter gives none below 0.
#[inline]
pub(super) fn length(size: ffi::Py_ssize_t) -> usize {
    usize::try_from(size).unwrap_or_default()
}
