//! Calls from the interpreter that do not go through those of `PyO3`, which cost as much as a small decoding: the arguments, what
//! a class keeps for them, and the way back.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

use super::buffer::length;
use super::codec::Codec;
use super::construct::Constructor;
use super::error::Fault;

unsafe extern "C" {
    /// The method cache behind attribute look-up: borrowed, NULL without an exception where nothing is found.
    pub(super) fn _PyType_Lookup(class: *mut ffi::PyTypeObject, name: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// The attribute of a class that holds its constructor.
const CONSTRUCTOR: &CStr = c"__bebytes_constructor__";
const CODEC_BIG: &CStr = c"__bebytes_be__";
const CODEC_LITTLE: &CStr = c"__bebytes_le__";
const POST_INIT: &CStr = c"__post_init__";

/// The interned names that calls look up, and the classes of what they find.
pub(super) struct Names {
    pub(super) constructor: Py<PyString>,
    pub(super) big: Py<PyString>,
    pub(super) little: Py<PyString>,
    pub(super) post_init: Py<PyString>,
    pub(super) codec_class: Py<PyType>,
    pub(super) constructor_class: Py<PyType>,
}

#[inline]
pub(super) fn names(py: Python<'_>) -> &Names {
    static NAMES: PyOnceLock<Names> = PyOnceLock::new();
    NAMES.get_or_init(py, || {
        let intern = |name: &CStr| PyString::intern(py, &name.to_string_lossy()).unbind();
        Names {
            constructor: intern(CONSTRUCTOR),
            big: intern(CODEC_BIG),
            little: intern(CODEC_LITTLE),
            post_init: intern(POST_INIT),
            codec_class: py.get_type::<Codec>().unbind(),
            constructor_class: py.get_type::<Constructor>().unbind(),
        }
    })
}

/// What `class`, or a base of it, keeps under `name`, if it is exactly of the class `kind`, which is that of `T`.
///
/// # Safety
///
/// The classes are alive.
#[inline]
pub(super) unsafe fn found_on<'py, T>(
    py: Python<'py>,
    class: *mut ffi::PyTypeObject,
    name: &Py<PyString>,
    kind: &Py<PyType>,
) -> Option<Bound<'py, T>> {
    // SAFETY: as the caller promises; the reference that is found is made a strong one at once.
    unsafe {
        let found = Borrowed::from_ptr_or_opt(py, _PyType_Lookup(class, name.as_ptr()))?;
        (found.get_type_ptr().cast() == kind.as_ptr()).then(|| found.cast_unchecked::<T>().to_owned())
    }
}

/// What was found on classes under one name: the way through the interpreter's own cache, of all names, takes ten times as long.
pub(super) struct Found([Cell<Entry>; ENTRIES]);

/// A class in one version, and what it keeps.
#[derive(Clone, Copy)]
struct Entry {
    class: *mut ffi::PyTypeObject,
    version: std::ffi::c_uint,
    object: *mut ffi::PyObject,
}

/// Few programs have more classes at work at one time.
const ENTRIES: usize = 64;

// SAFETY: entries are copied in and out by threads attached to the interpreter, of which there is one at a time (`gil_used`).
unsafe impl Sync for Found {}

impl Found {
    pub(super) const fn new() -> Self {
        Self([const { Cell::new(Entry { class: ptr::null_mut(), version: 0, object: ptr::null_mut() }) }; ENTRIES])
    }

    /// What was found on this class.
    ///
    /// # Safety
    ///
    /// The class is alive, the thread attached, and `T` the class of all that is noted here. What is given may be used only
    /// until code runs that could change the class.
    #[inline]
    pub(super) unsafe fn get<'a, 'py, T>(
        &self,
        py: Python<'py>,
        class: *mut ffi::PyTypeObject,
    ) -> Option<Borrowed<'a, 'py, T>> {
        let Entry { class: known, version, object } = self.entry(class)?.get();
        // SAFETY: a version is given once, to one class in one state: as long as it has this one, it (or a base of it) keeps
        // what it kept when this was noted, alive. 0 says that a class has no version.
        unsafe {
            if known != class || version == 0 || version != (*class).tp_version_tag {
                return None;
            }
            Some(Borrowed::from_ptr(py, object).cast_unchecked())
        }
    }

    /// Notes what the class keeps.
    ///
    /// # Safety
    ///
    /// The class is alive, the thread attached, and a look-up has just found the object on the class.
    pub(super) unsafe fn note<T>(&self, class: *mut ffi::PyTypeObject, object: &Bound<'_, T>) {
        if let Some(entry) = self.entry(class) {
            // SAFETY: as the caller promises.
            let version = unsafe { (*class).tp_version_tag };
            entry.set(Entry { class, version, object: object.as_ptr() });
        }
    }

    #[inline]
    fn entry(&self, class: *mut ffi::PyTypeObject) -> Option<&Cell<Entry>> {
        // Type objects are larger than this, so neighbours do not share an entry.
        self.0.get((class as usize >> 8) % ENTRIES)
    }
}

/// What threads share that are attached to the interpreter, of which there is one at a time: the module says that it needs
/// the lock (`gil_used`).
pub(super) struct Attached<T>(Cell<T>);

// SAFETY: whoever takes or puts shows that its thread is attached; the value is moved in and out and never referred to.
unsafe impl<T: Send> Sync for Attached<T> {}

impl<T: Default> Attached<T> {
    /// Holding `value`.
    pub(super) const fn new(value: T) -> Self {
        Self(Cell::new(value))
    }

    /// What is held, with the default left in its place.
    #[inline]
    pub(super) fn take(&self, _: Python<'_>) -> T {
        self.0.take()
    }

    /// Holds `value`.
    #[inline]
    pub(super) fn put(&self, _: Python<'_>, value: T) {
        self.0.set(value);
    }
}

/// The arguments of one call: `count` by position, then those named in `keywords`.
pub(super) struct Arguments<'a, 'py> {
    pub(super) py: Python<'py>,
    values: &'a [*mut ffi::PyObject],
    count: usize,
    keywords: *mut ffi::PyObject,
}

impl<'py> Arguments<'_, 'py> {
    /// Takes over what the protocols of vectorcall and `METH_FASTCALL | METH_KEYWORDS` hand over.
    ///
    /// # Safety
    ///
    /// `values` holds `count` references, then one for each name in the tuple `keywords`, which may be NULL; all of them
    /// are alive throughout the lifetime.
    #[inline]
    pub(super) unsafe fn of(
        py: Python<'py>,
        values: *const *mut ffi::PyObject,
        count: usize,
        keywords: *mut ffi::PyObject,
    ) -> Self {
        // SAFETY: as the caller promises.
        let values = unsafe {
            let named = if keywords.is_null() { 0 } else { length(ffi::PyTuple_GET_SIZE(keywords)) };
            if count + named == 0 { &[] } else { std::slice::from_raw_parts(values, count + named) }
        };
        Self { py, values, count, keywords }
    }

    /// How many there are by position.
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// How many there are in all.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The values given by position.
    #[inline]
    pub(super) fn positional(&self) -> impl Iterator<Item = Borrowed<'_, 'py, PyAny>> {
        // SAFETY: `of` was promised that they are alive.
        self.values[..self.count].iter().map(|value| unsafe { Borrowed::from_ptr(self.py, *value) })
    }

    /// The values of these parameters, by position and by keyword, as far as they are given; `call` goes before what is said
    /// of names that do not fit. The caller has looked that there are not too many by position.
    #[cold]
    pub(super) fn by_name<const N: usize>(
        &self,
        parameters: [&str; N],
        call: &str,
    ) -> PyResult<[Option<Borrowed<'_, 'py, PyAny>>; N]> {
        let mut given = [None; N];
        for (place, value) in given.iter_mut().zip(self.positional()) {
            *place = Some(value);
        }
        for (name, value) in self.named() {
            let text = name.str()?;
            let text = text.to_cow()?;
            let Some(index) = parameters.iter().position(|parameter| *parameter == text) else {
                return Err(PyTypeError::new_err(format!("{call}got an unexpected keyword argument '{text}'")));
            };
            if given[index].replace(value).is_some() {
                return Err(PyTypeError::new_err(format!("{call}got multiple values for argument '{text}'")));
            }
        }
        Ok(given)
    }

    /// The names and values given by keyword.
    #[inline]
    pub(super) fn named(&self) -> impl Iterator<Item = (Borrowed<'_, 'py, PyAny>, Borrowed<'_, 'py, PyAny>)> {
        self.values[self.count..].iter().enumerate().map(|(index, value)| {
            // SAFETY: `of` was promised a tuple of as many names as there are values behind the positional ones.
            unsafe {
                let name = ffi::PyTuple_GET_ITEM(self.keywords, index.cast_signed());
                (Borrowed::from_ptr(self.py, name), Borrowed::from_ptr(self.py, *value))
            }
        })
    }
}

/// Runs the body of a function that the interpreter calls: an error is raised, and a panic is an error too.
///
/// # Safety
///
/// The thread is attached to the interpreter, as it is in every call from there.
#[inline]
pub(super) unsafe fn guarded(
    body: impl for<'py> FnOnce(Python<'py>) -> Result<Bound<'py, PyAny>, Fault>,
) -> *mut ffi::PyObject {
    // SAFETY: as the caller promises. `Python::attach` would find that out anew, in more time than a small call takes.
    let py = unsafe { Python::assume_attached() };
    match catch_unwind(AssertUnwindSafe(|| body(py))) {
        Ok(Ok(object)) => object.into_ptr(),
        Ok(Err(fault)) => raise(py, fault),
        Err(_) => raise(py, PyRuntimeError::new_err("bug in bebytes: please report it").into()),
    }
}

#[cold]
#[inline(never)]
fn raise(py: Python<'_>, fault: Fault) -> *mut ffi::PyObject {
    let error = fault.into_exception(py, None);
    // PyO3 did not see the interpreter call us, so exceptions that gave way to others on the way here wait for a call that it
    // does see before they are released. This is one; it would wait for itself where the thread is attached to another
    // interpreter than PyO3 attaches it to.
    // SAFETY: the thread is attached.
    if unsafe { ffi::PyGILState_GetThisThreadState() == ffi::PyThreadState_Get() } {
        let _ = Python::try_attach(|_| ());
    }
    error.restore(py);
    ptr::null_mut()
}

const _: () = assert!(size_of::<c_int>() <= size_of::<usize>() && size_of::<c_char>() == 1);
