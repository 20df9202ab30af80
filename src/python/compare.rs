//! `==`, `<` and its kin, and `hash` of structs; see `manners.rs`.

use std::ffi::c_int;
use std::ptr;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::call::guarded;
use super::manners::{COMPARISONS, Manners, plain, plain_if_known, reference, slot};

/// `tp_richcompare` of a class without order.
pub(super) unsafe extern "C" fn equality(
    left: *mut ffi::PyObject,
    right: *mut ffi::PyObject,
    operator: c_int,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this with two live objects, the first one a struct.
    unsafe {
        if operator == ffi::Py_EQ || operator == ffi::Py_NE {
            guarded(|py| Ok(compare(py, left, right, operator)?))
        } else {
            ffi::Py_NewRef(ffi::Py_NotImplemented())
        }
    }
}

/// `tp_richcompare` of a class with order.
pub(super) unsafe extern "C" fn ordering(
    left: *mut ffi::PyObject,
    right: *mut ffi::PyObject,
    operator: c_int,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this with two live objects, the first one a struct.
    unsafe { guarded(|py| Ok(compare(py, left, right, operator)?)) }
}

/// Compares two structs of one class as the tuples of their values compare.
///
/// # Safety
///
/// Both are alive, and kept so by the caller.
#[inline]
unsafe fn compare(
    py: Python<'_>,
    left: *mut ffi::PyObject,
    right: *mut ffi::PyObject,
    operator: c_int,
) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: as the caller promises. Until `compare_any` no code runs that could change an object or a class.
    unsafe {
        if ffi::Py_TYPE(left) != ffi::Py_TYPE(right) {
            return Ok(py.NotImplemented().into_bound(py));
        }
        let Some(manners) = plain(py, left) else { return compare_in_python(py, left, right, operator) };
        let manners = manners.get();
        match manners.outcome(py, left, right, NESTED) {
            Outcome::Equal => Ok(truth(py, matches!(operator, ffi::Py_EQ | ffi::Py_LE | ffi::Py_GE))),
            Outcome::Different(index) => {
                let offset = manners.offsets[index];
                differing(py, slot(left, offset), slot(right, offset), operator)
            }
            Outcome::Unclear(first) => compare_any(py, left, right, &manners.offsets[first..], operator),
            Outcome::Unset => compare_in_python(py, left, right, operator),
        }
    }
}

/// How far two structs could be compared without running any code but the interpreter's own and this.
enum Outcome {
    /// All values are equal.
    Equal,
    /// The first field whose values are not.
    Different(usize),
    /// The first field that takes other code; those before it are equal.
    Unclear(usize),
    /// A field is unset, or its number has to be found out.
    Unset,
}

/// How many structs and lists inside each other are compared like this; the rest is left to the interpreter, which counts
/// how deep it is.
const NESTED: u32 = 3;

impl Manners {
    /// Compares two structs of one class as far as that goes.
    ///
    /// # Safety
    ///
    /// Both are alive and of exactly the class of these manners, which are right.
    #[inline]
    unsafe fn outcome(
        &self,
        py: Python<'_>,
        left: *mut ffi::PyObject,
        right: *mut ffi::PyObject,
        nested: u32,
    ) -> Outcome {
        // SAFETY: as the caller promises. No code runs that could change either.
        unsafe {
            if !(self.is_settled(left) && self.is_settled(right)) {
                return Outcome::Unset;
            }
            for (index, &offset) in self.offsets.iter().enumerate() {
                let (one, other) = (slot(left, offset), slot(right, offset));
                if one.is_null() || other.is_null() {
                    return Outcome::Unset;
                }
                let equal = if one == other { Some(true) } else { known_equal(py, one, other, nested) };
                let end = match equal {
                    Some(true) => continue,
                    Some(false) => Outcome::Different(index),
                    None if self.is_pinned_in_one(left, right) => Outcome::Unset,
                    None => Outcome::Unclear(index),
                };
                return if self.is_set(left, index) && self.is_set(right, index) { end } else { Outcome::Unset };
            }
            Outcome::Equal
        }
    }
}

#[inline]
fn truth(py: Python<'_>, value: bool) -> Bound<'_, PyAny> {
    PyBool::new(py, value).to_owned().into_any()
}

/// Whether two values are equal, where no code has to run for that but the interpreter's own and this.
///
/// # Safety
///
/// Both are alive.
#[inline]
unsafe fn known_equal(py: Python<'_>, one: *mut ffi::PyObject, other: *mut ffi::PyObject, nested: u32) -> Option<bool> {
    // SAFETY: as the caller promises, and so their types are alive. The function that is called is the one of both types,
    // and one of four that only look at the values, and give one of three objects that are always there.
    unsafe {
        let compare = (*ffi::Py_TYPE(one)).tp_richcompare?;
        let is = |class: *mut ffi::PyTypeObject, function: ffi::richcmpfunc| {
            (*class).tp_richcompare.is_some_and(|its| its as usize == function as usize)
        };
        if !is(ffi::Py_TYPE(other), compare) {
            return None;
        }
        if !(is(&raw mut ffi::PyLong_Type, compare)
            || is(&raw mut ffi::PyUnicode_Type, compare)
            || is(&raw mut ffi::PyBytes_Type, compare)
            || is(&raw mut ffi::PyFloat_Type, compare))
        {
            return if nested == 0 { None } else { known_equal_inside(py, one, other, nested - 1) };
        }
        let result = compare(one, other, ffi::Py_EQ);
        ffi::Py_DECREF(result);
        if result == ffi::Py_True() {
            Some(true)
        } else if result == ffi::Py_False() {
            Some(false)
        } else {
            None
        }
    }
}

/// Likewise, of structs and lists.
///
/// # Safety
///
/// Both are alive.
unsafe fn known_equal_inside(
    py: Python<'_>,
    one: *mut ffi::PyObject,
    other: *mut ffi::PyObject,
    nested: u32,
) -> Option<bool> {
    // SAFETY: as the caller promises. The items of a list are looked at only as far as both lists go, and no code runs that
    // could change them.
    unsafe {
        let class = ffi::Py_TYPE(one);
        if class != ffi::Py_TYPE(other) {
            return None;
        }
        if class == &raw mut ffi::PyList_Type {
            let count = ffi::PyList_GET_SIZE(one);
            if count != ffi::PyList_GET_SIZE(other) {
                return Some(false);
            }
            for index in 0..count {
                let (one, other) = (ffi::PyList_GET_ITEM(one, index), ffi::PyList_GET_ITEM(other, index));
                if one != other && !known_equal(py, one, other, nested)? {
                    return Some(false);
                }
            }
            return Some(true);
        }
        let ours: [ffi::richcmpfunc; 2] = [equality, ordering];
        if !(*class).tp_richcompare.is_some_and(|its| ours.iter().any(|function| its as usize == *function as usize)) {
            return None;
        }
        match plain_if_known(py, one)?.get().outcome(py, one, other, nested) {
            Outcome::Equal => Some(true),
            Outcome::Different(_) => Some(false),
            Outcome::Unclear(_) | Outcome::Unset => None,
        }
    }
}

/// What a comparison gives whose first pair of values that are not equal is this one.
///
/// # Safety
///
/// Both are alive.
unsafe fn differing(
    py: Python<'_>,
    one: *mut ffi::PyObject,
    other: *mut ffi::PyObject,
    operator: c_int,
) -> PyResult<Bound<'_, PyAny>> {
    if operator == ffi::Py_EQ || operator == ffi::Py_NE {
        return Ok(truth(py, operator == ffi::Py_NE));
    }
    // SAFETY: as the caller promises; they are kept so while code runs.
    unsafe {
        let (one, other) = (Bound::from_borrowed_ptr(py, one), Bound::from_borrowed_ptr(py, other));
        Bound::from_owned_ptr_or_err(py, ffi::PyObject_RichCompare(one.as_ptr(), other.as_ptr(), operator))
    }
}

/// The most values of which a comparison keeps references on the stack; it may nest as deep as the interpreter allows.
const ON_STACK: usize = 16;

/// References that are released together.
struct Held<'a>(&'a mut [*mut ffi::PyObject]);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        for object in &*self.0 {
            // SAFETY: `compare_any` took these references, and nobody else releases them.
            unsafe { ffi::Py_DECREF(*object) };
        }
    }
}

/// Goes on with a comparison where the user's code may run, which may change both structs: their values are taken first.
///
/// # Safety
///
/// Both objects are alive, and have these slots, which are filled.
#[inline(never)]
unsafe fn compare_any<'py>(
    py: Python<'py>,
    left: *mut ffi::PyObject,
    right: *mut ffi::PyObject,
    offsets: &[usize],
    operator: c_int,
) -> PyResult<Bound<'py, PyAny>> {
    let count = offsets.len() * 2;
    let (mut few, mut many) = ([ptr::null_mut(); ON_STACK], Vec::new());
    let values = if count > ON_STACK {
        many.resize(count, ptr::null_mut());
        &mut many[..]
    } else {
        &mut few[..count]
    };
    for (pair, &offset) in values.chunks_exact_mut(2).zip(offsets) {
        // SAFETY: as the caller promises; no code runs between here and the last of them.
        unsafe { (pair[0], pair[1]) = (ffi::Py_NewRef(slot(left, offset)), ffi::Py_NewRef(slot(right, offset))) };
    }
    let values = Held(values);
    for pair in values.0.chunks_exact(2) {
        // SAFETY: the references are held until this function is left.
        unsafe {
            match ffi::PyObject_RichCompareBool(pair[0], pair[1], ffi::Py_EQ) {
                1 => {}
                0 => return differing(py, pair[0], pair[1], operator),
                _ => return Err(PyErr::fetch(py)),
            }
        }
    }
    Ok(truth(py, matches!(operator, ffi::Py_EQ | ffi::Py_LE | ffi::Py_GE)))
}

/// # Safety
///
/// Both objects are alive.
#[cold]
unsafe fn compare_in_python(
    py: Python<'_>,
    left: *mut ffi::PyObject,
    right: *mut ffi::PyObject,
    operator: c_int,
) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: as the caller promises.
    let (left, right) = unsafe { (Bound::from_borrowed_ptr(py, left), Bound::from_borrowed_ptr(py, right)) };
    let negated = operator == ffi::Py_NE;
    let index = usize::try_from(if negated { ffi::Py_EQ } else { operator });
    let (_, function) = COMPARISONS[index.unwrap_or_default()];
    let result = reference(py, function)?.call1((left, right))?;
    if negated { Ok(truth(py, !result.is_truthy()?)) } else { Ok(result) }
}

/// `__hash__` of a frozen class.
pub(super) unsafe extern "C" fn hashed(object: *mut ffi::PyObject) -> ffi::Py_hash_t {
    // SAFETY: the interpreter calls this with a live struct; what `to_hash` gives is ours to release. Structs in structs come
    // here again, so depth is counted as for calls of Python functions.
    unsafe {
        if ffi::Py_EnterRecursiveCall(c" while hashing a struct".as_ptr()) != 0 {
            return -1;
        }
        let result = guarded(|py| Ok(to_hash(py, object)?));
        if result.is_null() {
            ffi::Py_LeaveRecursiveCall();
            return -1;
        }
        let hash = if ffi::PyTuple_CheckExact(result) == 0 {
            ffi::PyLong_AsSsize_t(result)
        } else {
            ffi::PyObject_Hash(result)
        };
        ffi::Py_LeaveRecursiveCall();
        ffi::Py_DECREF(result);
        hash
    }
}

/// The tuple of the values of a struct, whose hash is that of the struct, or else that hash.
///
/// # Safety
///
/// `object` is alive, and kept so by the caller.
unsafe fn to_hash(py: Python<'_>, object: *mut ffi::PyObject) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: as the caller promises. Making the tuple may collect garbage, and so run code: the manners are held, and the
    // slots, which a change of class would leave where they are, are looked at behind it. The tuple gets a reference of
    // its own to each value.
    unsafe {
        if let Some(manners) = plain(py, object) {
            let manners = manners.to_owned();
            let manners = manners.get();
            let tuple = Bound::from_owned_ptr_or_err(py, ffi::PyTuple_New(manners.hashed.len().cast_signed()))?;
            if manners.is_set(object, 0) && manners.is_settled(object) {
                for (index, &offset) in manners.hashed.iter().enumerate() {
                    let value = ffi::Py_NewRef(slot(object, offset));
                    ffi::PyTuple_SET_ITEM(tuple.as_ptr(), index.cast_signed(), value);
                }
                return Ok(tuple);
            }
        }
        reference(py, "hashed")?.call1((Bound::from_borrowed_ptr(py, object),))
    }
}
