//! The memory that Python objects lend: input to read, output to write into.

use std::ffi::{CStr, c_int};
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr;

use pyo3::exceptions::{PyBufferError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3::{PyTraverseError, PyVisit, ffi};

use super::error::Fault;

/// The bytes of an object, borrowed from `bytes` as they are and from everything else through the buffer protocol.
pub(super) struct Input<'a> {
    data: *const u8,
    len: usize,
    /// Held for as long as the bytes are used; `bytes` need none.
    view: Option<View>,
    /// The object is alive throughout, and the thread attached, which whoever refers to an object shows.
    alive: PhantomData<&'a Bound<'a, PyAny>>,
}

impl<'a> Input<'a> {
    /// Borrows the bytes of `object`.
    ///
    /// # Errors
    ///
    /// `TypeError` without the buffer protocol, `BufferError` where the buffer is not contiguous, and whatever the
    /// exporter raises.
    #[inline]
    pub(super) fn of(object: &'a Bound<'_, PyAny>) -> PyResult<Self> {
        // SAFETY: the lifetime is that of a reference to the object.
        unsafe { Self::kept(object) }
    }

    /// As [`Input::of`], for any lifetime.
    ///
    /// # Safety
    ///
    /// The object stays alive, and the thread attached, throughout the lifetime.
    #[inline]
    pub(super) unsafe fn kept(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(bytes) = Self::plain(object) {
            return Ok(Self { data: bytes.as_ptr(), len: bytes.len(), view: None, alive: PhantomData });
        }
        Self::exported(object)
    }

    /// The bytes of an object that is exactly `bytes`.
    #[inline]
    pub(super) fn plain<'b>(object: &'b Bound<'_, PyAny>) -> Option<&'b [u8]> {
        // SAFETY: the object is alive for as long as the reference; `bytes` never move or change.
        unsafe {
            (ffi::PyBytes_CheckExact(object.as_ptr()) != 0).then(|| {
                let data = ffi::PyBytes_AS_STRING(object.as_ptr()).cast();
                std::slice::from_raw_parts(data, length(ffi::Py_SIZE(object.as_ptr())))
            })
        }
    }

    #[cold]
    fn exported(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let view = View::of(object, ffi::PyBUF_SIMPLE)?;
        let (data, len) = view.region();
        Ok(Self { data, len, view: Some(view), alive: PhantomData })
    }

    /// The bytes.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: `bytes` never move or change, and the object is alive; a view keeps its memory in place until it is
        // released. See `View` for memory that others may write to.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }
}

impl AsRef<[u8]> for Input<'_> {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

impl Drop for Input<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(view) = self.view.take() {
            // SAFETY: the thread is attached throughout the lifetime.
            unsafe { view.release() };
        }
    }
}

/// Input that outlives the call it came in with: it owns what it borrows from.
pub(super) struct OwnedInput(ManuallyDrop<View>);

impl OwnedInput {
    /// Exports the buffer of `object` and keeps it.
    ///
    /// # Errors
    ///
    /// As those of [`Input::of`].
    pub(super) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        View::of(object, ffi::PyBUF_SIMPLE).map(|view| Self(ManuallyDrop::new(view)))
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

impl Drop for OwnedInput {
    fn drop(&mut self) {
        // SAFETY: the thread is attached; the view is taken once, here.
        Python::attach(|_| unsafe { ManuallyDrop::take(&mut self.0).release() });
    }
}

/// A buffer to write into.
pub(super) struct Output<'py> {
    view: ManuallyDrop<View>,
    /// A sign that the thread is attached.
    _object: Bound<'py, PyAny>,
}

impl<'py> Output<'py> {
    /// Exports the writable buffer of `object`.
    ///
    /// # Errors
    ///
    /// `TypeError` without the buffer protocol, `BufferError` where the buffer is read-only or not contiguous, and
    /// whatever the exporter raises.
    pub(super) fn of(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        // The format is asked for since arrays of objects lend their pointers, which are not for us to write.
        let view = View::of(object, ffi::PyBUF_ND | ffi::PyBUF_WRITABLE | ffi::PyBUF_FORMAT)?;
        let output = Self { view: ManuallyDrop::new(view), _object: object.clone() };
        if output.view.holds_objects() {
            return Err(PyBufferError::new_err("the buffer to write into holds Python objects, not bytes"));
        }
        Ok(output)
    }

    /// The number of bytes.
    pub(super) fn len(&self) -> usize {
        self.view.region().1
    }

    /// Copies `data` to `at`; does nothing and says false where it does not fit.
    pub(super) fn write(&self, at: usize, data: &[u8]) -> bool {
        let (memory, len) = self.view.region();
        if at > len || data.len() > len - at {
            return false;
        }
        // SAFETY: the view was exported as writable and keeps its memory in place; the range was checked just now;
        // `copy` permits that `data` is part of it.
        unsafe { ptr::copy(data.as_ptr(), memory.cast_mut().add(at), data.len()) };
        true
    }
}

/// One export of a C-contiguous buffer; whoever holds it calls [`View::release`] in the end.
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

// SAFETY: a `Py_buffer` may be read and released on any thread that is attached to the interpreter.
unsafe impl Send for View {}
// SAFETY: nothing in it changes between its making and its release.
unsafe impl Sync for View {}

impl View {
    fn of(object: &Bound<'_, PyAny>, flags: c_int) -> PyResult<Self> {
        match Self::export(object, flags) {
            Err(error) if error.is_instance_of::<PyValueError>(object.py()) => {
                // NumPy raises ValueError for what the protocol calls a BufferError, but so do closed mappings and
                // released memoryviews for being closed: only the former lend a buffer that asks for nothing.
                let view = Self::export(object, ffi::PyBUF_FULL_RO)?;
                // SAFETY: `object` shows that the thread is attached.
                unsafe { view.release() };
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

    /// Whether the items are references to Python objects; known only where the format was asked for.
    fn holds_objects(&self) -> bool {
        // SAFETY: the format of an export is a C string that lives as long as it, or NULL for bytes.
        !self.buffer.format.is_null() && unsafe { CStr::from_ptr(self.buffer.format) }.to_bytes().contains(&b'O')
    }

    /// Gives the memory back.
    ///
    /// # Safety
    ///
    /// The thread is attached to the interpreter.
    unsafe fn release(mut self) {
        // SAFETY: the buffer was exported once, by `export`, and is released once, here, where the view ends.
        unsafe { ffi::PyBuffer_Release(&raw mut *self.buffer) };
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

impl Drop for Output<'_> {
    fn drop(&mut self) {
        // SAFETY: the thread is attached, as `_object` shows; the view is taken once, here.
        unsafe { ManuallyDrop::take(&mut self.view).release() };
    }
}

/// A `bytes` object.
///
/// # Errors
///
/// `MemoryError` where there is no room for it.
#[inline]
pub(super) fn new_bytes<'py>(py: Python<'py>, bytes: &[u8]) -> Result<Bound<'py, PyBytes>, Fault> {
    // SAFETY: the region is readable and no longer than an object may be; a new reference to `bytes`, or NULL with an
    // exception.
    unsafe {
        let object = ffi::PyBytes_FromStringAndSize(bytes.as_ptr().cast(), bytes.len().cast_signed());
        match Bound::from_owned_ptr_or_opt(py, object) {
            Some(object) => Ok(object.cast_into_unchecked()),
            None => Err(Fault::raised(py)),
        }
    }
}

/// A size as Rust counts it; the interpreter gives none below 0.
#[inline]
pub(super) fn length(size: ffi::Py_ssize_t) -> usize {
    usize::try_from(size).unwrap_or_default()
}
