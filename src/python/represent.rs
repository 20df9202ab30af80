//! `repr` of structs; see `manners.rs`.

use std::ffi::c_long;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyList, PyString};

use super::call::guarded;
use super::manners::{plain, reference, slot};

/// `tp_repr`.
pub(super) unsafe extern "C" fn represent(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the interpreter calls this with a live struct.
    unsafe { guarded(|py| Ok(represented(&Bound::from_borrowed_ptr(py, object))?)) }
}

fn represented<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let class = object.get_type();
    // SAFETY: the object is alive, and its manners are held while code runs.
    let manners = unsafe { plain(py, object.as_ptr()).map(Borrowed::to_owned) };
    let qualified_name = class.qualname()?;
    let (Some(manners), Ok(name)) = (&manners, qualified_name.to_str()) else {
        return reference(py, "represent")?.call1((object,));
    };
    let mut text = Text { written: String::with_capacity(256), before: None };
    // Of a class in a function, the name behind that of the function.
    text.written.push_str(name.rsplit_once(">.").map_or(name, |(_, name)| name));
    text.written.push('(');
    let (mut inside, mut first) = (None, true);
    for (field, &offset) in manners.get().fields.iter().zip(&manners.get().offsets) {
        if field.loose {
            // SAFETY: as below; the reference is only compared.
            if field.unstored && unsafe { slot(object.as_ptr(), offset) } == manners.get().derived.as_ptr() {
                continue;
            }
            if !first {
                text.written.push_str(", ");
            }
        }
        first = false;
        text.written.push_str(&field.label);
        // SAFETY: the object is of the class of its manners, or code has given it one with the same slots since; a strong
        // reference is taken at once.
        let value = unsafe { Bound::from_borrowed_ptr_or_opt(py, slot(object.as_ptr(), offset)) };
        if let Some(value) = &value
            && text.push_plain(value)?
        {
            continue;
        }
        if inside.is_none() {
            match Inside::enter(object)? {
                Some(entered) => inside = Some(entered),
                None => return Ok(PyString::new(py, "...").into_any()),
            }
        }
        match value {
            Some(value) if !(field.computes && value.is(&manners.get().derived)) => text.push(&value.repr()?)?,
            _ => text.push(&shown(object, &field.name)?)?,
        }
    }
    text.written.push(')');
    text.finish(py)
}

/// What is printed for a field that is not simply there.
#[cold]
fn shown<'py>(object: &Bound<'py, PyAny>, name: &Py<PyString>) -> PyResult<Bound<'py, PyString>> {
    let py = object.py();
    Ok(reference(py, "shown")?.call1((object, name))?.cast_into::<PyString>()?)
}

/// The mark that an object is being printed, for as long as this lives.
struct Inside<'a, 'py>(&'a Bound<'py, PyAny>);

impl<'a, 'py> Inside<'a, 'py> {
    /// None where it is being printed already.
    fn enter(object: &'a Bound<'py, PyAny>) -> PyResult<Option<Self>> {
        // SAFETY: the object is alive, here and when the mark is taken away.
        match unsafe { ffi::Py_ReprEnter(object.as_ptr()) } {
            0 => Ok(Some(Self(object))),
            1.. => Ok(None),
            _ => Err(PyErr::fetch(object.py())),
        }
    }
}

impl Drop for Inside<'_, '_> {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { ffi::Py_ReprLeave(self.0.as_ptr()) };
    }
}

/// A text in the making.
struct Text<'py> {
    /// What was written last.
    written: String,
    /// What stands before it, where some of that has no UTF-8: surrogates from the user's `__repr__`.
    before: Option<Bound<'py, PyList>>,
}

impl<'py> Text<'py> {
    /// Writes a value of one of the interpreter's own types, and says whether it was one; no other code runs then.
    #[inline]
    fn push_plain(&mut self, value: &Bound<'py, PyAny>) -> PyResult<bool> {
        if value.is_exact_instance_of::<PyInt>() {
            let mut overflow = 0;
            // SAFETY: it is an int; where it is too large no exception is set.
            let number = unsafe { ffi::PyLong_AsLongAndOverflow(value.as_ptr(), &raw mut overflow) };
            if overflow == 0 {
                self.push_number(number);
                return Ok(true);
            }
        } else if value.is_exact_instance_of::<PyBool>() {
            // SAFETY: there are two such objects, which are always there.
            self.written.push_str(if value.as_ptr() == unsafe { ffi::Py_True() } { "True" } else { "False" });
            return Ok(true);
        } else if value.is_none() {
            self.written.push_str("None");
            return Ok(true);
        } else if !(value.is_exact_instance_of::<PyBytes>()
            || value.is_exact_instance_of::<PyString>()
            || value.is_exact_instance_of::<PyFloat>())
        {
            return Ok(false);
        }
        self.push(&value.repr()?)?;
        Ok(true)
    }

    fn push_number(&mut self, number: c_long) {
        let mut digits = [0; 20];
        let mut first = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            self.written.push('-');
        }
        self.written.extend(digits[first..].iter().map(|&digit| char::from(digit)));
    }

    fn push(&mut self, text: &Bound<'py, PyString>) -> PyResult<()> {
        if let Ok(text) = text.to_str() {
            self.written.push_str(text);
            return Ok(());
        }
        self.set_aside(text.py())?.append(text)
    }

    /// Moves what is written to the list, and gives that.
    #[cold]
    fn set_aside(&mut self, py: Python<'py>) -> PyResult<&Bound<'py, PyList>> {
        let list = self.before.get_or_insert_with(|| PyList::empty(py));
        list.append(&self.written)?;
        self.written.clear();
        Ok(list)
    }

    fn finish(mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.before.is_none() {
            return Ok(PyString::new(py, &self.written).into_any());
        }
        PyString::new(py, "").call_method1("join", (self.set_aside(py)?,))
    }
}
