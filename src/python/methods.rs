//! The methods of structs and codecs that a call must not cost more than its work: functions of the interpreter's own kind.

use std::ffi::CStr;
use std::ptr;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple, PyType};
use pyo3::{Borrowed, ffi};

use super::buffer::length;
use super::call::{Arguments, Found, found_on, guarded, names};
use super::codec::{Codec, Offset};
use super::error::Fault;

/// Method definitions; the interpreter reads them for as long as it runs.
struct Definitions<const N: usize>([ffi::PyMethodDef; N]);

// SAFETY: constants with pointers into static memory, which nothing writes to.
unsafe impl<const N: usize> Sync for Definitions<N> {}

static OF_STRUCTS: Definitions<5> = Definitions([
    without_arguments(c"to_be_bytes", to_bytes::<true>, c"to_be_bytes($self, /)\n--\n\nThe encoding, big endian."),
    without_arguments(
        c"to_bytes",
        to_bytes::<true>,
        c"to_bytes($self, /)\n--\n\nThe encoding, in the byte order that the class fixes.",
    ),
    without_arguments(c"to_le_bytes", to_bytes::<false>, c"to_le_bytes($self, /)\n--\n\nThe encoding, little endian."),
    with_arguments(
        c"encode_be_to",
        encode_to::<true>,
        c"encode_be_to($self, /, buffer, offset=0)\n--\n\nWrites the encoding, big endian, into a buffer; gives the number of bytes written.",
    ),
    with_arguments(
        c"encode_le_to",
        encode_to::<false>,
        c"encode_le_to($self, /, buffer, offset=0)\n--\n\nWrites the encoding, little endian, into a buffer; gives the number of bytes written.",
    ),
]);

static OF_CODECS: Definitions<3> = Definitions([
    with_arguments(
        c"decode",
        decode,
        c"decode($self, data, *, verify=True)\n--\n\nThe value that `data` is the encoding of.",
    ),
    with_arguments(
        c"decode_prefix",
        decode_prefix,
        c"decode_prefix($self, data, *, verify=True)\n--\n\nThe value at the start of `data`, and the number of bytes it takes.",
    ),
    with_arguments(c"encode", encode, c"encode($self, value)\n--\n\nThe encoding of `value`."),
]);

const fn without_arguments(name: &'static CStr, function: ffi::PyCFunction, doc: &'static CStr) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: function },
        ml_flags: ffi::METH_NOARGS,
        ml_doc: doc.as_ptr(),
    }
}

const fn with_arguments(
    name: &'static CStr,
    function: ffi::PyCFunctionFastWithKeywords,
    doc: &'static CStr,
) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: function },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: doc.as_ptr(),
    }
}

/// Puts the encoding methods with these names on `class`, which, or whose subclasses, keep a codec in `__bebytes_be__` and
/// `__bebytes_le__`.
///
/// # Errors
///
/// What setting an attribute of the class raises.
pub(super) fn install(class: &Bound<'_, PyType>, names: &Bound<'_, PyTuple>) -> PyResult<()> {
    let wanted = |definition: &&ffi::PyMethodDef| {
        // SAFETY: the name of a definition is a C string.
        let name = unsafe { CStr::from_ptr(definition.ml_name) };
        name.to_str().is_ok_and(|name| names.contains(name).unwrap_or_default())
    };
    put_on(class, OF_STRUCTS.0.iter().filter(wanted))
}

/// Puts the methods that are called most on the class `Codec`.
///
/// # Errors
///
/// What setting an attribute of the class raises.
pub(super) fn install_on_codec(py: Python<'_>) -> PyResult<()> {
    put_on(&py.get_type::<Codec>(), OF_CODECS.0.iter())
}

fn put_on(class: &Bound<'_, PyType>, definitions: impl Iterator<Item = &'static ffi::PyMethodDef>) -> PyResult<()> {
    for definition in definitions {
        // SAFETY: the definition is static and complete; the interpreter only reads it.
        let method = unsafe {
            let method = ffi::PyDescr_NewMethod(class.as_type_ptr(), ptr::from_ref(definition).cast_mut());
            Bound::from_owned_ptr_or_err(class.py(), method)?
        };
        // SAFETY: as in `install`.
        let name = unsafe { CStr::from_ptr(definition.ml_name) };
        class.setattr(PyString::intern(class.py(), &name.to_string_lossy()), method)?;
    }
    Ok(())
}

/// The codec that a method of `Codec` is called on, its one argument, and where there is anything else to the call, that.
///
/// # Safety
///
/// By the protocol of `METH_FASTCALL | METH_KEYWORDS`, through a descriptor of the class `Codec`.
#[inline]
unsafe fn one_argument<'a>(
    py: Python<'_>,
    codec: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut ffi::PyObject,
) -> (&'a Codec, Result<Borrowed<'a, '_, PyAny>, Arguments<'a, '_>>) {
    // SAFETY: as the caller promises; the caller of the method keeps codec and arguments alive until it returns.
    unsafe {
        let codec = Borrowed::from_ptr(py, codec).cast_unchecked::<Codec>();
        let codec = ptr::from_ref(codec.get());
        if count == 1 && keywords.is_null() {
            return (&*codec, Ok(Borrowed::from_ptr(py, *arguments)));
        }
        (&*codec, Err(Arguments::of(py, arguments, length(count), keywords)))
    }
}

/// The argument `wanted`, and the keyword argument `verify` where the method takes it, which is true unless it is given.
#[cold]
fn named_argument<'py>(
    arguments: &Arguments<'_, 'py>,
    wanted: &str,
    verifies: bool,
) -> Result<(Bound<'py, PyAny>, bool), Fault> {
    if arguments.count() > 1 {
        let count = arguments.count();
        return Err(PyTypeError::new_err(format!("takes 1 positional argument but {count} were given")).into());
    }
    let (found, verify) = if verifies {
        let [found, verify] = arguments.by_name([wanted, "verify"], "")?;
        (found, verify)
    } else {
        let [found] = arguments.by_name([wanted], "")?;
        (found, None)
    };
    let missing = || PyTypeError::new_err(format!("missing 1 required positional argument: '{wanted}'"));
    let found = found.ok_or_else(missing)?.to_owned();
    Ok((found, verify.map_or(Ok(true), |verify| verify.is_truthy())?))
}

/// A method of `Codec` that does one thing with its one argument, and another where there is more to the call.
macro_rules! method_of_codec {
    ($name:ident, $otherwise:path) => {
        unsafe extern "C" fn $name(
            codec: *mut ffi::PyObject,
            arguments: *const *mut ffi::PyObject,
            count: ffi::Py_ssize_t,
            keywords: *mut ffi::PyObject,
        ) -> *mut ffi::PyObject {
            // SAFETY: the interpreter calls this by the protocol of METH_FASTCALL | METH_KEYWORDS.
            unsafe {
                guarded(|py| match one_argument(py, codec, arguments, count, keywords) {
                    (codec, Ok(given)) => codec.$name(&given),
                    (codec, Err(arguments)) => $otherwise(codec, &arguments),
                })
            }
        }
    };
}

method_of_codec!(decode, decode_by);
method_of_codec!(decode_prefix, decode_prefix_by);
method_of_codec!(encode, encode_value_by);

#[cold]
fn decode_by<'py>(codec: &Codec, arguments: &Arguments<'_, 'py>) -> Result<Bound<'py, PyAny>, Fault> {
    let (data, verify) = named_argument(arguments, "data", true)?;
    codec.decode_checked(&data, verify)
}

#[cold]
fn decode_prefix_by<'py>(codec: &Codec, arguments: &Arguments<'_, 'py>) -> Result<Bound<'py, PyAny>, Fault> {
    let (data, verify) = named_argument(arguments, "data", true)?;
    codec.decode_prefix_checked(&data, verify)
}

#[cold]
fn encode_value_by<'py>(codec: &Codec, arguments: &Arguments<'_, 'py>) -> Result<Bound<'py, PyAny>, Fault> {
    codec.encode(&named_argument(arguments, "value", false)?.0)
}

/// The codecs of the classes that encoded last.
static BIG: Found = Found::new();
static LITTLE: Found = Found::new();

/// The codec that the class of `object` keeps for big or little endian.
///
/// # Safety
///
/// `object` is alive.
#[inline]
unsafe fn own_codec<'py, const IS_BIG: bool>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, Codec>, Fault> {
    let py = object.py();
    let found = if IS_BIG { &BIG } else { &LITTLE };
    // SAFETY: the type of a live object is alive; `codec_of` notes nothing but codecs.
    match unsafe { found.get::<Codec>(py, object.get_type_ptr()) } {
        Some(codec) => Ok(codec.to_owned()),
        None => codec_of(object, if IS_BIG { &names(py).big } else { &names(py).little }, found),
    }
}

/// The codec that the class of `object` keeps under `name`.
#[inline(never)]
fn codec_of<'py>(object: &Bound<'py, PyAny>, name: &Py<PyString>, found: &Found) -> Result<Bound<'py, Codec>, Fault> {
    let class = object.get_type_ptr();
    // SAFETY: the type of a live object is alive.
    unsafe {
        let codec = found_on::<Codec>(object.py(), class, name, &names(object.py()).codec_class)
            .filter(|codec| codec.get().is_of(class))
            .ok_or_else(|| no_codec(object))?;
        found.note(class, &codec);
        Ok(codec)
    }
}

#[cold]
fn no_codec(object: &Bound<'_, PyAny>) -> Fault {
    PyTypeError::new_err(format!("{} has no layout to encode by", object.get_type())).into()
}

/// `to_be_bytes()` and its little sister.
unsafe extern "C" fn to_bytes<const IS_BIG: bool>(
    object: *mut ffi::PyObject,
    _: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this with a live object.
    unsafe {
        guarded(|py| {
            let object = Bound::from_borrowed_ptr(py, object);
            own_codec::<IS_BIG>(&object)?.get().encode(&object)
        })
    }
}

/// `encode_be_to(buffer, offset=0)` and its little sister.
unsafe extern "C" fn encode_to<const IS_BIG: bool>(
    object: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this by the protocol of METH_FASTCALL | METH_KEYWORDS.
    unsafe {
        guarded(|py| {
            let object = Bound::from_borrowed_ptr(py, object);
            let codec = own_codec::<IS_BIG>(&object)?;
            let method = if IS_BIG { "encode_be_to" } else { "encode_le_to" };
            encode_by(&object, &codec, &Arguments::of(py, arguments, length(count), keywords), method)
        })
    }
}

/// Encodes by the arguments `buffer` and `offset=0`, into that buffer.
fn encode_by<'py>(
    object: &Bound<'py, PyAny>,
    codec: &Bound<'py, Codec>,
    arguments: &Arguments<'_, 'py>,
    method: &str,
) -> Result<Bound<'py, PyAny>, Fault> {
    if arguments.count() > 2 {
        let count = arguments.count() + 1;
        let text = format!("{method}() takes from 2 to 3 positional arguments but {count} were given");
        return Err(PyTypeError::new_err(text).into());
    }
    let [Some(buffer), offset] = arguments.by_name(["buffer", "offset"], &format!("{method}() "))? else {
        return Err(PyTypeError::new_err(format!("{method}() missing 1 required positional argument: 'buffer'")).into());
    };
    let offset = offset.map_or(Offset::Start, |offset| Offset::Given(offset.to_owned().unbind()));
    let written = codec.get().encode_into(object, &buffer, offset)?;
    let Ok(written) = written.into_pyobject(object.py());
    Ok(written.into_any())
}
