//! Python objects as what encoding reads ([`Source`]).

use pyo3::exceptions::{PyBufferError, PyMemoryError, PyOverflowError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};

use super::buffer::{Input, length};
use super::error::Fault;
use super::instance::Shape;
use super::int::Ints;
use super::plan::Binding;
use crate::encode::{Character, Float, Integer, Source, Text};
use crate::error::{Offender, Wide};
use crate::plan::Plan;

/// An instance whose fields are read.
pub(super) struct Record<'a, 'py> {
    object: Bound<'py, PyAny>,
    shape: &'a Shape,
}

/// Gives the values of Python objects to be written.
///
/// Whatever may run the user's code (`__index__`, `__float__`, the buffer protocol) happens between two looks at an object,
/// never during one: handles are strong references, and slots, sizes and items are read anew at each step.
pub(super) struct Reader<'a, 'py> {
    pub(super) py: Python<'py>,
    pub(super) binding: &'a Binding,
    ints: &'static Ints,
    /// What the error under way is about, where the core cannot hold it.
    offender: Option<Bound<'py, PyAny>>,
    /// The text of the char read last, where that was of a subclass of str.
    plain_text: Option<Bound<'py, PyAny>>,
}

impl<'a, 'py> Reader<'a, 'py> {
    /// For the plans of `binding`.
    #[inline]
    pub(super) fn new(py: Python<'py>, binding: &'a Binding) -> Self {
        Self { py, binding, ints: Ints::get(py), offender: None, plain_text: None }
    }

    /// What an error with [`Offender::Foreign`] is about.
    #[inline]
    pub(super) fn take_offender(&mut self) -> Option<Bound<'py, PyAny>> {
        self.offender.take()
    }

    /// Keeps an error that is final, as the offender.
    #[cold]
    pub(super) fn give_up(&mut self, error: PyErr) {
        self.offender = Some(error.into_value(self.py).into_bound(self.py).into_any());
    }

    #[cold]
    fn keep(&mut self, object: Bound<'py, PyAny>) -> Offender {
        self.offender = Some(object);
        Offender::Foreign
    }

    /// The number of an `int`.
    fn int(&mut self, int: &Bound<'py, PyInt>) -> Integer {
        // SAFETY: the object is alive.
        if let Some(small) = unsafe { self.ints.read(int.as_ptr()) } {
            return Integer::Number(small.into());
        }
        // SAFETY: as above.
        if let Some(natural) = unsafe { self.ints.read_natural(int.as_ptr()) } {
            return Integer::Number(natural.into());
        }
        if let Ok(number) = int.extract::<u128>() {
            return Integer::Number(Wide::Natural(number));
        }
        match int.extract::<i128>() {
            Ok(number) => Integer::Number(number.into()),
            Err(_) => Integer::Beyond(self.keep(int.clone().into_any())),
        }
    }

    /// `operator.index(value)`; `None` where the value has no `__index__`, or one that says it is no integer after all.
    fn index(&self, value: &Bound<'py, PyAny>) -> Result<Option<Bound<'py, PyInt>>, Fault> {
        // SAFETY: the object is alive; a new reference to an int, or NULL with an exception.
        unsafe {
            if ffi::PyIndex_Check(value.as_ptr()) == 0 {
                return Ok(None);
            }
            match Bound::from_owned_ptr_or_err(self.py, ffi::PyNumber_Index(value.as_ptr())) {
                Ok(int) => Ok(Some(int.cast_into_unchecked())),
                Err(error) if error.is_instance_of::<PyTypeError>(self.py) => Ok(None),
                Err(error) => Err(error.into()),
            }
        }
    }

    /// The float nearest to an `int`.
    fn float_of_int(&mut self, int: Bound<'py, PyInt>) -> Result<Float, Fault> {
        match int.extract::<f64>() {
            Ok(number) => Ok(Float::Number(number)),
            Err(error) if error.is_instance_of::<PyOverflowError>(self.py) => {
                Ok(Float::Beyond(self.keep(int.into_any())))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The UTF-8 of a `str`, which keeps it.
pub(super) struct Utf8<'py> {
    text: Bound<'py, PyString>,
}

impl AsRef<str> for Utf8<'_> {
    fn as_ref(&self) -> &str {
        // Made before, in `Source::text`, so this finds it.
        self.text.to_str().unwrap_or_default()
    }
}

/// Item number `index` of a list or a tuple, borrowed for as long as no other code runs; NULL behind the end.
///
/// # Safety
///
/// It is a list or a tuple, as `Source::list` finds out.
#[inline]
unsafe fn peek_item(list: &Bound<'_, PyAny>, index: usize) -> *mut ffi::PyObject {
    // SAFETY: as the caller promises; the index is checked against the size of this moment.
    unsafe {
        if index >= length(ffi::Py_SIZE(list.as_ptr())) {
            std::ptr::null_mut()
        } else if ffi::PyList_Check(list.as_ptr()) != 0 {
            ffi::PyList_GET_ITEM(list.as_ptr(), index.cast_signed())
        } else {
            ffi::PyTuple_GET_ITEM(list.as_ptr(), index.cast_signed())
        }
    }
}

impl<'a, 'py> Source for Reader<'a, 'py> {
    type Value = Bound<'py, PyAny>;
    type Record = Record<'a, 'py>;
    type List = Bound<'py, PyAny>;
    type Bytes = Input<'py>;
    type Text = Utf8<'py>;
    type Error = Fault;

    #[inline]
    fn record(&mut self, value: &Self::Value, plan: &Plan) -> Result<Option<Self::Record>, Fault> {
        let shape = self.binding.shape(plan);
        Ok(shape.fits(value).then(|| Record { object: value.clone(), shape }))
    }

    #[inline]
    fn field(&mut self, record: &Self::Record, slot: usize) -> Result<Option<Self::Value>, Fault> {
        // SAFETY: `record` made sure that the shape fits. Assigning `__class__` cannot change that: the interpreter permits
        // it only between classes whose slots lie at the same places.
        Ok(unsafe { record.shape.get(&record.object, slot) })
    }

    #[inline]
    fn is_none(&mut self, value: &Self::Value) -> bool {
        value.is_none()
    }

    #[inline]
    fn is_derived(&mut self, value: &Self::Value) -> bool {
        value.is(self.binding.derived())
    }

    #[inline]
    fn small(&mut self, value: &Self::Value) -> Option<i64> {
        // SAFETY: the object is alive.
        unsafe { self.ints.read(value.as_ptr()) }
    }

    #[inline]
    fn small_field(&mut self, record: &Self::Record, slot: usize) -> Option<i64> {
        // SAFETY: `record` made sure that the shape fits, see `field`; no other code runs while the value is borrowed.
        unsafe { self.ints.read(record.shape.peek(&record.object, slot)) }
    }

    #[inline]
    fn natural_field(&mut self, record: &Self::Record, slot: usize) -> Option<u64> {
        // SAFETY: as in `small_field`.
        unsafe { self.ints.read_natural(record.shape.peek(&record.object, slot)) }
    }

    #[inline]
    fn small_item(&mut self, list: &Self::List, index: usize) -> Option<i64> {
        // SAFETY: `list` made sure that it is one or a tuple; no other code runs while the item is borrowed.
        unsafe { self.ints.read(peek_item(list, index)) }
    }

    #[inline]
    fn ready_integer(&mut self, value: &Self::Value) -> Option<Integer> {
        value.cast::<PyInt>().ok().map(|int| self.int(int))
    }

    #[inline]
    fn ready_float(&mut self, value: &Self::Value) -> Option<f64> {
        // SAFETY: the object is alive; a float's number is read only from exact floats.
        unsafe { (ffi::PyFloat_CheckExact(value.as_ptr()) != 0).then(|| ffi::PyFloat_AS_DOUBLE(value.as_ptr())) }
    }

    #[inline]
    fn plain_bytes<'v>(&mut self, value: &'v Self::Value) -> Option<&'v [u8]> {
        Input::plain(value)
    }

    #[inline]
    fn ready_bytes(&mut self, value: &Self::Value) -> Option<Self::Bytes> {
        // A class made in Python may lend its buffer by code of its own.
        // SAFETY: the object is alive, and so is its type; whoever drives a source keeps the value as long as its bytes.
        unsafe {
            if (*value.get_type_ptr()).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
                return None;
            }
            Input::kept(value).ok()
        }
    }

    fn integer(&mut self, value: &Self::Value) -> Result<Integer, Fault> {
        Ok(match self.index(value)? {
            Some(int) => self.int(&int),
            None => Integer::WrongType,
        })
    }

    fn float(&mut self, value: &Self::Value) -> Result<Float, Fault> {
        // SAFETY: the object is alive, and so is its type; a float's number is read only from exact floats. The result of
        // `PyNumber_Float` is a new reference to a float, or NULL with an exception.
        let (converts, own, converted) = unsafe {
            if ffi::PyFloat_CheckExact(value.as_ptr()) != 0 {
                return Ok(Float::Number(ffi::PyFloat_AS_DOUBLE(value.as_ptr())));
            }
            let of = |class: *mut ffi::PyTypeObject| {
                (*class).tp_as_number.as_ref().and_then(|number| number.nb_float).map(|function| function as usize)
            };
            let function = of(value.get_type_ptr());
            (function.is_some(), function != of(&raw mut ffi::PyLong_Type), || {
                Bound::from_owned_ptr_or_err(self.py, ffi::PyNumber_Float(value.as_ptr()))
            })
        };
        if !converts || !own {
            return match self.index(value)? {
                Some(int) => self.float_of_int(int),
                None => Ok(Float::WrongType),
            };
        }
        match converted() {
            Ok(float) => Ok(Float::Number(float.extract()?)),
            Err(error) if error.is_instance_of::<PyTypeError>(self.py) => Ok(Float::WrongType),
            Err(error) => Err(error.into()),
        }
    }

    fn character(&mut self, value: &Self::Value) -> Result<Character, Fault> {
        // SAFETY: length and first character are read only of a str; a new reference or NULL with an exception.
        let code = unsafe {
            if ffi::PyUnicode_Check(value.as_ptr()) == 0 {
                return Ok(Character::WrongType);
            }
            self.plain_text = if ffi::PyUnicode_CheckExact(value.as_ptr()) != 0 {
                None
            } else {
                Some(Bound::from_owned_ptr_or_err(self.py, ffi::PyUnicode_FromObject(value.as_ptr()))?)
            };
            if ffi::PyUnicode_GetLength(value.as_ptr()) != 1 {
                return Ok(Character::Unfit);
            }
            ffi::PyUnicode_ReadChar(value.as_ptr(), 0)
        };
        Ok(char::from_u32(code).map_or(Character::Unfit, Character::Char))
    }

    fn bytes(&mut self, value: &Self::Value) -> Result<Option<Self::Bytes>, Fault> {
        // SAFETY: whoever drives a source keeps the value as long as its bytes, and both end while the thread is attached.
        match unsafe { Input::kept(value) } {
            Ok(input) => Ok(Some(input)),
            Err(error)
                if error.is_instance_of::<PyTypeError>(self.py) || error.is_instance_of::<PyBufferError>(self.py) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn text(&mut self, value: &Self::Value) -> Result<Text<Self::Text>, Fault> {
        self.plain_text = None;
        let Ok(text) = value.cast::<PyString>() else {
            return Ok(Text::WrongType);
        };
        match text.to_str() {
            Ok(_) => Ok(Text::Text(Utf8 { text: text.clone() })),
            Err(error) if error.is_instance_of::<pyo3::exceptions::PyUnicodeEncodeError>(self.py) => {
                Ok(Text::Surrogates)
            }
            Err(error) => Err(error.into()),
        }
    }

    #[inline]
    fn list(&mut self, value: &Self::Value) -> Result<Option<Self::List>, Fault> {
        // SAFETY: the object is alive.
        let is_list = unsafe { ffi::PyList_Check(value.as_ptr()) != 0 || ffi::PyTuple_Check(value.as_ptr()) != 0 };
        Ok(is_list.then(|| value.clone()))
    }

    #[inline]
    fn len(&mut self, list: &Self::List) -> usize {
        // SAFETY: `list` made sure that it is a list or a tuple, which both keep their size here.
        length(unsafe { ffi::Py_SIZE(list.as_ptr()) })
    }

    #[inline]
    fn item(&mut self, list: &Self::List, index: usize) -> Result<Option<Self::Value>, Fault> {
        // SAFETY: `list` made sure that it is one or a tuple; a strong reference is taken at once.
        Ok(unsafe { Bound::from_borrowed_ptr_or_opt(self.py, peek_item(list, index)) })
    }

    #[cold]
    fn put_off(&mut self, error: Fault) -> Result<(), Fault> {
        if error.is_ordinary(self.py) { Ok(()) } else { Err(error) }
    }

    #[cold]
    fn no_room(&mut self) -> Result<(), Fault> {
        Err(PyMemoryError::new_err(()).into())
    }

    #[cold]
    fn type_name(&mut self, value: &Self::Value) -> String {
        value.get_type().name().map_or_else(|_| String::new(), |name| name.to_string_lossy().into_owned())
    }

    #[cold]
    fn offender(&mut self, value: &Self::Value) -> Offender {
        let object = self.plain_text.take().unwrap_or_else(|| value.clone());
        self.keep(object)
    }
}
