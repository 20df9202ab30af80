//! Python objects as what decoding makes ([`Sink`]) and as what encoding reads ([`Source`]).

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use pyo3::exceptions::{PyBufferError, PyMemoryError, PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyList, PyString, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit, ffi};

use super::buffer::{Input, length};
use super::error::Fault;
use super::instance::{Fresh, Shape};
use super::int::{Ints, new_signed};
use super::plan::Binding;
use crate::decode::Sink;
use crate::encode::{Character, Float, Integer, Source, Text};
use crate::error::{Offender, Wide};
use crate::plan::{Plan, Table};

/// The members of one enum or flags class, as objects.
pub(super) struct Members {
    class: Py<PyType>,
    /// The members, in the order of the table's values.
    objects: Box<[Py<PyAny>]>,
    unions: Unions,
}

/// The flags objects made so far, by value.
enum Unions {
    /// One place a value.
    Dense(Box<[OnceLock<Py<PyAny>>]>),
    Sparse(Mutex<HashMap<u128, Py<PyAny>>>),
}

/// The most flags objects that are kept for a class.
const KEPT: usize = 1024;

impl Members {
    /// The members of `class`, in the order of its table; `maximum` is the union of all flags.
    pub(super) fn new(class: Py<PyType>, members: Vec<Py<PyAny>>, maximum: Option<u128>) -> Self {
        let unions = match maximum.and_then(|maximum| usize::try_from(maximum).ok()) {
            Some(maximum) if maximum < KEPT => Unions::Dense((0..=maximum).map(|_| OnceLock::new()).collect()),
            _ => Unions::Sparse(Mutex::default()),
        };
        Self { class, objects: members.into(), unions }
    }

    #[inline]
    fn member<'py>(&self, py: Python<'py>, index: usize) -> Bound<'py, PyAny> {
        self.objects[index].bind(py).clone()
    }

    /// The flags object with this value.
    #[inline]
    fn union<'py>(&self, py: Python<'py>, bits: u128) -> PyResult<Bound<'py, PyAny>> {
        if let Unions::Dense(places) = &self.unions
            && let Some(kept) = usize::try_from(bits).ok().and_then(|bits| places.get(bits)).and_then(OnceLock::get)
        {
            return Ok(kept.bind(py).clone());
        }
        self.make_union(py, bits)
    }

    /// Calls the class, which is the user's code, and keeps what it gives; two threads may both do so, and one object is kept.
    #[cold]
    fn make_union<'py>(&self, py: Python<'py>, bits: u128) -> PyResult<Bound<'py, PyAny>> {
        if let Unions::Sparse(kept) = &self.unions
            && let Some(flags) = kept.lock().ok().and_then(|kept| kept.get(&bits).map(|flags| flags.clone_ref(py)))
        {
            return Ok(flags.into_bound(py));
        }
        let flags = self.class.bind(py).call1((bits,))?;
        match &self.unions {
            Unions::Dense(places) => {
                if let Some(place) = usize::try_from(bits).ok().and_then(|bits| places.get(bits)) {
                    // An error says that another thread was faster.
                    let _ = place.set(flags.clone().unbind());
                }
            }
            Unions::Sparse(kept) => {
                // What was there before is released behind the lock.
                let mut before = None;
                if let Ok(mut kept) = kept.lock()
                    && kept.len() < KEPT
                {
                    before = kept.insert(bits, flags.clone().unbind());
                }
                drop(before);
            }
        }
        Ok(flags)
    }

    /// Shows the collector the class and its members.
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.class)?;
        for member in &self.objects {
            visit.call(member)?;
        }
        match &self.unions {
            Unions::Dense(places) => places.iter().filter_map(OnceLock::get).try_for_each(|flags| visit.call(flags)),
            Unions::Sparse(kept) => match kept.try_lock() {
                Ok(kept) => kept.values().try_for_each(|flags| visit.call(flags)),
                Err(_) => Ok(()),
            },
        }
    }
}

/// Makes Python objects of what is read.
pub(super) struct Objects<'a, 'py> {
    py: Python<'py>,
    binding: &'a Binding,
    ints: &'static Ints,
}

impl<'a, 'py> Objects<'a, 'py> {
    /// For the plans and tables of `binding`.
    #[inline]
    pub(super) fn new(py: Python<'py>, binding: &'a Binding) -> Self {
        Self { py, binding, ints: Ints::get(py) }
    }

    /// A value and the bytes it took, as a tuple.
    #[inline]
    pub(super) fn pair(&self, value: Bound<'py, PyAny>, consumed: usize) -> Result<Bound<'py, PyTuple>, Fault> {
        // SAFETY: a new tuple, whose two places are filled once each before any other code can look at it.
        unsafe {
            let consumed = self.made(self.ints.make(consumed as u64))?;
            let pair = self.made(ffi::PyTuple_New(2))?;
            ffi::PyTuple_SET_ITEM(pair.as_ptr(), 0, value.into_ptr());
            ffi::PyTuple_SET_ITEM(pair.as_ptr(), 1, consumed.into_ptr());
            Ok(pair.cast_into_unchecked())
        }
    }

    /// An object that the interpreter made, or its error.
    ///
    /// # Safety
    ///
    /// `object` is a new reference, or NULL with an exception set.
    #[inline]
    unsafe fn made(&self, object: *mut ffi::PyObject) -> Result<Bound<'py, PyAny>, Fault> {
        // SAFETY: as the caller promises.
        unsafe {
            match Bound::from_owned_ptr_or_opt(self.py, object) {
                Some(object) => Ok(object),
                None => Err(Fault::raised(self.py)),
            }
        }
    }
}

/// An instance whose fields are read.
pub(super) struct Record<'a, 'py> {
    object: Bound<'py, PyAny>,
    shape: &'a Shape,
}

impl<'a, 'py> Sink for Objects<'a, 'py> {
    type Value = Bound<'py, PyAny>;
    type Record = Fresh<'a, 'py>;
    type List = Bound<'py, PyList>;
    type Error = Fault;

    #[inline]
    fn unsigned(&mut self, number: u64) -> Result<Self::Value, Fault> {
        // SAFETY: a new reference or NULL with an exception.
        unsafe { self.made(self.ints.make(number)) }
    }

    #[inline]
    fn signed(&mut self, number: i64) -> Result<Self::Value, Fault> {
        // SAFETY: a new reference or NULL with an exception.
        unsafe { self.made(new_signed(number)) }
    }

    fn unsigned_wide(&mut self, number: u128) -> Result<Self::Value, Fault> {
        let Ok(object) = number.into_pyobject(self.py);
        Ok(object.into_any())
    }

    fn signed_wide(&mut self, number: i128) -> Result<Self::Value, Fault> {
        let Ok(object) = number.into_pyobject(self.py);
        Ok(object.into_any())
    }

    #[inline]
    fn double(&mut self, number: f64) -> Result<Self::Value, Fault> {
        // SAFETY: a new reference or NULL with an exception.
        unsafe { self.made(ffi::PyFloat_FromDouble(number)) }
    }

    #[inline]
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Fault> {
        Ok(PyBool::new(self.py, value).to_owned().into_any())
    }

    #[inline]
    fn character(&mut self, value: char) -> Result<Self::Value, Fault> {
        // A scalar value is below 0x110000.
        // SAFETY: a new reference or NULL with an exception.
        unsafe { self.made(ffi::PyUnicode_FromOrdinal(u32::from(value).cast_signed())) }
    }

    #[inline]
    fn member(&mut self, table: &Table, index: usize) -> Result<Self::Value, Fault> {
        Ok(self.binding.members(table).member(self.py, index))
    }

    #[inline]
    fn flags(&mut self, table: &Table, bits: u128) -> Result<Self::Value, Fault> {
        Ok(self.binding.members(table).union(self.py, bits)?)
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Value, Fault> {
        // SAFETY: the region is readable and no longer than an object may be; a new reference or NULL with an exception.
        unsafe { self.made(ffi::PyBytes_FromStringAndSize(bytes.as_ptr().cast(), bytes.len().cast_signed())) }
    }

    #[inline]
    fn text(&mut self, text: &str) -> Result<Self::Value, Fault> {
        // The interpreter checks what it copies once more: the bytes may be another process's too.
        // SAFETY: the region is readable and no longer than an object may be; a new reference or NULL with an exception.
        unsafe { self.made(ffi::PyUnicode_FromStringAndSize(text.as_ptr().cast(), text.len().cast_signed())) }
    }

    #[inline]
    fn none(&mut self) -> Result<Self::Value, Fault> {
        Ok(self.py.None().into_bound(self.py))
    }

    #[inline]
    fn derived(&mut self) -> Result<Self::Value, Fault> {
        Ok(self.binding.derived().bind(self.py).clone())
    }

    #[inline]
    fn begin(&mut self, plan: &Plan) -> Result<Self::Record, Fault> {
        self.binding.shape(plan).make(self.py)
    }

    #[inline]
    fn set(&mut self, record: &mut Self::Record, slot: usize, value: Self::Value) -> Result<(), Fault> {
        record.put(slot, value);
        Ok(())
    }

    #[inline]
    fn finish(&mut self, record: Self::Record) -> Result<Self::Value, Fault> {
        Ok(record.finish())
    }

    fn begin_list(&mut self, capacity: usize) -> Result<Self::List, Fault> {
        // SAFETY: the new list has room for `capacity` items, all NULL. It is made empty before any other code can look at
        // it; its room stays (`allocated`), so that items are then added without moving.
        unsafe {
            let list = self.made(ffi::PyList_New(capacity.cast_signed()))?;
            (*list.as_ptr().cast::<ffi::PyVarObject>()).ob_size = 0;
            Ok(list.cast_into_unchecked())
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    fn push(&mut self, list: &mut Self::List, value: Self::Value) -> Result<(), Fault> {
        // SAFETY: the list is owned; where its room is not used up, the place behind its last item is ours to fill. Size and
        // room are read anew each time: the user's code may have found the list through the collector.
        unsafe {
            let inner = list.as_ptr().cast::<ffi::PyListObject>();
            let size = ffi::PyList_GET_SIZE(list.as_ptr());
            if size < (*inner).allocated {
                (*inner).ob_item.offset(size).write(value.into_ptr());
                (*inner).ob_base.ob_size = size + 1;
                return Ok(());
            }
        }
        push_slowly(list, value)
    }

    #[inline]
    fn finish_list(&mut self, list: Self::List) -> Result<Self::Value, Fault> {
        Ok(list.into_any())
    }
}

#[cold]
#[inline(never)]
fn push_slowly<'py>(list: &Bound<'py, PyList>, value: Bound<'py, PyAny>) -> Result<(), Fault> {
    Ok(list.append(value)?)
}

/// Gives the values of Python objects to be written.
///
/// Whatever may run the user's code (`__index__`, `__float__`, the buffer protocol) happens between two looks at an object,
/// never during one: handles are strong references, and slots, sizes and items are read anew at each step.
pub(super) struct Reader<'a, 'py> {
    py: Python<'py>,
    binding: &'a Binding,
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
        // SAFETY: it is a list or else a tuple, and the index is checked against the size of this moment; no other code runs
        // while the item is borrowed.
        unsafe {
            if index >= length(ffi::Py_SIZE(list.as_ptr())) {
                return None;
            }
            let item = if ffi::PyList_Check(list.as_ptr()) != 0 {
                ffi::PyList_GET_ITEM(list.as_ptr(), index.cast_signed())
            } else {
                ffi::PyTuple_GET_ITEM(list.as_ptr(), index.cast_signed())
            };
            self.ints.read(item)
        }
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
        // SAFETY: it is a list or else a tuple, and the index is checked against the size of this moment; a strong
        // reference is taken at once.
        unsafe {
            if index >= length(ffi::Py_SIZE(list.as_ptr())) {
                return Ok(None);
            }
            let item = if ffi::PyList_Check(list.as_ptr()) != 0 {
                ffi::PyList_GET_ITEM(list.as_ptr(), index.cast_signed())
            } else {
                ffi::PyTuple_GET_ITEM(list.as_ptr(), index.cast_signed())
            };
            Ok(Bound::from_borrowed_ptr_or_opt(self.py, item))
        }
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
